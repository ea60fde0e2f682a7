import { describe, expect, it, onTestFinished } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { parseFilter } from "@/lib/scope/filter";
import { switchRollUps } from "./roll-ups-ready";
import { compileScope } from "./scope-sql";

const web = {
  identity: 300,
  namespace: "shop",
  pod_name: "web-7d4b9c6f5-x2x7k",
  workloads: [{ name: "web", kind: "Deployment" }],
};
const api = {
  identity: 301,
  namespace: "payments",
  pod_name: "api-0",
  workloads: [{ name: "api", kind: "StatefulSet" }],
};
const world = { identity: 2, labels: ["reserved:world"] };
const IPS = { web: "10.0.0.1", api: "10.0.0.2", world: "192.0.2.7", dns: "10.0.0.53" };

const between = (source: keyof typeof IPS, destination: keyof typeof IPS) => ({
  IP: { source: IPS[source], destination: IPS[destination], ipVersion: "IPv4" },
});
const tcp = (source_port: number, destination_port: number, ...flags: string[]) => ({
  l4: {
    TCP: { source_port, destination_port, flags: Object.fromEntries(flags.map((flag) => [flag, true])) },
  },
});
const trace = { event_type: { type: 4 }, trace_observation_point: "TO_ENDPOINT" };
const l7 = { Type: "L7", event_type: { type: 129 } };
const asked = { source: web, destination: api, ...between("web", "api") };
const replied = { source: api, destination: web, ...between("api", "web"), is_reply: true };

/** Each record by its letter. A gap of minutes between the scenes. */
const RECORDS: Readonly<Record<string, string>> = {
  // An attempt that is answered.
  a: line(0, { ...asked, ...trace, ...tcp(40001, 8443, "SYN"), is_reply: false }),
  b: line(0.1, { ...replied, ...trace, ...tcp(8443, 40001, "SYN", "ACK") }),
  // One that nobody answers; the node's log goes on.
  c: line(100, { ...asked, ...trace, ...tcp(40002, 8443, "SYN"), is_reply: false }),
  // A drop with its verdict record, which names a policy.
  d: line(300, {
    ...asked,
    ...tcp(40003, 5432, "SYN"),
    verdict: "DROPPED",
    event_type: { type: 5 },
    traffic_direction: "EGRESS",
    drop_reason_desc: "POLICY_DENY",
    egress_denied_by: [{ kind: "CiliumNetworkPolicy", namespace: "shop", name: "no-database" }],
  }),
  e: line(300.0005, {
    ...asked,
    ...tcp(40003, 5432, "SYN"),
    verdict: "DROPPED",
    event_type: { type: 1, sub_type: 181 },
    traffic_direction: "EGRESS",
    drop_reason_desc: "POLICY_DENY",
  }),
  // Not a loss.
  f: line(301, { ...asked, verdict: "DROPPED", event_type: { type: 1, sub_type: 199 }, l4: { IGMP: {} } }),
  // To the world, dropped by the datapath on the way in: who asked whom is not known without ports.
  g: line(400, {
    source: world,
    destination: web,
    ...between("world", "web"),
    l4: { ICMPv4: { type: 8 } },
    verdict: "DROPPED",
    event_type: { type: 1, sub_type: 150 },
    traffic_direction: "INGRESS",
    drop_reason_desc: "UNKNOWN_L3_TARGET_ADDRESS",
  }),
  // A request with its answer after 20 ms.
  h: line(500, {
    ...asked,
    ...l7,
    ...tcp(40004, 8443),
    is_reply: false,
    traffic_direction: "INGRESS",
    l7: { type: "REQUEST", http: { method: "GET", url: "http://api/orders/17", protocol: "HTTP/1.1" } },
  }),
  i: line(500.02, {
    ...replied,
    ...l7,
    ...tcp(8443, 40004),
    traffic_direction: "INGRESS",
    l7: {
      type: "RESPONSE",
      http: { code: 200, method: "GET", url: "http://api/orders/17", protocol: "HTTP/1.1" },
    },
  }),
  // The node's log goes on, so that what had no answer by now got none.
  z: line(700, { ...asked, ...trace, ...tcp(40009, 8443, "ACK"), is_reply: false }),
};

function capture(): TestCapture {
  const made = new TestCapture();
  made.add("a", lines(...Object.values(RECORDS)));
  return made;
}

/** Letters of the records that a filter finds. */
function found(of: TestCapture, q: string, records = RECORDS): string {
  const filter = parseFilter(q);
  if (!filter.ok) throw new Error(filter.failure.message);
  const { sql, parameters } = compileScope(of.database, { filter: filter.value });
  const letters = Object.keys(records);
  return of.database
    .prepare(`SELECT f.id % 16384 AS place FROM Flow f WHERE ${sql} ORDER BY f.id`)
    .all(parameters)
    .map(({ place }) => letters[Number(place)])
    .join("");
}

describe("client and server", () => {
  const cases: [filter: string, letters: string][] = [
    ["client:shop/web", "abcdehiz"],
    ["client:shop", "abcdehiz"],
    ["client:shop/web-7d4b9c6f5-x2x7k", "abcdehiz"],
    ["client:*web*", "abcdehiz"],
    ["client:pod=shop/web-7d4b9c6f5-x2x7k", "abcdehiz"],
    ["client:workload=shop/web-7d4b9c6f5-x2x7k", ""],
    ["client:workload=shop/web", "abcdehiz"],
    ["client:namespace=shop/web", ""],
    ["client:namespace=shop", "abcdehiz"],
    ["client:pod=shop", ""],
    ['edge:"workload=shop/web -> namespace=payments"', "abcdehiz"],
    ['edge:"pod=shop/web -> *"', ""],
    ["actor:workload=shop/web", "abcdefghiz"],
    ["actor:payments", "abcdefhiz"],
    ["!actor:payments", "g"],
    ["from-actor:workload=shop/web", "acdefhz"],
    ["to-actor:workload=shop/web", "bgi"],
    ["to-actor:pod=payments/api-0", "acdefhz"],
    ["!from-actor:shop,payments", "g"],
    ["actor:?", ""],
    ["client:payments/api", ""],
    ["server:payments/api", "abcdehiz"],
    ["server:pay*,nobody", "abcdehiz"],
    ["client:?", "fg"],
    ["!client:shop/web", "fg"],
    ["client-namespace:shop server-namespace:payments", "abcdehiz"],
    ["client-pod:web server-pod:payments/api-0$", "abcdehiz"],
    ["client-pod:eb", ""],
    ["server-port:8443", "abchiz"],
    ["server-port:5432,8443", "abcdehiz"],
    ["server-port:?", "fg"],
    ['edge:"shop/web -> payments/api"', "abcdehiz"],
    ['edge:"shop -> *"', "abcdehiz"],
    ['edge:"payments/api -> shop/web"', ""],
    ['!edge:"* -> payments/api"', "fg"],
    ["unplaced:no-ports", "fg"],
    ["unplaced:no-protocol,ports-alike,sides-unknown,not-settled", ""],
    ["unplaced:-", "abcdehiz"],
  ];
  it.each(cases)("%s", (q, letters) => {
    expect(found(capture(), q)).toBe(letters);
  });

  it("are meant in any cluster, unless one is named or exactly that key is there", () => {
    const made = new TestCapture();
    const at = (cluster: string, n: number) =>
      line(n, { ...asked, ...tcp(40000 + n, 80, "SYN"), is_reply: false, node_name: `${cluster}/n1` });
    const count = (q: string): number => {
      const filter = parseFilter(q);
      if (!filter.ok) throw new Error(filter.failure.message);
      const { sql, parameters } = compileScope(made.database, { filter: filter.value });
      return made.database.prepare(`SELECT 1 FROM Flow f WHERE ${sql}`).all(parameters).length;
    };
    made.add("a", lines(at("prod", 1), at("prod", 2), at("test", 3)));
    expect(["client:shop/web", "client:shop/web@prod", "client:shop/web@test"].map(count)).toEqual([3, 2, 1]);
    made.add("b", lines(at("default", 4)));
    expect(["client:shop/web", "client:shop/web@prod", "client:shop/web*"].map(count)).toEqual([1, 2, 4]);
  });
});

describe("drops", () => {
  const cases: [filter: string, letters: string][] = [
    ["drop:yes", "deg"],
    ["drop:no", "abcfhiz"],
    // Of a drop with two records the one that counts; without ports no attempt can be told.
    ["drop:first", "e"],
    ["!drop:yes", "abcfhiz"],
    ["drop:yes not-a-loss:no", "deg"],
    ["not-a-loss:yes", "f"],
    ["decided-by:policy", "de"],
    ["decided-by:datapath", "g"],
    ["decided-by:default-deny,l7-rule", ""],
    ["!decided-by:policy drop:yes", "g"],
    ["decided-by:-", "abcfhiz"],
    ["direction:egress", "de"],
    ["direction:ingress,egress", "deg"],
    ["direction:-", "abcfhiz"],
    // The drop record names no policy itself.
    ["policy:no-database", "de"],
    ["policy:shop/CiliumNetworkPolicy/", "de"],
    ["policy:-", "abcfghiz"],
    // The whole set, whatever parts are asked for.
    ["denied-by:shop/CiliumNetworkPolicy/no-database", "de"],
    ['denied-by:"shop/CiliumNetworkPolicy/no-database + shop/CiliumNetworkPolicy/other"', ""],
    ["denied-by:shop//no-database", ""],
    ["denied-by:-", "g"],
    // Egress at its source, ingress at its destination: both at web here.
    ["dropped-at:shop/web-7d4b9c6f5-x2x7k", "deg"],
    ["dropped-at:shop/web-*", "deg"],
    ["dropped-at:shop/web", ""],
    ["dropped-at:payments/api-0", ""],
    ["dropped-at:?", ""],
    ["cause:0000000000000000", ""],
  ];
  it.each(cases)("%s", (q, letters) => {
    expect(found(capture(), q)).toBe(letters);
  });

  it("of a cause are found by its id", () => {
    const made = capture();
    const causes = made.database.prepare("SELECT causeId FROM Cause WHERE kind = 'drop' AND type = ?");
    const [policy, datapath] = ["policy", "datapath"].map((type) => String(causes.get([type])?.causeId));
    expect(found(made, `cause:${policy}`)).toBe("de");
    expect(found(made, `!cause:${policy},${datapath}`)).toBe("abcfhiz");
  });
});

describe("attempts, requests and their answers", () => {
  const cases: [filter: string, letters: string][] = [
    ["attempt:yes", "acd"],
    ["attempt:no", "befghiz"],
    ["answered:yes", "ah"],
    ["answered:no", "cd"],
    ["answered:?", ""],
    ["answered:-", "befgiz"],
    ["route:/orders/{id}", "hi"],
    ["route:/orders/17", ""],
    ["!route:/orders/{id}", "abcdefgz"],
    ["route:-", "abcdefgz"],
    // Twenty milliseconds, at the answer.
    ["latency-ms:>=20", "i"],
    ["latency-ms:=20", "i"],
    ["latency-ms:>20", ""],
    ["latency-ms:<1000", "i"],
    ["!latency-ms:<1000", "abcdefghz"],
    ["latency-ms:-", "abcdefghz"],
    ["request:http", "h"],
    ["request:grpc,kafka", ""],
    ["!request:http", "abcdefgiz"],
    ["request:-", "abcdefgiz"],
    ["request:timed", "h"],
    ["request:error,denied,no-answer,open,unpaired,answer-only", ""],
    ["answer:200", "h"],
    ["answer:2+,5+", "h"],
    ["answer:20+", "h"],
    ["answer:-,?,5+,OK,NONE", ""],
    ["kafka-api:-", "abcdefghiz"],
    // The pair of the exchange is a connection of which only the middle was seen; so is the last record.
    ["connection:answered", "a"],
    ["connection:no-reply", "c"],
    ["connection:dropped-at-client", "d"],
    ["connection:open-already", "hz"],
    ["connection:refused,closed,timed,reset-by-client,reset-by-server,gap,open,unknowable", ""],
    ["connection:-", "befgi"],
    ["expansion:yes", ""],
    ["expansion:-", "abcdefghiz"],
  ];
  it.each(cases)("%s", (q, letters) => {
    expect(found(capture(), q)).toBe(letters);
  });
});

describe("questions about names", () => {
  const dns = (seconds: number, port: number, query: string, answer?: object) =>
    line(seconds, {
      ...l7,
      ...(answer === undefined
        ? { source: web, ...between("web", "dns"), l4: { UDP: { source_port: port, destination_port: 53 } } }
        : {
            destination: web,
            ...between("dns", "web"),
            l4: { UDP: { source_port: 53, destination_port: port } },
            is_reply: true,
          }),
      traffic_direction: "EGRESS",
      l7: { type: answer === undefined ? "REQUEST" : "RESPONSE", dns: { query, qtypes: ["A"], ...answer } },
    });
  const asked: Readonly<Record<string, string>> = {
    // The search list first, in vain, after 10 ms; then the name itself, after 30 ms.
    p: dns(0, 50001, "api.example.com.shop.svc.cluster.local."),
    q: dns(0.01, 50001, "api.example.com.shop.svc.cluster.local.", { rcode: 3 }),
    r: dns(0.02, 50002, "api.example.com."),
    s: dns(0.05, 50002, "api.example.com.", { ips: ["192.0.2.7"] }),
    // Nobody answers; the node's log goes on.
    t: dns(1, 50003, "lost.example.com."),
    // A DNS rule refuses it: neither answered nor left without an answer.
    v: dns(2, 50004, "refused.example.com.").replace("FORWARDED", "DROPPED"),
    u: line(100, {
      ...trace,
      ...tcp(40009, 80, "ACK"),
      source: web,
      destination: api,
      ...between("web", "api"),
    }),
  };
  const cases: [filter: string, letters: string][] = [
    ["expansion:yes", "pq"],
    ["expansion:no", "rstv"],
    ["expansion:-", "u"],
    ["answered:yes protocol:dns", "pr"],
    ["answered:no", "t"],
    ["answered:?", ""],
    ["answered:- protocol:dns", "qsv"],
    ["latency-ms:>=30", "s"],
    ["latency-ms:<30", "q"],
  ];
  it.each(cases)("%s", (q, letters) => {
    const capture = new TestCapture();
    capture.add("a", lines(...Object.values(asked)));
    expect(found(capture, q, asked)).toBe(letters);
  });
});

describe("drops without a cause", () => {
  it("count among those of which it is not known who decided", () => {
    const made = new TestCapture();
    made.add("a", lines(...["d", "e"].map((letter) => RECORDS[letter] as string)));
    switchRollUps(false);
    onTestFinished(() => switchRollUps(true));
    const letters = { d: "", e: "" };
    expect([found(made, "decided-by:unknown", letters), found(made, "decided-by:policy", letters)]).toEqual([
      "",
      "de",
    ]);
    made.database.exec("UPDATE JoinedDrop SET causeId = NULL");
    expect([found(made, "decided-by:unknown", letters), found(made, "decided-by:policy", letters)]).toEqual([
      "de",
      "",
    ]);
  });
});

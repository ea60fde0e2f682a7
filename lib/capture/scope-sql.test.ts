import { describe, expect, it } from "vitest";
import { parseTime } from "@/lib/base/time";
import { TRACE_SUB_TYPE } from "@/lib/flow/enums";
import { line, lines, TestCapture, timeAt } from "@/lib/jobs/testing";
import { type Filter, parseFilter } from "@/lib/scope/filter";
import { findKeyWord, KEYS } from "@/lib/scope/keys";
import { compileScope } from "./scope-sql";
import { FLOWS } from "./testing/records";
import { holds } from "./testing/slow-filter";

/** Values for each key: common ones, rare ones, none that occurs, patterns, absent ones. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  verdict: ["DROPPED", "FORWARDED,AUDIT", "17", '"NEW"', "VERDICT_UNKNOWN", "ERROR"],
  "traffic-direction": ["ingress", "egress,unknown", "unknown"],
  "drop-reason-desc": ["POLICY_DENIED", "181,133", '"DROP_NEW"', "189"],
  protocol: ["tcp", "udp,dns", "icmp", "icmpv6", "http", "kafka,sctp", "vrrp,igmp"],
  type: ["drop", "drop:133", "trace:to-endpoint", "trace:to-stack,l7", "policy-verdict", "129:0", "77"],
  reply: ["yes", "no", "yes,no"],
  uuid: ["00000000-0000-4000-8000-000000000001", "nobody,00000000-0000-4000-8000-000000000002", "nobody"],
  "node-name": ["n1", "prod/*", "default/", "*/n1", "*1", "prod/n*,n9", "n1\\\\*"],
  port: ["53", "80,44916", "0", "65535"],
  ip: [
    "10.0.1.1",
    "10.0.0.0/16",
    "0.0.0.0/0",
    "::/0",
    "fd00::1,fd00::2",
    "fd00::/8",
    "10.0.1.2/32",
    "::ffff:10.0.1.1",
  ],
  namespace: ["shop", "bank,edge", "nobody"],
  service: ["api", "api$", "shop/api", "edge/", "shop/api-v", "nobody"],
  cluster: ["west", "nobody"],
  identity: ["world", "host,9021", "unknown", "70000"],
  label: [
    "app=web",
    "k8s:app=web",
    "any:app,host",
    "!app",
    '"app in (web,api),k8s:tier!=back"',
    '"tier notin (back,front)"',
    "reserved:world",
    "cidr:10.0.0.0/8",
    "cidr:10.1.2.0/25",
    "replicas>2,replicas<3",
  ],
  fqdn: ["api.example.com", "*.example.com", "cdn_1.*.com,example.org", "*", "a*m", "*_1*"],
  "snat-ip": ["10.0.9.1", "10.0.0.0/8", "fd00::9,20.1.2.3", "::/0", "1.1.1.1"],
  "tcp-flags": ["SYN", "SYN,ACK", "FIN/RST", "ACK,SYN/FIN", "URG"],
  "ip-version": ["v4", "v6", "none", "none,v6"],
  "http-method": ["get", "POST,ét", "PUT"],
  "http-status": ["404", "5+", "50+,200", "1+"],
  "http-path": ['"^/users/\\d+$"', '"a b"', "^$", "users|x", "[A-Z]"],
  "http-url": ['"^https?://shop[.]example"', "session=", "%zz", "."],
  "http-header": [
    "X-Tenant:blue",
    "x-tenant:blue",
    "X-Tenant:a:b",
    "X-Tenant:",
    "x-request-id:again",
    "x-request-id:id-7,x-request-id:id-300",
  ],
  "trace-id": ["4bf9", "nobody"],
  "ip-trace-id": ["42", "18446744073709551615", "7"],
  "node-label": ["pool=np1", "!pool", '"zone,pool!=np2"'],
  interface: ["eth0", "lxc1,nobody"],
  encrypted: ["yes", "no"],
  unencrypted: ["yes", "no"],
  "trace-point": ["to-endpoint", "to-stack,from-crypto", "from-host"],
  "dns-query": ["example", '"^api[.]example[.]com$"', '"[.]$"', "EXAMPLE,x", "^io"],
  "dns-rcode": ["NOERROR", "NXDOMAIN,SERVFAIL", "23", '"NEW"'],
  "not-a-loss": ["yes", "no"],
  aggregated: ["yes", "no"],
  policy: [
    "allow-web",
    "shop/",
    "CiliumNetworkPolicy/",
    "shop/CiliumNetworkPolicy/allow-web",
    "deny-all,nobody",
    "bank/allow-web",
  ],
  text: [
    "web",
    "EXAMPLE",
    "cdn.net",
    "users/42",
    "np",
    "deny-",
    "n1",
    '"no such"',
    "orders",
    "EXAMPLE.com.",
    "org.",
  ],
  pod: ["web-1", "web-1$", "shop/web", "bank/", "shop/web-1$", "we%", '"we%b_1"', "nobody,ledger"],
  workload: [
    "web",
    "Deployment/web",
    "StatefulSet/",
    "shop/web",
    "shop//",
    "bank/Deployment/web",
    "nobody",
    "Job/",
    "bank/",
  ],
};

/** Known from one record alone. The others have tests of their own: file below, settled ones in settled-conditions.test.ts. */
const keyWords = KEYS.flatMap((row) => {
  if (!Object.hasOwn(VALUES, row.key)) return [];
  return row.sided ? [row.key, `from-${row.key}`, `to-${row.key}`] : [row.key];
});
/** `?` and `-`, where the key takes them. */
function absentValues(word: string): string[] {
  const row: object | undefined = findKeyWord(word)?.row;
  if (row === undefined) throw new Error(`${word} is no key`);
  return ["unknown" in row ? [] : ["?"], "none" in row ? [] : ["-"]].flat();
}

const single = keyWords.flatMap((word) => {
  const values = VALUES[word.replace(/^(?:from|to)-/, "")] ?? [];
  const special = absentValues(word);
  const absent = special.length === 2 ? [...special, `?,${values[0]}`] : special;
  return [...values, ...absent].flatMap((value) => [`${word}:${value}`, `!${word}:${value}`]);
});
const several = [
  "verdict:DROPPED !protocol:tcp port:53",
  "from-namespace:shop to-namespace:bank",
  "pod:shop/ !pod:bank/ !reply:?",
  "!workload:web !workload:ledger",
  "verdict:DROPPED verdict:FORWARDED",
  "!verdict:DROPPED,FORWARDED,AUDIT",
  "type:drop,trace !drop-reason-desc:- ip:10.0.0.0/8",
  "label:app=web !to-identity:world http-status:2+,5+",
  "!text:shop !http-url:users dns-rcode:?,-",
  "tcp-flags:SYN !tcp-flags:ACK from-service:api,-",
];

function filterOf(q: string): Filter {
  const filter = parseFilter(q);
  if (!filter.ok) throw new Error(`${q}: ${filter.failure.message}`);
  return filter.value;
}

function inMemory({ terms }: Filter, from?: string, to?: string): number[] {
  const [first, last] = [from, to].map((text) => (text === undefined ? undefined : parseTime(text)));
  return FLOWS.flatMap((json, n) => {
    const time = json.time === undefined ? undefined : parseTime(json.time);
    const isInRange =
      (first === undefined || (time !== undefined && time >= first)) &&
      (last === undefined || (time !== undefined && time < last));
    return isInRange && terms.every((term) => holds(json, term) !== term.negated) ? [n] : [];
  });
}

function loaded(): TestCapture {
  const capture = new TestCapture();
  // Not settled: equal uuids stay apart, as each is asked for here.
  capture.load("a", lines(...FLOWS.map((json) => JSON.stringify({ flow: json }))));
  return capture;
}

const known = new WeakMap<TestCapture, ReadonlyMap<number, number>>();

/** The number of each flow in the order of the file, by its row id. Read once: there are a thousand filters. */
function numbersOf(capture: TestCapture): ReadonlyMap<number, number> {
  const numbers =
    known.get(capture) ??
    new Map(
      capture.database
        .prepare("SELECT id FROM Flow ORDER BY id")
        .all([])
        .map(({ id }, n) => [Number(id), n]),
    );
  known.set(capture, numbers);
  return numbers;
}

/** Numbers of the flows in scope, in the order of the file. */
function inSql(capture: TestCapture, filter: Filter, from?: string, to?: string): number[] {
  const [first, last] = [from, to].map((text) => (text === undefined ? undefined : parseTime(text)));
  const { sql, parameters } = compileScope(capture.database, { filter, from: first, to: last });
  const rows = capture.database.prepare(`SELECT f.id FROM Flow f WHERE ${sql} ORDER BY f.id`).all(parameters);
  const numbers = numbersOf(capture);
  return rows.map(({ id }) => numbers.get(Number(id)) ?? -1);
}

describe("a filter in SQL", () => {
  it("has values for every key but those that one record alone does not say", () => {
    const others = KEYS.map(({ key }) => key).filter((key) => !Object.hasOwn(VALUES, key));
    expect(others.sort().join(" ")).toBe(
      "actor answer answered attempt cause client client-namespace client-pod connection decided-by denied-by direction " +
        "dns dns-answer dns-answers dns-qtype dns-root dns-state drop dropped-at edge " +
        "expansion file kafka-api latency-ms lookup map-part request resolved-as resolved-ip route server server-namespace server-pod server-port translated-from unplaced",
    );
  });

  it("finds the same flows as the slow way, for every key, value, side and negation", () => {
    const capture = loaded();
    expect(single.length).toBeGreaterThan(300);
    const different = [...single, ...several].flatMap((q) => {
      const [sql, memory] = [inSql(capture, filterOf(q)), inMemory(filterOf(q))].map(
        (found) => new Set(found),
      );
      const records = [...(sql ?? []), ...(memory ?? [])].filter((n) => !sql?.has(n) || !memory?.has(n));
      return records.length === 0
        ? []
        : [{ q, inSql: sql?.has(records[0] ?? -1), first: FLOWS[records[0] ?? -1] }];
    });
    expect(different).toEqual([]);
    // A thousand filters, on machines that do other things too.
  });

  it("has something to find and something to leave out for nearly every term", () => {
    const useful = single.filter((q) => {
      const found = inMemory(filterOf(q)).length;
      return found > 0 && found < FLOWS.length;
    });
    expect(useful.length / single.length).toBeGreaterThan(0.8);
  });

  it.each([
    [undefined, undefined],
    [timeAt(20), undefined],
    [undefined, timeAt(20)],
    [timeAt(20), timeAt(60)],
    [timeAt(20), timeAt(20.001)],
    ["1700-01-01T00:00:00Z", "2200-01-01T00:00:00Z"],
    [timeAt(500), undefined],
  ])("takes the range from %s to %s half open, without untimed flows", (from, to) => {
    const capture = loaded();
    for (const q of ["", "verdict:DROPPED", "!pod:web"]) {
      const filter = filterOf(q);
      expect(inSql(capture, filter, from, to)).toEqual(inMemory(filter, from, to));
    }
  });

  it("knows when it is everything", () => {
    const capture = loaded();
    expect(compileScope(capture.database, { filter: filterOf("") }).isWhole).toBe(true);
    expect(compileScope(capture.database, { filter: filterOf("verdict:DROPPED") }).isWhole).toBe(false);
    expect(compileScope(capture.database, { filter: filterOf(""), from: 0n }).isWhole).toBe(false);
  });

  it("binds its values: none becomes part of the statement", () => {
    const capture = loaded();
    const hostile = `x') OR 1=1 --`;
    for (const key of ["namespace", "pod", "workload", "uuid", "node-name", "verdict", "drop-reason-desc"]) {
      const filter = filterOf(`${key}:"${hostile}"`);
      const { sql } = compileScope(capture.database, { filter });
      expect(sql).not.toContain("OR 1=1");
      expect(inSql(capture, filter)).toEqual([]);
    }
  });

  it("answers over a capture with far more kinds and nodes than a statement may list", () => {
    const capture = new TestCapture();
    const many = Array.from({ length: 3000 }, (_, n) =>
      JSON.stringify({
        flow: {
          verdict: n % 2 === 0 ? "DROPPED" : "FORWARDED",
          node_name: `c/n${n}`,
          Type: "L7",
          l7: { http: { method: `M${n}` } },
        },
      }),
    );
    capture.load("a", lines(...many));
    expect(inSql(capture, filterOf("verdict:DROPPED"))).toHaveLength(1500);
    expect(inSql(capture, filterOf("!verdict:DROPPED"))).toHaveLength(1500);
    expect(inSql(capture, filterOf("node-name:n*"))).toHaveLength(3000);
    expect(compileScope(capture.database, { filter: filterOf("verdict:DROPPED") }).sql.length).toBeLessThan(
      10_000,
    );
  });

  it("takes the largest filter that there may be", () => {
    const capture = loaded();
    const terms = Array.from({ length: 90 }, (_, n) => `!workload:shop/Deployment/w${n},w${n}`);
    expect(inSql(capture, filterOf(terms.join(" ")))).toHaveLength(FLOWS.length);
  });

  it("names every sub-type of a trace", () => {
    const capture = loaded();
    for (const [, name] of TRACE_SUB_TYPE) {
      const filter = filterOf(`type:trace:${name.toLowerCase().replaceAll("_", "-")}`);
      expect(inSql(capture, filter)).toEqual(inMemory(filter));
    }
  });

  it("finds the records of a file by its name, those that other files had too", () => {
    const capture = new TestCapture();
    const texts = Array.from({ length: 6 }, (_, n) => line(n, { Summary: String(n) }));
    capture.add("events.log", lines(...texts.slice(0, 4)));
    capture.add("events.log", lines(...texts.slice(4, 5)));
    capture.add("node*2.log", lines(...texts.slice(2, 6)));
    const summaries = (q: string) => {
      const { sql, parameters } = compileScope(capture.database, { filter: filterOf(q) });
      return capture.database
        .prepare(`SELECT (f.timeNs / 1000000000) % 60 AS n FROM Flow f WHERE ${sql} ORDER BY f.timeNs`)
        .all(parameters)
        .map(({ n }) => Number(n));
    };
    expect(summaries("file:events.log")).toEqual([0, 1, 2, 3, 4]);
    expect(summaries("!file:events.log")).toEqual([5]);
    expect(summaries("file:node\\*2.log")).toEqual([2, 3, 4, 5]);
    expect(summaries("file:*.log")).toEqual([0, 1, 2, 3, 4, 5]);
    expect(summaries("file:nobody,event*")).toEqual([0, 1, 2, 3, 4]);
    expect(summaries("file:nobody")).toEqual([]);
    expect(summaries("!file:nobody")).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("notices what was added to a capture since it was asked the same", () => {
    const capture = new TestCapture();
    const http = (n: number) => line(n, { l7: { type: "REQUEST", http: { url: `http://shop/users/${n}` } } });
    capture.add("a", lines(http(1)));
    const count = () => {
      const { sql, parameters } = compileScope(capture.database, { filter: filterOf("http-path:/users") });
      return capture.database.prepare(`SELECT 1 FROM Flow f WHERE ${sql}`).all(parameters).length;
    };
    expect([count(), count()]).toEqual([1, 1]);
    capture.add("b", lines(http(2), http(3)));
    expect(count()).toBe(3);
  });
});

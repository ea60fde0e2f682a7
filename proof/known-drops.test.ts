/** Drops that are easily misread, each with the answer worked out by hand from the description of the formats. */

import { describe, expect, it } from "vitest";
import { line, lines } from "@/lib/jobs/testing";
import { ProofCapture } from "./captures";

const pod = (namespace: string, workload: string, identity: number, n = 1) => ({
  ID: identity + 1000 * n,
  identity,
  namespace,
  pod_name: `${workload}-7d4b9c6f5-x2x7${n}`,
  labels: [`k8s:app=${workload}`, "k8s:pod-template-hash=7d4b9c6f5"],
  workloads: [{ kind: "Deployment", name: workload }],
});
const WEB = pod("shop", "web", 300);
const LEDGER = pod("bank", "ledger", 301);
const DNS = { ...pod("kube-system", "kube-dns", 302), labels: ["k8s:k8s-app=kube-dns"] };
const WORLD = { identity: 2, labels: ["reserved:world"] };
const IP = { web: "10.0.1.1", ledger: "10.0.2.2", dns: "10.0.3.3", world: "192.0.2.7" };

const asked = {
  source: WEB,
  destination: LEDGER,
  IP: { source: IP.web, destination: IP.ledger, ipVersion: "IPv4" },
  node_name: "prod/n1",
};
const answered = {
  source: LEDGER,
  destination: WEB,
  IP: { source: IP.ledger, destination: IP.web, ipVersion: "IPv4" },
  node_name: "prod/n1",
};
const tcp = (source_port: number, destination_port: number, ...flags: string[]) => ({
  l4: {
    TCP: { source_port, destination_port, flags: Object.fromEntries(flags.map((flag) => [flag, true])) },
  },
});
const denied = (reason: string, direction: string) => ({
  verdict: "DROPPED",
  drop_reason_desc: reason,
  traffic_direction: direction,
});
const CODES: Readonly<Record<string, number>> = { POLICY_DENIED: 133, POLICY_DENY: 181, AUTH_REQUIRED: 189 };
const dropped = (reason: string, direction: string) => ({
  ...denied(reason, direction),
  event_type: { type: 1, sub_type: CODES[reason] },
});
const verdict = (reason: string, direction: string, lists: object = {}) => ({
  ...denied(reason, direction),
  event_type: { type: 5 },
  ...lists,
});
const delivered = { event_type: { type: 4 }, trace_observation_point: "TO_ENDPOINT", verdict: "FORWARDED" };
const NO = { kind: "CiliumNetworkPolicy", namespace: "bank", name: "no-web" };

function ask(...texts: string[]) {
  const proof = new ProofCapture([{ name: "a.log", text: lines(...texts) }]);
  const { rows, total } = proof.ask("drops", { by: "cause" });
  return { proof, rows, total, explain: (at = 0) => proof.explain(rows[at]?.key.causeId ?? "") };
}

describe("drops that are easily misread", () => {
  it("a drop that carries the policy which allowed the other direction is not allowed by it, and names none", () => {
    const other = { egress_allowed_by: [{ ...NO, namespace: "shop", name: "let-web-out" }] };
    const { rows, explain } = ask(
      line(0, { ...asked, ...tcp(40001, 5432, "SYN"), ...verdict("POLICY_DENIED", "INGRESS", other) }),
      line(0.0005, { ...asked, ...tcp(40001, 5432, "SYN"), ...dropped("POLICY_DENIED", "INGRESS") }),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      drops: 1,
      decidedBy: "default-deny",
      confidence: "certain",
      policies: [],
      place: "ingress of bank/ledger",
      fix: "allow ingress from shop/web",
    });
    expect(rows[0]?.unnamed).toContain("no rule matched");
    expect(JSON.stringify(explain())).not.toContain('"name":"let-web-out"');
  });

  it("of the policies that a verdict record names, those of the drop's own direction denied it", () => {
    const lists = {
      ingress_denied_by: [NO],
      egress_denied_by: [{ ...NO, namespace: "shop", name: "other" }],
    };
    const { rows } = ask(
      line(0, { ...asked, ...tcp(40001, 5432, "SYN"), ...verdict("POLICY_DENY", "INGRESS", lists) }),
    );
    expect(rows[0]?.policies).toEqual([NO]);
  });

  it("an explicit deny is named by its verdict record alone, and no rule is offered against it", () => {
    const { rows, explain } = ask(
      line(0, {
        ...asked,
        ...tcp(40001, 5432, "SYN"),
        ...verdict("POLICY_DENY", "INGRESS", { ingress_denied_by: [NO] }),
      }),
      line(0.0005, { ...asked, ...tcp(40001, 5432, "SYN"), ...dropped("POLICY_DENY", "INGRESS") }),
    );
    expect(rows[0]).toMatchObject({
      drops: 1,
      decidedBy: "policy",
      policies: [NO],
      fix: "change the deny rule",
    });
    const answer = explain();
    expect(answer.remedy).toMatchObject({ policies: [], side: "server ingress" });
    expect(answer.remedy.why).toContain("A deny rule wins over every allow rule");
    // Both records, with their lines.
    expect(answer.evidence).toMatchObject([{ drop: { line: 2, file: "a.log" }, verdict: { line: 1 } }]);
    expect(answer.evidence[0]?.verdict?.text).toContain('"name":"no-web"');
    expect(answer.evidence[0]?.drop?.text).not.toContain("no-web");
  });

  it("without its verdict record a deny is likely, unnamed, and the reason for that is said", () => {
    const { rows, explain } = ask(
      line(0, { ...asked, ...tcp(40001, 5432, "SYN"), ...dropped("POLICY_DENY", "INGRESS") }),
    );
    expect(rows[0]).toMatchObject({ decidedBy: "policy", confidence: "likely", policies: [] });
    expect(rows[0]?.unnamed).toContain("it holds no policy-verdict records");
    expect(explain().confidence.says).toContain("Likely");
  });

  it("retries of one SYN are one attempt and a drop each", () => {
    const { rows } = ask(
      ...[0, 1, 3, 7].map((seconds) =>
        line(seconds, { ...asked, ...tcp(40001, 5432, "SYN"), ...dropped("POLICY_DENIED", "EGRESS") }),
      ),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ drops: 4, attempts: 1, place: "egress of shop/web" });
  });

  it("a dropped answer is lost at the client's ingress, and needs no rule", () => {
    const { rows, explain } = ask(
      line(0, { ...asked, ...tcp(40001, 5432, "SYN"), ...delivered, is_reply: false }),
      line(0.1, { ...answered, ...tcp(5432, 40001, "SYN", "ACK"), ...dropped("POLICY_DENIED", "INGRESS") }),
      // A request that is dropped on its way in at the server is another cause, though direction, port and sides are alike.
      line(100, { ...asked, ...tcp(40002, 5432, "SYN"), ...dropped("POLICY_DENIED", "INGRESS") }),
    );
    expect(rows).toHaveLength(2);
    const at = rows.findIndex(({ place }) => place === "ingress of shop/web");
    expect(rows[at]).toMatchObject({ drops: 1, fix: "no rule: replies need none" });
    expect(rows[at]?.sentence).toContain("Answers of bank/ledger to shop/web on TCP 5432 are lost");
    expect(explain(at).remedy).toMatchObject({ policies: [], side: null });
    expect(explain(1 - at).decidedAt.place).toBe("ingress of bank/ledger");
    expect(explain(1 - at).remedy.policies[0]?.yaml).toContain("ingress:");
  });

  it("a request that an HTTP rule refused is one drop, its 403 is the proxy's, and the rule would name it", () => {
    const http = { method: "DELETE", url: "http://ledger/accounts/7?force=1", protocol: "HTTP/1.1" };
    const l7 = { Type: "L7", event_type: { type: 129 }, traffic_direction: "INGRESS" };
    const { rows, total, explain } = ask(
      line(0, {
        ...asked,
        ...tcp(40001, 80),
        ...l7,
        is_reply: false,
        verdict: "DROPPED",
        l7: { type: "REQUEST", http },
      }),
      line(0.001, {
        ...answered,
        ...tcp(80, 40001),
        ...l7,
        is_reply: true,
        verdict: "FORWARDED",
        l7: { type: "RESPONSE", http: { ...http, code: 403 } },
      }),
    );
    expect(total).toBe(1);
    expect(rows[0]).toMatchObject({ decidedBy: "l7-rule", reason: null, class: "never-worked" });
    const { policies } = explain().remedy;
    expect(policies[0]?.yaml).toContain('- method: DELETE\n          path: "/accounts/7(\\\\?.*)?"');
    expect(policies[1]?.why).toContain("knows ports, not requests");
  });

  it("authentication that is done in the end was no lack of a rule", () => {
    const { rows, explain } = ask(
      line(0, { ...asked, ...tcp(40001, 5432, "SYN"), ...dropped("AUTH_REQUIRED", "EGRESS") }),
      line(1, { ...asked, ...tcp(40001, 5432, "SYN"), ...delivered, is_reply: false }),
      line(1.1, { ...answered, ...tcp(5432, 40001, "SYN", "ACK"), ...delivered, is_reply: true }),
    );
    expect(rows[0]).toMatchObject({
      decidedBy: "authentication",
      class: "degraded",
      fix: "let both sides authenticate",
    });
    const answer = explain();
    expect(answer.worked).toMatchObject({ before: null, since: "2026-08-21T12:00:01.000000000Z" });
    expect(answer.remedy.policies).toEqual([]);
  });

  it("a service without backends is no policy's fault", () => {
    const { rows, explain } = ask(
      line(0, {
        ...asked,
        ...tcp(40001, 80, "SYN"),
        ...denied("SERVICE_BACKEND_NOT_FOUND", "EGRESS"),
        event_type: { type: 1, sub_type: 158 },
      }),
    );
    expect(rows[0]).toMatchObject({ decidedBy: "datapath", key: { port: 80 }, fix: "make a backend ready" });
    expect(rows[0]?.sentence).toContain("the service has no backend that is ready");
    expect(explain().remedy).toMatchObject({
      policies: [],
      why: "No policy dropped it, so no rule can allow it.",
    });
  });

  it("router solicitations are noise and come last, however many there are", () => {
    const solicitation = (seconds: number, reason: string, code: number) =>
      line(seconds, {
        source: WEB,
        destination: { identity: 0 },
        IP: { source: "fe80::1", destination: "ff02::2", ipVersion: "IPv6" },
        l4: { ICMPv6: { type: 133 } },
        node_name: "prod/n1",
        ...denied(reason, "EGRESS"),
        event_type: { type: 1, sub_type: code },
      });
    const { rows } = ask(
      ...Array.from({ length: 20 }, (_, n) => solicitation(n, "INVALID_SOURCE_IP", 132)),
      solicitation(30, "UNSUPPORTED_L3_PROTOCOL", 139),
      line(40, { ...asked, ...tcp(40001, 5432, "SYN"), ...dropped("POLICY_DENIED", "EGRESS") }),
    );
    expect(rows.map(({ class: kind, drops }) => [kind, drops])).toEqual([
      ["never-worked", 1],
      ["noise", 20],
      ["noise", 1],
    ]);
    expect(rows.at(-1)?.fix).toBe("nothing to do");
  });
});

describe("router solicitations as a real log has them: ingress of a group, from a pod known by its labels only", () => {
  const labels = ["k8s:app=web", "k8s:io.kubernetes.pod.namespace=shop"];
  const solicitation = (seconds: number, source: object, members: object = {}) =>
    line(seconds, {
      ...{ source, destination: { labels: ["reserved:unknown"] }, node_name: "prod/n1" },
      IP: { source: "fe80::8c10:72ff:feb0:7403", destination: "ff02::2", ipVersion: "IPv6" },
      l4: { ICMPv6: { type: 133 } },
      ...denied("UNSUPPORTED_L3_PROTOCOL", "INGRESS"),
      event_type: { type: 1, sub_type: 139 },
      ...members,
    });

  it("are told as what they are: the group is no pod, and no rule is missing", () => {
    const { proof, rows, explain } = ask(solicitation(0, { identity: 300, labels }));
    expect(rows[0]).toMatchObject({
      ...{ drops: 1, class: "noise", place: "side not known", fix: "nothing to do" },
      sentence:
        "Router solicitations of shop/web are dropped: a pod's kernel asks for IPv6 routers, and needs none.",
    });
    expect(proof.ask("drops", { by: "pod" }).rows.map(({ key, drops }) => [key.pod, drops])).toEqual([
      [null, 1],
    ]);
    expect(proof.ask("flows", { q: "drop:yes dropped-at:?" }).total?.drops).toBe(1);
    expect(proof.ask("flows", { q: "drop:yes dropped-at:ip:ff02::2" }).total?.drops).toBe(0);
    const { remedy, decidedAt } = explain();
    expect(remedy).toMatchObject({ policies: [], side: null });
    expect(remedy.why).toContain("Router solicitations need no rule");
    expect(decidedAt.says).toContain("multicast group, which is no pod");
  });

  it("are no missing rule when a policy is what dropped them; of a node they are not told as a pod's", () => {
    const byPolicy = { ...denied("POLICY_DENIED", "EGRESS"), event_type: { type: 1, sub_type: 133 } };
    const { rows, explain } = ask(solicitation(0, WEB, byPolicy));
    expect(rows[0]).toMatchObject({ place: "egress of shop/web", fix: "nothing to do" });
    expect(explain().remedy.policies).toEqual([]);
    const host = { identity: 1, labels: ["reserved:host"] };
    expect(ask(solicitation(0, host, byPolicy)).rows[0]?.sentence).toContain("Packets from host to ff02::2");
  });
});

describe("packets between two ports that are the same, as NTP has them", () => {
  const ntp = (
    seconds: number,
    source: object,
    ip: string,
    ports: readonly [number, number],
    direction = "EGRESS",
  ) =>
    line(seconds, {
      ...{ source, destination: WORLD, node_name: "prod/n1" },
      IP: { source: ip, destination: IP.world, ipVersion: "IPv4" },
      l4: { UDP: { source_port: ports[0], destination_port: ports[1] } },
      ...dropped("POLICY_DENIED", direction),
    });

  it("get a rule for that port, whoever asked", () => {
    const { rows, explain } = ask(ntp(0, WEB, IP.web, [123, 123]), ntp(64, WEB, IP.web, [123, 123]));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      ...{ drops: 2, place: "egress of shop/web", fix: "allow egress to 192.0.2.7" },
      key: { client: null, server: null, port: null },
    });
    expect(rows[0]?.sentence).toContain(
      "Packets from shop/web to 192.0.2.7 on UDP 123 are lost: no rule allows it",
    );
    const { policies, besides } = explain().remedy;
    expect(policies[0]?.yaml).toContain(
      '- toCIDR:\n    - "192.0.2.7/32"\n    toPorts:\n    - ports:\n      - port: "123"\n        protocol: UDP',
    );
    expect(policies[1]?.yaml).toContain(
      'cidr: "192.0.2.7/32"\n    ports:\n    - port: 123\n      protocol: UDP',
    );
    expect(besides).toEqual([]);
  });

  it("of several pods get a rule each; what has two low ports that differ is left out", () => {
    const { rows, explain } = ask(
      ntp(0, WEB, IP.web, [123, 123]),
      ntp(1, LEDGER, IP.ledger, [123, 123]),
      ntp(2, WEB, IP.web, [500, 4500]),
    );
    expect(rows.map(({ drops }) => drops)).toEqual([3]);
    const { policies, besides } = explain().remedy;
    expect(policies[0]?.yaml?.match(/name: .*/g)).toEqual([
      "name: allow-ledger-egress-192-0-2-7-32",
      "name: allow-web-egress-192-0-2-7-32",
    ]);
    expect(policies[0]?.yaml).not.toContain("4500");
    expect(besides).toEqual(["Packets whose ports do not tell who asked."]);
    // Alone it has none.
    expect(ask(ntp(2, WEB, IP.web, [500, 4500])).explain().remedy).toMatchObject({
      policies: [],
      why: "The log does not say who asked whom.",
    });
  });
});

describe("when drops were", () => {
  // The log spans 1,000 s: a twentieth of it is 50 s.
  const span = [0, 1000].map((seconds) => line(seconds, { ...asked, ...tcp(39999, 1, "ACK"), ...delivered }));
  const tries = (...seconds: number[]) =>
    seconds.map((second, n) =>
      line(second, { ...asked, ...tcp(40001 + n, 5432, "SYN"), ...dropped("POLICY_DENIED", "EGRESS") }),
    );

  it.each<readonly [string, number[], boolean]>([
    ["well behind its beginning", [500, 510, 520], true],
    ["within its first minute", [55, 60, 65], false],
    ["as far behind it as tries are apart", [300, 600, 900], false],
    ["three times as far, and a bit", [301, 401, 501], true],
    ["too seldom to tell", [500, 510], false],
  ])("they are new when the log is silent about them %s: %j", (_name, seconds, isNew) => {
    const { rows } = ask(...span, ...tries(...seconds));
    expect([rows[0]?.isNew, rows[0]?.drops]).toEqual([isNew, seconds.length]);
  });

  it("they are a burst when most of them lie close together", () => {
    const close = Array.from({ length: 12 }, (_, n) => 500 + n);
    const { burst, drops } = ask(...span, ...tries(...close, 900, 950)).rows[0] ?? {};
    expect(drops).toBe(14);
    // Twelve of fourteen are more than four fifths, in one or two of the thirty buckets.
    expect(burst?.drops).toBe(12);
    const [from, to] = [burst?.from, burst?.to].map((time) => Date.parse(time ?? "") / 1000);
    const start = Date.parse("2026-08-21T12:00:00Z") / 1000;
    expect((from ?? 0) - start).toBeLessThanOrEqual(500);
    expect((to ?? 0) - start).toBeGreaterThan(511);
    expect((to ?? 0) - (from ?? 0)).toBeLessThanOrEqual(200);
    expect(ask(...span, ...tries(...close.map((_, n) => 20 + 80 * n))).rows[0]?.burst).toBeNull();
  });
});

describe("dropped pings, whose records do not say who asked", () => {
  const CART = pod("shop", "cart", 303);
  const ping = (seconds: number, source: object, type: number | undefined, direction = "EGRESS") =>
    line(seconds, {
      source,
      destination: LEDGER,
      IP: { source: source === WEB ? IP.web : "10.0.1.9", destination: IP.ledger, ipVersion: "IPv4" },
      l4: { ICMPv4: type === undefined ? {} : { type } },
      node_name: "prod/n1",
      ...dropped("POLICY_DENIED", direction),
    });

  it("are told by their ends, and get a rule of the end that dropped them", () => {
    const { rows, explain } = ask(ping(0, WEB, 8), ping(1, WEB, 8));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      ...{ drops: 2, attempts: null, key: { client: null, server: null, port: null, protocol: "ICMPv4" } },
      ...{ place: "egress of shop/web", fix: "allow egress to bank/ledger" },
    });
    expect(rows[0]?.sentence).toContain(
      "Packets from shop/web to bank/ledger on ICMPv4 (echo request) are lost",
    );
    const { remedy, worked, decidedAt, droppedAt } = explain();
    expect(remedy.policies[0]?.yaml).toContain(
      "icmps:\n    - fields:\n      - type: 8\n        family: IPv4",
    );
    expect(remedy.policies[1]?.why).toContain("NetworkPolicy has no ICMP");
    // Whether it worked is not known: nothing says that it never did.
    expect(worked.says).toContain("it cannot be said whether it worked before");
    expect(decidedAt.says).toContain("dropped at the sender of the packet, shop/web");
    expect(droppedAt).toEqual([{ name: "shop/web-7d4b9c6f5-x2x71@prod", drops: 2 }]);
  });

  it("name the node that dropped them, unless there are several", () => {
    const elsewhere = ping(1, WEB, 8).replaceAll("prod/n1", "prod/n2");
    const one = ask(ping(0, WEB, 8), ping(1, WEB, 8)).explain();
    expect(one.decidedAt.says).toMatch(/, shop\/web on node (prod\/)?n1\b/);
    const { says } = ask(ping(0, WEB, 8), elsewhere).explain().decidedAt;
    expect(says).toContain("dropped at the sender of the packet, shop/web, on 2 nodes.");
  });

  it("have a rhythm: each is a try of its own", () => {
    const { rows, explain } = ask(...[0, 30, 60, 90, 120].map((seconds) => ping(seconds, WEB, 8)));
    expect(rows[0]).toMatchObject({ rhythmNs: "30000000000", attempts: null });
    expect(explain().rhythm?.says).toBe("It is tried every 30 s.");
  });

  it("of several pods are one cause with a rule for each, and replies among them are left out", () => {
    const { proof, rows, explain } = ask(ping(0, WEB, 8), ping(1, CART, 8), ping(2, CART, undefined));
    expect(rows.map(({ drops, place }) => [drops, place])).toEqual([[3, "egress"]]);
    expect(rows[0]?.sentence).toContain(
      "Packets to bank/ledger on ICMPv4 (echo reply, echo request) are lost",
    );
    const { remedy, droppedAt } = explain();
    const { fileName, yaml } = remedy.policies[0] ?? { fileName: null, yaml: null };
    expect(fileName).toBe("policies.yaml");
    expect(yaml?.split("---\n").map((file) => /name: (.*)/.exec(file)?.[1])).toEqual([
      "allow-cart-egress-ledger",
      "allow-web-egress-ledger",
    ]);
    expect(yaml).not.toContain("type: 0");
    expect(remedy.besides).toEqual(["The answers among them: their question was not known any more."]);
    // Each pod's number is that of its flows.
    for (const { name, drops } of droppedAt) {
      const q = `drop:yes cause:${rows[0]?.key.causeId} dropped-at:${name}`;
      expect([name, proof.ask("flows", { q }).total?.drops]).toEqual([name, drops]);
    }
    expect(droppedAt.map(({ drops }) => drops)).toEqual([2, 1]);
  });

  it("that were dropped on their way in get a rule of the receiver", () => {
    const { rows, explain } = ask(ping(0, WEB, 8, "INGRESS"));
    expect(rows[0]).toMatchObject({ place: "ingress of bank/ledger", fix: "allow ingress from shop/web" });
    expect(explain().remedy.policies[0]?.yaml).toContain("name: allow-ledger-ingress-web\n  namespace: bank");
  });

  it("to an address that has a name get a rule for the address: names are known of what a client asks", () => {
    const { explain } = ask(
      line(0, {
        source: WEB,
        destination: WORLD,
        destination_names: ["api.example.com"],
        IP: { source: IP.web, destination: IP.world, ipVersion: "IPv4" },
        l4: { ICMPv4: { type: 8 } },
        node_name: "prod/n1",
        ...dropped("POLICY_DENIED", "EGRESS"),
      }),
    );
    expect(explain().remedy.policies[0]?.yaml).toContain('- toCIDR:\n    - "192.0.2.7/32"\n    icmps:');
  });

  it("that answer get none", () => {
    const { rows, explain } = ask(ping(0, WEB, undefined));
    expect(rows[0]?.fix).toBe("no rule: replies need none");
    expect(explain().remedy).toMatchObject({ policies: [], side: null });
  });
});

describe("a name that toFQDNs does not cover", () => {
  const lookup = (seconds: number, answer?: object) =>
    line(seconds, {
      Type: "L7",
      event_type: { type: 129 },
      traffic_direction: "EGRESS",
      node_name: "prod/n1",
      ...(answer === undefined
        ? {
            source: WEB,
            destination: DNS,
            IP: { source: IP.web, destination: IP.dns, ipVersion: "IPv4" },
            l4: { UDP: { source_port: 50001, destination_port: 53 } },
            is_reply: false,
          }
        : {
            source: DNS,
            destination: WEB,
            IP: { source: IP.dns, destination: IP.web, ipVersion: "IPv4" },
            l4: { UDP: { source_port: 53, destination_port: 50001 } },
            is_reply: true,
          }),
      l7: {
        type: answer === undefined ? "REQUEST" : "RESPONSE",
        dns: { query: "api.example.com.", qtypes: ["A"], observation_source: "proxy", ...answer },
      },
    });
  const lost = (seconds: number) =>
    line(seconds, {
      source: WEB,
      destination: WORLD,
      IP: { source: IP.web, destination: IP.world, ipVersion: "IPv4" },
      node_name: "prod/n1",
      ...tcp(40001, 443, "SYN"),
      ...dropped("POLICY_DENIED", "EGRESS"),
    });

  it("is told with when it was asked for, what was answered and for how long, and both rules are offered", () => {
    const { explain } = ask(lookup(0), lookup(0.01, { ips: [IP.world], ttl: 60 }), lost(20));
    const { lookups, remedy } = explain();
    expect(lookups).toMatchObject({
      state: "name-not-allowed",
      found: [
        { name: "api.example.com", ips: [IP.world], ttlSeconds: 60, time: "2026-08-21T12:00:00.010000000Z" },
      ],
    });
    expect(remedy.policies[0]?.yaml).toContain("- toFQDNs:\n    - matchName: api.example.com");
    expect(remedy.policies[0]?.yaml).toContain('"k8s:k8s-app": kube-dns');
    expect(remedy.policies[1]?.why).toContain("no DNS names");
  });

  it("that another pod asked for was not asked for by the resolver that passed the question on", () => {
    const ledger = { ip: IP.ledger, side: LEDGER };
    const resolver = { ip: IP.dns, side: DNS };
    const upstream = { ip: "8.8.8.8", side: { identity: 2, labels: ["reserved:world"] } };
    const between = (
      ends: readonly (typeof ledger | typeof upstream)[],
      seconds: number,
      answer?: object,
    ) => {
      const { flow, ...rest } = JSON.parse(lookup(seconds, answer));
      const [from, to] = answer === undefined ? ends : ends.toReversed();
      const ips = { source: from?.ip, destination: to?.ip, ipVersion: "IPv4" };
      return JSON.stringify({
        ...rest,
        flow: { ...flow, source: from?.side, destination: to?.side, IP: ips },
      });
    };
    const answer = { ips: [IP.world], ttl: 60 };
    const { explain } = ask(
      between([ledger, resolver], 0),
      between([resolver, upstream], 0.002),
      between([resolver, upstream], 0.008, answer),
      between([ledger, resolver], 0.01, answer),
      lost(20),
    );
    expect(explain().lookups?.found.map(({ pod, time }) => [pod, time])).toEqual([
      [`bank/${LEDGER.pod_name}@prod`, "2026-08-21T12:00:00.010000000Z"],
    ]);
  });

  it("was given for too short a time, when its record had expired", () => {
    const { explain } = ask(lookup(0), lookup(0.01, { ips: [IP.world], ttl: 5 }), lost(20));
    expect(explain().lookups?.state).toBe("expired");
  });

  it("is not known where no look-up was seen: then the address is all that a rule can name", () => {
    const { explain } = ask(lost(20));
    expect(explain().lookups?.state).toBe("not-seen");
    expect(explain().remedy.policies.map(({ yaml }) => yaml?.includes("192.0.2.7/32"))).toEqual([true, true]);
  });
});

describe("an edge that worked", () => {
  it("says when, and what changed until the first drop", () => {
    const agent = (seconds: number, event: object) =>
      JSON.stringify({
        agent_event: event,
        node_name: "prod/n1",
        time: new Date(Date.parse("2026-08-21T12:00:00Z") + seconds * 1000).toISOString(),
      });
    const labels = [
      "k8s:io.cilium.k8s.policy.derived-from=CiliumNetworkPolicy",
      "k8s:io.cilium.k8s.policy.name=ledger",
      "k8s:io.cilium.k8s.policy.namespace=bank",
    ];
    const moved = { ...WEB, identity: 399, labels: ["k8s:app=web", "k8s:env=test"] };
    const { explain, rows } = ask(
      line(0, { ...asked, ...tcp(40001, 5432, "SYN"), ...delivered, is_reply: false }),
      line(0.1, { ...answered, ...tcp(5432, 40001, "SYN", "ACK"), ...delivered, is_reply: true }),
      agent(50, { type: "POLICY_UPDATED", policy_update: { labels, revision: "7", rule_count: "1" } }),
      line(100, {
        ...asked,
        source: moved,
        ...tcp(40002, 5432, "SYN"),
        ...dropped("POLICY_DENIED", "INGRESS"),
      }),
    );
    expect(rows[0]?.class).toBe("broken-since");
    const { worked, changes, otherSide } = explain();
    expect(worked).toMatchObject({
      delivered: "2026-08-21T12:00:00.000000000Z",
      answered: "2026-08-21T12:00:00.100000000Z",
    });
    expect(changes.found.map(({ says }) => says)).toEqual([
      "Pod shop/web-7d4b9c6f5-x2x71@prod has another identity: 399, before 300.",
      expect.stringContaining("now k8s:env=test; no longer k8s:pod-template-hash=7d4b9c6f5"),
      "The agent took in CiliumNetworkPolicy bank/ledger.",
    ]);
    expect(otherSide.state).toBe("passed");
  });

  it("can be denied at both sides: each cause leads to the other", () => {
    const { rows, explain } = ask(
      line(0, { ...asked, ...tcp(40001, 5432, "SYN"), ...dropped("POLICY_DENIED", "EGRESS") }),
      line(100, { ...asked, ...tcp(40002, 5432, "SYN"), ...dropped("POLICY_DENIED", "INGRESS") }),
    );
    expect(explain(0).otherSide).toMatchObject({ state: "denied", causeId: rows[1]?.key.causeId });
    expect(explain(1).otherSide).toMatchObject({ state: "denied", causeId: rows[0]?.key.causeId });
  });
});

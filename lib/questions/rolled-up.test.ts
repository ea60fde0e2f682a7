import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { formatTime } from "@/lib/base/time";
import { switchRollUps } from "@/lib/capture/roll-ups-ready";
import { countedFlows } from "@/lib/capture/rolled-flows";
import { compileScope } from "@/lib/capture/scope-sql";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { parseFilter } from "@/lib/scope/filter";
import { OpenCapture } from "./open-capture";
import { QUESTIONS } from "./questions";

afterEach(() => switchRollUps(true));

/**
 * Several kinds, nodes and pairs over an hour; connections, requests, drops; a few without a time; some before 1970. `mixed`: of drops
 * that look alike some have a verdict beside them, and some none.
 */
function busy({ mixed = false } = {}): TestCapture {
  const capture = new TestCapture();
  const times = (n: number): string | undefined =>
    n % 41 === 0 ? undefined : formatTime(startNs + BigInt(n) * 7_300_000_017n);
  const record = (n: number, more: object = {}): string =>
    line(undefined, {
      time: times(n),
      node_name: `node-${n % 3}`,
      verdict: n % 9 === 0 ? "DROPPED" : n % 5 === 0 ? "REDIRECTED" : "FORWARDED",
      ...(n % 9 === 0 && { ...(n % 2 === 0 ? DENIED : NO_BACKEND), event_type: { type: 1 } }),
      ...(n % 13 === 0 && n % 9 !== 0 && AUDITED[n % 2]),
      ...(n % 9 !== 0 && n % 8 === 1 && ALLOWED[n % 3]),
      ...(n % 9 === 0 && n % 4 === 0 && VERDICT),
      ...(n % 4 === 0 && { destination_service: { namespace: "shop", name: `api-${n % 3}` } }),
      source: { namespace: ["shop", "bank"][n % 2], pod_name: `web-${n % 4}`, identity: 100 + (n % 4) },
      destination: { namespace: "shop", pod_name: `api-${n % 3}`, identity: 200 + (n % 3) },
      IP: { source: `10.0.0.${n % 4}`, destination: `10.0.1.${n % 3}`, ipVersion: "IPv4" },
      l4: {
        TCP: {
          source_port: 40_000 + (n % 60),
          destination_port: n % 2 === 0 ? 80 : 443,
          flags: { SYN: n % 3 === 0 },
        },
      },
      is_reply: n % 7 === 0,
      ...(n % 11 === 0 && {
        Type: "L7",
        l7: {
          type: n % 2 === 0 ? "REQUEST" : "RESPONSE",
          http: { method: "GET", url: "/a", code: n % 2 === 0 ? 0 : 503 },
        },
      }),
      ...more,
    });
  const texts = Array.from({ length: 500 }, (_, n) => record(n));
  // Some drops are logged twice: the drop record names no policy, its verdict does.
  const every = mixed ? 72 : 36;
  const verdicts = texts.flatMap((_, n) => (n % every === 18 ? record(n, VERDICT) : []));
  capture.add("a", lines(...texts.slice(0, 300)));
  capture.add("b", lines(...texts.slice(250), ...verdicts));
  return capture;
}
const DENIED = { drop_reason: 133, drop_reason_desc: "POLICY_DENIED" };
const AUDITED = [
  { verdict: "AUDIT", egress_denied_by: [{ name: "out", namespace: "shop", kind: "CiliumNetworkPolicy" }] },
  { verdict: "AUDIT", ingress_denied_by: [{ name: "in", namespace: "shop", kind: "CiliumNetworkPolicy" }] },
];
const out = { name: "web-egress", namespace: "shop", kind: "CiliumNetworkPolicy" };
/** Some records of a pair name a list, some another, some none. */
const ALLOWED = [
  { event_type: { type: 5 }, egress_allowed_by: [out] },
  { event_type: { type: 5 }, egress_allowed_by: [out, { ...out, name: "web-more" }] },
  {},
];
/** Both what a drop is and what names the policy. */
const VERDICT = {
  event_type: { type: 5 },
  egress_denied_by: [{ ...out, name: "no-api" }],
};
const NO_BACKEND = { drop_reason: 158, drop_reason_desc: "SERVICE_BACKEND_NOT_FOUND" };
const startNs = BigInt(Date.UTC(2026, 7, 21, 12)) * 1_000_000n;

function reader(capture: TestCapture): OpenCapture {
  const open = OpenCapture.open(capture.file);
  if (!open.ok) throw new Error(open.failure.message);
  return open.value;
}

const FILTERS = [
  "",
  "verdict:DROPPED",
  "!verdict:FORWARDED node-name:node-1",
  "namespace:bank",
  "to-pod:shop/api-1 protocol:tcp",
  "server:shop/api-2 server-port:443",
  "drop:yes",
  "!drop:yes server-port:80",
  "policy:shop/web-egress",
  "!policy:web-more namespace:bank",
  // Of drops; with lookalikes of other causes, too.
  "policy:no-api",
  "policy:no-api namespace:bank !server-port:443",
  'denied-by:"shop/CiliumNetworkPolicy/no-api"',
  "decided-by:default-deny,policy",
  "!decided-by:default-deny direction:egress",
  // Where no drops of other causes look alike.
  "!policy:no-api node-name:node-0",
  "policy:no-api,web-egress",
  // No roll-up holds these.
  "port:40007",
  "drop:first",
  "policy:no-api port:40009",
];
/** Of these roll-ups hold so many, from the first on: always, and where no lookalikes are in the way. */
const HELD = { always: 15, unmixed: 17 } as const;

const TRAFFIC = [
  { by: "workload", side: "from", of: "events", buckets: 60 },
  { by: "namespace", side: "to", of: "forwarded", buckets: 6 },
  { by: "pod", side: "to", of: "drops", buckets: 60 },
  { by: "verdict", side: "from", of: "events", buckets: 6 },
] as const;

type Ask = { readonly q: string; readonly from?: string; readonly to?: string };

function answers(open: OpenCapture, ask: Ask): unknown[] {
  const facets = "verdict,node-name,namespace,from-pod,server,edge,server-port,port,from-port,to-port,drop";
  return [
    open.ask((capture) => QUESTIONS.summary(capture, ask)),
    ...(["verdict", "reason", "namespace", "drops"] as const).flatMap((by) =>
      [6, 120, 480].map((buckets) =>
        open.ask((capture) => QUESTIONS.timeline(capture, { ...ask, by, buckets })),
      ),
    ),
    open.ask((capture) => QUESTIONS.map(capture, { ...ask, level: "workload", limit: 1000 })),
    ...[5, 120].map((buckets) =>
      open.ask((capture) => QUESTIONS.map(capture, { ...ask, level: "pod", limit: 1000, buckets })),
    ),
    open.ask((capture) => QUESTIONS.facets(capture, { ...ask, keys: facets, limit: 100 })),
    open.ask((capture) => QUESTIONS.services(capture, { ...ask, limit: 100 })),
    open.ask((capture) => QUESTIONS.workloads(capture, { ...ask, limit: 100 })),
    open.ask((capture) => QUESTIONS.report(capture, {})),
    ...(["edge", "client-pod", "server"] as const).map((by) =>
      open.ask((capture) => QUESTIONS.connections(capture, { ...ask, by, limit: 100 })),
    ),
    ...(["attempts", "unanswered", "answered"] as const).flatMap((of) =>
      [6, 60].map((buckets) =>
        open.ask((capture) =>
          QUESTIONS.connectionsTimeline(capture, { ...ask, by: "server", of, buckets, limit: 9 }),
        ),
      ),
    ),
    ...(["route", "url", "status", "pod"] as const).map((by) =>
      open.ask((capture) => QUESTIONS.l7(capture, { ...ask, protocol: "http", by, limit: 100 })),
    ),
    ...[6, 60].map((buckets) =>
      open.ask((capture) =>
        QUESTIONS.l7Timeline(capture, {
          ...ask,
          ...{ protocol: "http", by: "class", of: "all", buckets, limit: 9 },
        }),
      ),
    ),
    ...(["cause", "reason", "client", "policy", "pod", "node"] as const).map((by) =>
      open.ask((capture) => QUESTIONS.drops(capture, { ...ask, by, limit: 100, buckets: 60 })),
    ),
    ...TRAFFIC.map((parameters) =>
      open.ask((capture) => QUESTIONS.traffic(capture, { ...ask, ...parameters, limit: 3 })),
    ),
    open.ask((capture) => QUESTIONS.changes(capture, { ...ask, limit: 100 })),
    open.ask((capture) => QUESTIONS.causes(capture, { ...ask, limit: 100, buckets: 6 })),
    ...(["audited", "not-a-loss"] as const).map((kind) =>
      open.ask((capture) => QUESTIONS.notDrops(capture, { ...ask, kind, limit: 100 })),
    ),
    open.ask((capture) =>
      QUESTIONS.facets(capture, { ...ask, keys: "cause,policy,decided-by,direction", limit: 100 }),
    ),
  ];
}

/** The same asked of a reader that has nothing kept. */
function both(capture: TestCapture, ask: Ask): { with: unknown[]; without: unknown[] } {
  const asked = (on: boolean): unknown[] => {
    switchRollUps(on);
    const open = reader(capture);
    const found = answers(open, ask);
    open.close();
    return found;
  };
  return { with: asked(true), without: asked(false) };
}

describe("roll-ups", () => {
  it.each([{ mixed: false }, { mixed: true }])(
    "answer as the flows do, over ranges that cut buckets and that do not: %o",
    (how) => {
      const capture = busy(how);
      const instant = fc.option(
        fc.oneof(
          fc.integer({ min: 0, max: 3650 }).map((second) => startNs + BigInt(second) * 1_000_000_000n),
          fc.integer({ min: 0, max: 500 }).map((n) => startNs + BigInt(n) * 7_300_000_017n),
          fc.constantFrom(
            ...[0n, 60n, 600n, 1800n, 3600n].map((second) => startNs + second * 1_000_000_000n),
          ),
        ),
        { nil: undefined },
      );
      fc.assert(
        fc.property(fc.constantFrom(...FILTERS), instant, instant, (q, a, b) => {
          const [from, to] = a !== undefined && b !== undefined && b < a ? [b, a] : [a, b];
          fc.pre(from === undefined || from !== to);
          const found = both(capture, {
            q,
            ...(from !== undefined && { from: formatTime(from) }),
            ...(to !== undefined && { to: formatTime(to) }),
          });
          expect(found.with).toEqual(found.without);
        }),
        { numRuns: 40, seed: 3 },
      );
    },
  );

  it.each([{ mixed: false }, { mixed: true }])(
    "are read where they hold what is asked, and only then: %o",
    (how) => {
      const { database } = reader(busy(how));
      const isRolledUp = (q: string, reads: string, from?: bigint): boolean => {
        const filter = parseFilter(q);
        if (!filter.ok) throw new Error(filter.failure.message);
        const scope = { filter: filter.value, ...(from !== undefined && { from }) };
        return countedFlows(database, compileScope(database, scope), { reads }).isRolledUp;
      };
      const held = how.mixed ? HELD.always : HELD.unmixed;
      for (const [at, q] of FILTERS.entries()) expect([q, isRolledUp(q, "f.kindId")]).toEqual([q, at < held]);
      expect(isRolledUp("", "f.sourcePort")).toBe(false);
      expect(isRolledUp("", "f.kindId", startNs + 600n * 1_000_000_000n)).toBe(true);
      switchRollUps(false);
      expect(isRolledUp("", "f.kindId")).toBe(false);
    },
  );

  it("tell flows of a pair apart by the policies that their records name", () => {
    const open = reader(busy());
    const asked = open.ask((capture) => QUESTIONS.summary(capture, { q: "policy:web-more" }));
    if (!asked.ok) throw new Error(asked.failure.message);
    // By hand: of 500 flows those whose number leaves 1 when divided by 8 and by 3: 1, 25 … 481.
    expect(asked.value.records).toBe(21);
    open.close();
  });

  // By hand, of 500: each 36th from 0 on is a verdict that names it, 14 of them; for each 36th from 18 on there is another such, 14 more,
  // beside a record of the drop that names none, which the verdict explains. One of these, 198, is a request: it is told by itself. Of the mixed
  // ones each 72nd from 18 on has one, 7 of them, none a request.
  it.each([
    [{ mixed: false }, 14 + 14 + 13],
    [{ mixed: true }, 14 + 7 + 7],
  ])("find both records of a drop by the policy of its verdict: %o", (how, wanted) => {
    const open = reader(busy(how));
    const records = (q: string): number => {
      const asked = open.ask((capture) => QUESTIONS.summary(capture, { q }));
      if (!asked.ok) throw new Error(asked.failure.message);
      return asked.value.records;
    };
    for (const q of ["policy:no-api", "policy:shop/no-api", "policy:no-api,other"])
      expect([q, records(q)]).toEqual([q, wanted]);
    open.close();
  });

  it("find a drop by a policy that its record names and its cause does not", () => {
    const capture = new TestCapture();
    const [denying, other] = ["in", "out"].map((name) => ({ ...VERDICT.egress_denied_by[0], name }));
    const denied = { traffic_direction: "INGRESS", ingress_denied_by: [denying], egress_denied_by: [other] };
    capture.add("a", lines(line(undefined, { verdict: "DROPPED", ...DENIED, ...VERDICT, ...denied })));
    const open = reader(capture);
    const [[policies] = []] = open.database.prepare("SELECT policies FROM Cause").rows([]);
    expect(String(policies)).toMatch(/"in"/);
    expect(String(policies)).not.toMatch(/"out"/);
    for (const q of ["policy:in", "policy:out"])
      expect([q, open.ask((one) => QUESTIONS.summary(one, { q }))]).toMatchObject([
        q,
        { ok: true, value: { records: 1 } },
      ]);
    open.close();
  });

  it("count the traffic of services, and drops for want of a backend", () => {
    const open = reader(busy());
    const asked = open.ask((capture) => QUESTIONS.services(capture, { limit: 100 }));
    if (!asked.ok) throw new Error(asked.failure.message);
    const sums = asked.value.rows.map(({ name, events, noBackend }) => [name, events, noBackend]);
    // By hand: of 500 flows each fourth names a service, by thirds. Each odd ninth finds no backend and names none; each eleventh is a
    // request, which no packet's reason belongs to. All ninths go to the same address.
    const named = [0, 4, 8].map((n) => [`api-${n % 3}`, Math.ceil((500 - n) / 12), 0]);
    const dropped = Array.from({ length: 500 }, (_, n) => n).filter((n) => n % 18 === 9 && n % 11 !== 0);
    expect(sums.filter(([name]) => name !== null)).toEqual(expect.arrayContaining(named));
    expect(sums.filter(([name]) => name === null).map(([, , drops]) => drops)).toEqual([dropped.length]);
    open.close();
  });

  it("have narrow buckets, which a range is added up from, and flows where it cuts them", () => {
    const { database } = reader(busy());
    const second = 1_000_000_000n;
    const widths = database.prepareExact("SELECT level, widthNs FROM RollUpLevel ORDER BY level").rows([]);
    expect(widths.map(([level, width]) => [Number(level), width])).toEqual([
      [0, null],
      [2, 60n * second],
      [4, 2n * second],
      // Of which all wider ones are made.
      [6, 5n * second],
    ]);
    const filter = parseFilter("verdict:FORWARDED");
    if (!filter.ok) throw new Error(filter.failure.message);
    const between = (from: bigint, to: bigint) => {
      const scope = compileScope(database, { filter: filter.value, from, to });
      return countedFlows(database, scope, { reads: "f.observerId", widthNs: 600n * second });
    };
    const whole = between(startNs + 600n * second, startNs + 1200n * second);
    // Of three nodes, in one bucket of ten minutes: no more rows than are told apart.
    expect(whole.parameters).toHaveLength(1);
    expect(JSON.parse(String(whole.parameters[0]))).toHaveLength(3);
    const cut = between(startNs + 599n * second, startNs + 1202n * second);
    expect(cut.parameters.slice(1)).toEqual([
      ...[startNs + 599n * second, startNs + 600n * second],
      ...[startNs + 1200n * second, startNs + 1202n * second],
    ]);
    expect(cut.isRolledUp).toBe(true);
    const narrow = between(startNs + 601n * second, startNs + 604n * second);
    expect(narrow.isRolledUp).toBe(false);
  });

  it("are not read while a file is on its way, and follow files that come and go", () => {
    const capture = busy();
    const events = (): number => {
      const open = reader(capture);
      const summary = open.ask((asked) => QUESTIONS.summary(asked, {}));
      open.close();
      if (!summary.ok) throw new Error(summary.failure.message);
      return summary.value.events;
    };
    const flows = (): number =>
      Number(capture.database.prepare("SELECT sum(events) AS n FROM Flow").get([])?.n);
    const isRolledUp = (): boolean =>
      countedFlows(capture.database, compileScope(capture.database, { filter: { terms: [] } }), { reads: "" })
        .isRolledUp;
    expect(events()).toBe(flows());
    capture.database.exec("UPDATE SourceFile SET state = 'reading' WHERE id = 1");
    expect(isRolledUp()).toBe(false);
    capture.database.exec("UPDATE SourceFile SET state = 'done' WHERE id = 1");
    const added = capture.add(
      "c",
      lines(...Array.from({ length: 30 }, (_, n) => line(5000 + n, { verdict: "AUDIT" }))),
    );
    expect(isRolledUp()).toBe(true);
    expect(events()).toBe(flows());
    capture.remove(added.id);
    expect(isRolledUp()).toBe(true);
    expect(events()).toBe(flows());
  });
});

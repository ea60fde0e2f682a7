/**
 * Counts a written capture again from its text, in the plainest way, for comparison with the truth
 * that the generator kept. Nothing is shared with the generator.
 */
import { type EndpointJson, type FlowJson, type LineJson, timeNs } from "./flow-json.ts";

export interface Recount {
  readonly records: Record<string, number>;
  readonly byVerdict: Record<string, number>;
  readonly byEventType: Record<string, number>;
  readonly byNode: Record<string, number>;
  readonly lostEvents: number;
  readonly first: string;
  readonly last: string;
  readonly notLosses: Record<string, number>;
  readonly audited: Record<string, number>;
  readonly causes: Record<string, CauseCount>;
  readonly dns: Record<string, number>;
  readonly rcodes: Record<string, number>;
  readonly http: Record<string, number>;
  readonly statuses: Record<string, number>;
  readonly podEvents: Record<string, number>;
}

interface CauseCount {
  dropRecords: number;
  verdictRecords: number;
  l7Records: number;
  drops: number;
  attempts: number;
}

interface TimedFlow {
  readonly flow: FlowJson;
  readonly at: number;
}

export function recount(lines: readonly string[]): Recount {
  const parsed = lines.map((line): LineJson => JSON.parse(line));
  const flows = parsed.flatMap(({ flow }): TimedFlow[] =>
    flow ? [{ flow, at: timeNs(flow.time ?? "") }] : [],
  );
  flows.sort((a, b) => a.at - b.at);
  const workloads = learnWorkloads(flows);
  const records: Record<string, number> = {};
  for (const line of parsed) bump(records, Object.keys(line)[0] ?? "");
  const l7 = flows.filter(({ flow }) => flow.Type === "L7");
  return {
    records,
    byVerdict: countBy(flows, ({ flow }) => flow.verdict ?? ""),
    byEventType: countBy(flows, ({ flow }) => String(flow.event_type?.type)),
    byNode: countBy(flows, ({ flow }) => flow.node_name ?? ""),
    lostEvents: parsed.reduce((sum, line) => sum + Number(line.lost_events?.num_events_lost ?? 0), 0),
    first: flows[0]?.flow.time ?? "",
    last: flows.at(-1)?.flow.time ?? "",
    notLosses: countBy(
      flows.filter(({ flow }) => flow.drop_reason === 201),
      ({ flow }) => flow.drop_reason_desc ?? "",
    ),
    audited: countBy(
      flows.filter(({ flow }) => flow.verdict === "AUDIT"),
      ({ flow }) => `${nameOf(flow.source, workloads)} ${nameOf(flow.destination, workloads)}`,
    ),
    causes: causes(flows, workloads),
    ...dnsCounts(l7.filter(({ flow }) => flow.l7?.dns)),
    ...httpCounts(l7.filter(({ flow }) => flow.l7?.http)),
    podEvents: podEvents(flows),
  };
}

function bump(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) bump(counts, key(item));
  return counts;
}

function learnWorkloads(flows: readonly TimedFlow[]): Map<string, string> {
  const known = new Map<string, string>();
  for (const { flow } of flows) {
    for (const end of [flow.source, flow.destination]) {
      const workload = end?.workloads?.[0]?.name;
      if (workload) known.set(`${end.namespace}/${end.pod_name}`, `${end.namespace}/${workload}`);
    }
  }
  return known;
}

function nameOf(end: EndpointJson | undefined, workloads: ReadonlyMap<string, string>): string | null {
  return end?.pod_name ? (workloads.get(`${end.namespace}/${end.pod_name}`) ?? null) : null;
}

function tuple({ flow }: TimedFlow): string {
  const [[protocol = "", ports = {}] = []] = Object.entries(flow.l4 ?? {});
  const l4 =
    ports.source_port === undefined ? `${ports.type}` : `${ports.source_port}-${ports.destination_port}`;
  return `${flow.IP?.source} ${flow.IP?.destination} ${protocol} ${l4}`;
}

/** Joins each drop record with the nearest unused verdict record of its packet, at most 1 ms away. */
export function joinDrops(flows: readonly TimedFlow[]): Map<TimedFlow, TimedFlow | null> {
  const key = (item: TimedFlow): string =>
    `${item.flow.node_name} ${item.flow.traffic_direction} ${tuple(item)}`;
  const dropped = flows.filter(({ flow }) => flow.verdict === "DROPPED" && flow.drop_reason !== 201);
  const verdicts = new Map<string, Set<TimedFlow>>();
  for (const item of dropped) {
    if (item.flow.event_type?.type !== 5) continue;
    const group = verdicts.get(key(item)) ?? new Set();
    verdicts.set(key(item), group.add(item));
  }
  const joined = new Map<TimedFlow, TimedFlow | null>();
  for (const item of dropped) {
    if (item.flow.event_type?.type === 129) joined.set(item, null);
    if (item.flow.event_type?.type !== 1) continue;
    const group = verdicts.get(key(item)) ?? new Set<TimedFlow>();
    let nearest: TimedFlow | null = null;
    for (const verdict of group) {
      const distance = Math.abs(verdict.at - item.at);
      if (distance <= 1_000_000 && (!nearest || distance < Math.abs(nearest.at - item.at))) nearest = verdict;
    }
    if (nearest) group.delete(nearest);
    joined.set(item, nearest);
  }
  for (const group of verdicts.values()) for (const verdict of group) joined.set(verdict, null);
  return joined;
}

function causes(
  flows: readonly TimedFlow[],
  workloads: ReadonlyMap<string, string>,
): Record<string, CauseCount> {
  const rows: Record<string, CauseCount & { tuples: Set<string> }> = {};
  for (const [item, verdict] of joinDrops(flows)) {
    const { flow } = item;
    const [[protocol = "", ports = {}] = []] = Object.entries(flow.l4 ?? {});
    const icmp = protocol === "ICMPv6";
    const server =
      nameOf(flow.destination, workloads) ?? flow.destination_names?.[0] ?? flow.IP?.destination ?? null;
    const key = JSON.stringify([
      flow.traffic_direction,
      flow.drop_reason_desc ?? null,
      icmp ? null : nameOf(flow.source, workloads),
      icmp ? null : server,
      ports.destination_port ?? null,
      protocol,
    ]);
    const row = rows[key] ?? {
      dropRecords: 0,
      verdictRecords: 0,
      l7Records: 0,
      drops: 0,
      attempts: 0,
      tuples: new Set(),
    };
    rows[key] = row;
    const type = flow.event_type?.type;
    row.drops++;
    if (type === 1) row.dropRecords++;
    if (type === 129) row.l7Records++;
    if (type === 5 || verdict) row.verdictRecords++;
    row.tuples.add(tuple(item));
  }
  return Object.fromEntries(
    Object.entries(rows).map(([key, { tuples, ...row }]) => [key, { ...row, attempts: tuples.size }]),
  );
}

const SUFFIXES = [
  /\.[a-z-]+\.svc\.cluster\.local\.$/,
  /\.svc\.cluster\.local\.$/,
  /\.cluster\.local\.$/,
  /\.eu-west\.compute\.internal\.$/,
];

function dnsCounts(flows: readonly TimedFlow[]): Pick<Recount, "dns" | "rcodes"> {
  const queries = new Map<string, TimedFlow[]>();
  for (const item of flows) {
    if (item.flow.l7?.type !== "REQUEST") continue;
    const pod = item.flow.source?.pod_name ?? "";
    queries.set(pod, [...(queries.get(pod) ?? []), item]);
  }
  const dns: Record<string, number> = {
    queries: 0,
    responses: 0,
    refused: 0,
    withoutResponse: 0,
    expansion: 0,
    realNxdomain: 0,
    latencySum: 0,
  };
  const rcodes: Record<string, number> = {};
  const waiting = new Map<string, number>();
  const add = (key: string, n = 1): void => {
    dns[key] = (dns[key] ?? 0) + n;
  };
  for (const item of flows) {
    const { flow, at } = item;
    const request = flow.l7?.type === "REQUEST";
    const client = request ? flow.source : flow.destination;
    const port = request ? flow.l4?.UDP?.source_port : flow.l4?.UDP?.destination_port;
    const query = flow.l7?.dns?.query ?? "";
    const key = `${client?.pod_name} ${port} ${query} ${flow.l7?.dns?.qtypes?.[0]}`;
    add(request ? "queries" : "responses");
    if (flow.verdict === "DROPPED") add("refused");
    else if (request) waiting.set(key, at);
    else {
      add("latencySum", at - (waiting.get(key) ?? at));
      waiting.delete(key);
      bump(rcodes, String(flow.l7?.dns?.rcode ?? 0));
    }
    if (flow.l7?.dns?.rcode === 3)
      add(isExpansion(query, at, queries.get(client?.pod_name ?? "") ?? []) ? "expansion" : "realNxdomain");
  }
  add("withoutResponse", waiting.size);
  return { dns, rcodes };
}

/** The query is X and a search suffix, and the pod asks for X (or X and another suffix) within 2 s. */
function isExpansion(query: string, at: number, asked: readonly TimedFlow[]): boolean {
  return SUFFIXES.some((suffix) => {
    const bare = query.replace(suffix, ".");
    if (bare === query) return false;
    return asked.some((item) => {
      const other = item.flow.l7?.dns?.query ?? "";
      if (Math.abs(item.at - at) > 2e9 || other === query) return false;
      return other === bare || SUFFIXES.some((tail) => other.replace(tail, ".") === bare && other !== bare);
    });
  });
}

function httpCounts(flows: readonly TimedFlow[]): Pick<Recount, "http" | "statuses"> {
  const requests = new Set<string>();
  const answered = new Set<string>();
  const statuses: Record<string, number> = {};
  let responses = 0;
  let denied = 0;
  for (const { flow } of flows) {
    const id = flow.l7?.http?.headers?.find((header) => header.key === "X-Request-Id")?.value;
    if (flow.l7?.type === "REQUEST") {
      requests.add(id ?? flow.uuid ?? "");
      if (flow.verdict === "DROPPED") denied++;
    } else if (id === undefined || !answered.has(id)) {
      responses++;
      bump(statuses, String(flow.l7?.http?.code));
      if (id) answered.add(id);
    }
  }
  return { http: { requests: requests.size, responses, denied }, statuses };
}

function podEvents(flows: readonly TimedFlow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { flow } of flows) {
    for (const end of [flow.source, flow.destination]) if (end?.pod_name) bump(counts, end.pod_name);
  }
  return counts;
}

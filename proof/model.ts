/**
 * A log as a slow and obvious program reads it: one object per line, filters as predicates, counts as loops.
 *
 * Written against the formats' description (flow.proto of Cilium 1.19), sharing nothing with the program.
 */

type Json = Readonly<Record<string, unknown>>;

export interface ModelFlow {
  /** The record as it stood in the file. */
  readonly text: string;
  readonly flow: Json;
  /** null = no readable time. */
  readonly timeNs: bigint | null;
  readonly events: number;
}

/** Flows of files given as texts, each counted once: same uuid = same record; else the most that any one file has. */
export function readModel(files: readonly string[]): ModelFlow[] {
  const seen = new Map<string, number>();
  const kept: ModelFlow[] = [];
  for (const file of files) {
    const here = new Map<string, number>();
    for (const text of file.split("\n").filter((line) => line.trim() !== "")) {
      const flow = toFlow(text);
      if (flow === undefined) continue;
      const uuid = flow.flow.uuid;
      const key = typeof uuid === "string" && uuid !== "" ? `uuid ${uuid}` : `bytes ${text}`;
      const count = key.startsWith("uuid") ? 1 : (here.get(key) ?? 0) + 1;
      here.set(key, count);
      if (count > (seen.get(key) ?? 0)) {
        seen.set(key, count);
        kept.push(flow);
      }
    }
  }
  return kept;
}

function toFlow(text: string): ModelFlow | undefined {
  const record = JSON.parse(text) as Json;
  const flow = record.flow as Json | undefined;
  if (flow === undefined) return undefined;
  return { text, flow, timeNs: timeOf(flow.time ?? record.time), events: eventsOf(flow) };
}

function timeOf(time: unknown): bigint | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(String(time));
  if (match === null) return null;
  return BigInt(Date.parse(`${match[1]}Z`)) * 1_000_000n + BigInt((match[2] ?? "").padEnd(9, "0"));
}

function eventsOf(flow: Json): number {
  const aggregate = flow.aggregate as Json | undefined;
  if (aggregate === undefined) return 1;
  const counters = ["ingress_flow_count", "egress_flow_count", "unknown_direction_flow_count"];
  const sum = counters.reduce((total, name) => total + Number(aggregate[name] ?? 0), 0);
  return sum === 0 ? 1 : sum;
}

export const verdictOf = ({ flow }: ModelFlow): string => String(flow.verdict ?? "VERDICT_UNKNOWN");

export const nodeOf = ({ flow }: ModelFlow): string | null =>
  typeof flow.node_name === "string" && flow.node_name !== "" ? flow.node_name : null;

export const dropReasonOf = ({ flow }: ModelFlow): string | null =>
  typeof flow.drop_reason_desc === "string" ? flow.drop_reason_desc : null;

export const protocolOf = ({ flow }: ModelFlow): string | null => Object.keys(object(flow.l4))[0] ?? null;

export const l7ProtocolOf = ({ flow }: ModelFlow): string | null =>
  ["dns", "http", "kafka"].find((name) => object(flow.l7)[name] !== undefined) ?? null;

export const eventTypeOf = ({ flow }: ModelFlow): number | null => {
  const { type } = object(flow.event_type);
  return typeof type === "number" ? type : null;
};

export const eventSubTypeOf = ({ flow }: ModelFlow): number => Number(object(flow.event_type).sub_type ?? 0);

export const directionOf = ({ flow }: ModelFlow): string =>
  String(flow.traffic_direction ?? "TRAFFIC_DIRECTION_UNKNOWN");

/** Three values: absent is unknown, not no. The deprecated `reply` only ever says yes. */
export const replyOf = ({ flow }: ModelFlow): boolean | null =>
  typeof flow.is_reply === "boolean" ? flow.is_reply : flow.reply === true ? true : null;

export function portsOf({ flow }: ModelFlow): { source: number | null; destination: number | null } {
  const [l4] = Object.values(object(flow.l4)) as Json[];
  const port = (value: unknown): number | null => (typeof value === "number" ? value : null);
  return { source: port(l4?.source_port), destination: port(l4?.destination_port) };
}

/** Of the pod, and of the service that was addressed. */
export function namespacesOf({ flow }: ModelFlow, side: "source" | "destination"): string[] {
  const names = [object(flow[side]).namespace, object(flow[`${side}_service`]).namespace];
  return names.filter((name) => typeof name === "string" && name !== "") as string[];
}

/** The DNS response code by number; null where there is no DNS response. */
export function rcodeOf({ flow }: ModelFlow): number | null {
  const { type, dns } = object(flow.l7);
  return type === "RESPONSE" && dns !== undefined ? Number(object(dns).rcode ?? 0) : null;
}

export function statusOf({ flow }: ModelFlow): number | null {
  const { code } = object(object(flow.l7).http);
  return typeof code === "number" ? code : null;
}

export function object(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

export function sumEvents(flows: readonly ModelFlow[]): number {
  return flows.reduce((sum, { events }) => sum + events, 0);
}

/** Events by what `of` gives; what it gives null for is left out. */
export function eventsBy(
  flows: readonly ModelFlow[],
  of: (flow: ModelFlow) => string | null,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const flow of flows) {
    const key = of(flow);
    if (key !== null) counts[key] = (counts[key] ?? 0) + flow.events;
  }
  return counts;
}

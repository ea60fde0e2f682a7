/** DNS records of a neighbourhood as messages, in the order of time, whatever the order of files. */

import { PRESENT } from "@/lib/flow/presence";
import { byTime, type DnsMessage } from "@/lib/insight/dns/message";
import type { Sqlite, SqlRow } from "../../driver";
import type { Neighbourhood } from "../neighbourhood";
import { type FlowChunk, scanInTimeOrder, TIME_COLUMNS } from "../scan";

/** A DNS record; `timeNs` is undefined and `channel` too when it cannot be paired. */
export interface DnsRecord extends Omit<DnsMessage, "timeNs"> {
  readonly timeNs: bigint | undefined;
  /** Equal for messages of one client, port, name and types. */
  readonly channel: string | undefined;
  readonly clientId: number;
  readonly serverId: number;
  readonly queryId: number | null;
  readonly qtypes: string | null;
  readonly rcode: number | null;
  readonly noData: number | null;
  readonly answerId: number | null;
  readonly events: number;
}

/** One that can be paired. */
export type PairableRecord = DnsRecord & DnsMessage & { readonly channel: string };

const COLUMNS = {
  ...TIME_COLUMNS,
  kind: "f.kindId",
  observer: "f.observerId",
  source: "f.sourceId",
  destination: "f.destinationId",
  sourcePort: "f.sourcePort",
  destinationPort: "f.destinationPort",
  sourceActor: "s.actorId",
  destinationActor: "d.actorId",
  sourceAddress: "s.addressId",
  destinationAddress: "d.addressId",
  query: "f.l7TextId",
  answer: "f.dnsAnswerId",
  answers:
    "coalesce(json_array_length(a.value, '$.ips'), 0) + coalesce(json_array_length(a.value, '$.cnames'), 0)",
  events: "f.events",
  hash: "CAST(f.hash AS TEXT)",
  occurrence: "f.occurrence",
} as const;

const JOINS =
  "JOIN Endpoint s ON s.id = f.sourceId JOIN Endpoint d ON d.id = f.destinationId LEFT JOIN Text a ON a.id = f.dnsAnswerId";

/** Timed records in order; those without a time come last. Records that are neither question nor answer are left out. */
export function* readDnsRecords(database: Sqlite, neighbourhood: Neighbourhood): Generator<DnsRecord> {
  const kinds = readKinds(database);
  if (kinds.size === 0) return;
  const nodes = readNodes(database);
  const where = "f.kindId IN (SELECT id FROM Kind WHERE l7Protocol = 'dns')";
  let together: DnsRecord[] = [];
  for (const chunk of scanInTimeOrder(database, { columns: COLUMNS, joins: JOINS, where }, neighbourhood)) {
    for (let row = 0; row < chunk.rows; row++) {
      const kind = kinds.get(Number(chunk.columns.kind[row]));
      if (kind === undefined) continue;
      const record = toRecord(chunk, row, kind, nodes);
      // Records of one instant come in file order: they are held until all of them are there.
      if (together[0]?.timeNs !== record.timeNs) {
        yield* inOrder(together);
        together = [];
      }
      if (record.timeNs === undefined) yield record;
      else together.push(record);
    }
  }
  yield* inOrder(together);
}

function inOrder(together: DnsRecord[]): DnsRecord[] {
  return together.length > 1 ? (together as (DnsRecord & DnsMessage)[]).sort(byTime) : together;
}

interface Kind {
  readonly isResponse: boolean;
  readonly isDenied: boolean;
  readonly isOnWire: boolean;
  readonly isAggregated: boolean;
  readonly isMasked: boolean;
  readonly direction: string;
  readonly point: string;
  readonly qtypes: string | null;
  readonly rcode: number | null;
}

function readKinds(database: Sqlite): Map<number, Kind> {
  const rows = database.prepare("SELECT * FROM Kind WHERE l7Protocol = 'dns'").all([]);
  const kinds = new Map<number, Kind>();
  for (const row of rows) {
    const isResponse = isResponseKind(row);
    if (isResponse !== undefined) kinds.set(Number(row.id), toKind(row, isResponse));
  }
  return kinds;
}

/** By its own type; where that was left out, by direction or by a response code. undefined: neither can be told. */
function isResponseKind({ l7Type, isReply, dnsRcode }: SqlRow): boolean | undefined {
  if (l7Type === "REQUEST" || l7Type === "RESPONSE") return l7Type === "RESPONSE";
  if (isReply !== null) return isReply === 1;
  return dnsRcode === null ? undefined : true;
}

function toKind(row: SqlRow, isResponse: boolean): Kind {
  const isMasked = (Number(row.present) & PRESENT.Type) === 0;
  const isAggregated = row.aggregated !== 0;
  // What counts codes leaves zero out, as all of proto JSON does (flow-formats 2.11, 4.2).
  const rcode = row.dnsRcode === null && isResponse && isAggregated ? 0 : row.dnsRcode;
  return {
    isResponse,
    isAggregated,
    isMasked,
    isDenied: !isResponse && row.verdict === "DROPPED",
    isOnWire: row.observationPoint !== null,
    direction: String(row.trafficDirection),
    point: String(row.observationPoint ?? ""),
    qtypes: row.dnsQtypes === null ? null : String(row.dnsQtypes),
    rcode: isResponse && rcode !== null ? Number(rcode) : null,
  };
}

function readNodes(database: Sqlite): Map<number, string | null> {
  const rows = database.prepare("SELECT id, nodeName FROM Observer").rows([]);
  return new Map(rows.map(([id, name]) => [Number(id), name === null ? null : String(name)]));
}

type Chunk = FlowChunk<keyof typeof COLUMNS>;

function toRecord(
  { ids, columns }: Chunk,
  row: number,
  kind: Kind,
  nodes: ReadonlyMap<number, string | null>,
): DnsRecord {
  const number = (name: keyof typeof COLUMNS): number | null => (columns[name][row] as number | null) ?? null;
  const [client, server] = kind.isResponse
    ? (["destination", "source"] as const)
    : (["source", "destination"] as const);
  const [seconds, query] = [number("seconds"), number("query")];
  const node = nodes.get(Number(columns.observer[row])) ?? null;
  const timeNs =
    seconds === null ? undefined : BigInt(seconds) * 1_000_000_000n + BigInt(number("nanos") ?? 0);
  const who = [number(`${client}Actor`), number(`${client}Address`)];
  const port = number(`${client}Port`);
  const isPairable = timeNs !== undefined && port !== null && query !== null && !kind.isAggregated;
  return {
    id: ids[row] as number,
    timeNs,
    hash: String(columns.hash[row]),
    occurrence: number("occurrence") ?? 0,
    isResponse: kind.isResponse,
    isDenied: kind.isDenied,
    isOnWire: kind.isOnWire,
    place: `${node ?? ""} ${kind.direction} ${kind.point}`,
    node,
    direction: kind.direction,
    server: number(`${server}Address`),
    channel: isPairable ? `${who.join(" ")} ${port} ${query} ${kind.qtypes ?? ""}` : undefined,
    clientId: number(client) ?? 0,
    serverId: number(server) ?? 0,
    queryId: query,
    qtypes: kind.qtypes,
    rcode: kind.rcode,
    noData: noDataOf(kind, number("answers") ?? 0),
    answerId: number("answer"),
    events: number("events") ?? 1,
  };
}

/**
 * The name exists, but has nothing of this type: no code, no addresses, no other names (flow-formats 8.5). Of
 * types that are not addresses the store does not know what was answered.
 */
function noDataOf(kind: Kind, answers: number): number | null {
  if (!kind.isResponse || kind.rcode === null || kind.isAggregated || kind.isMasked) return null;
  if (kind.rcode !== 0 || answers > 0) return 0;
  const types = kind.qtypes?.split(",") ?? [];
  return types.length > 0 && types.every((type) => type === "A" || type === "AAAA") ? 1 : null;
}

/** DNS records as messages. */

import { Recent } from "@/lib/base/recent";
import { PRESENT } from "@/lib/flow/presence";
import type { DnsMessage } from "@/lib/insight/dns/message";
import type { Sqlite, SqlRow } from "../../driver";
import { type FlowColumns, NO_PORT, NO_TEXT } from "../flow-columns";
import { marks } from "../nodes";
import type { PairView } from "../pair-view";

/** A DNS record; `timeNs` is undefined and `channel` too when it cannot be paired. */
export interface DnsRecord extends Omit<DnsMessage, "timeNs"> {
  readonly timeNs: bigint | undefined;
  /** Equal for messages of one client, port, name and types. */
  readonly channel: string | undefined;
  readonly clientId: number;
  readonly serverId: number;
  readonly queryId: number | null;
  readonly kindId: number;
  readonly rcode: number | null;
  readonly noData: number | null;
  readonly answerId: number | null;
  /** Addresses in the answer; null where it does not say. */
  readonly answers: number | null;
  readonly qtypes: string | null;
  readonly observerId: number;
  readonly events: number;
}

/** One that can be paired. */
export type PairableRecord = DnsRecord & DnsMessage & { readonly channel: string };

/** Makes DNS records of flows. */
export class DnsReader {
  /** 1 for each kind whose records are questions or answers. */
  readonly marks: Uint8Array;
  /** By id. */
  private readonly kinds: readonly (Kind | undefined)[];
  private readonly nodes: readonly (string | null)[];
  /** By observer, then by kind: one text for all messages of a place. */
  private readonly places: string[][];
  /** By pair, then by kind: who asks and for which types, as the beginning of a channel's name. */
  private readonly askers: string[][];
  private readonly answers: Answers;

  constructor(
    database: Sqlite,
    private readonly pairs: PairView,
  ) {
    const kinds = readKinds(database);
    this.marks = marks(kinds.keys());
    this.kinds = Array.from(this.marks, (_, kind) => kinds.get(kind));
    this.nodes = readNodes(database);
    this.places = new Array(this.nodes.length);
    this.askers = new Array(pairs.arrays.source.length);
    this.answers = new Answers(database);
  }

  get clientSides(): Uint8Array {
    return Uint8Array.from(this.marks, (_, kind) => {
      const found = this.kinds[kind];
      return found === undefined ? 0 : found.isResponse ? 2 : 1;
    });
  }

  isAnswer({ at }: FlowColumns, row: number): boolean {
    return this.kinds[at.kind[row] as number]?.isResponse === true;
  }

  read(flows: FlowColumns, row: number): DnsRecord {
    const { at } = flows;
    const { pairs } = this;
    const kindId = at.kind[row] as number;
    const kind = this.kinds[kindId] as Kind;
    const pair = at.pair[row] as number;
    const observerId = at.observer[row] as number;
    const node = this.nodes[observerId] ?? null;
    const timeNs = flows.timeNs(row);
    const queryId = orNull(at.text[row], NO_TEXT);
    const answerId = orNull(at.answer[row], NO_TEXT);
    const answer = answerId === null ? NOTHING : this.answers.of(answerId);
    const noData = noDataOf(kind, answer.addresses + answer.names);
    const port = orNull(kind.isResponse ? at.destinationPort[row] : at.sourcePort[row], NO_PORT);
    const server = kind.isResponse ? pairs.sourceAddressOf(pair) : pairs.destinationAddressOf(pair);
    const isPairable = timeNs !== undefined && port !== null && queryId !== null && !kind.isAggregated;
    return {
      id: at.id[row] as number,
      kindId,
      timeNs,
      hash: flows.hash(row),
      occurrence: at.occurrence[row] as number,
      isResponse: kind.isResponse,
      isDenied: kind.isDenied,
      isOnWire: kind.isOnWire,
      place: this.placeOf(observerId, node, kindId, kind),
      node,
      direction: kind.direction,
      server: server === 0 ? null : server,
      channel: isPairable ? `${this.askerOf(pair, kindId, kind)} ${port} ${queryId}` : undefined,
      clientId: kind.isResponse ? pairs.destinationOf(pair) : pairs.sourceOf(pair),
      serverId: kind.isResponse ? pairs.sourceOf(pair) : pairs.destinationOf(pair),
      queryId,
      rcode: kind.rcode,
      noData,
      answerId,
      answers: answerId === null && noData === null && !kind.rcode ? null : answer.addresses,
      qtypes: kind.qtypes,
      observerId,
      events: at.events[row] as number,
    };
  }

  private placeOf(observerId: number, node: string | null, kindId: number, kind: Kind): string {
    this.places[observerId] ??= [];
    const known = this.places[observerId];
    known[kindId] ??= `${node ?? ""} ${kind.direction} ${kind.point}`;
    return known[kindId];
  }

  private askerOf(pair: number, kindId: number, { isResponse, qtypes }: Kind): string {
    this.askers[pair] ??= [];
    const known = this.askers[pair];
    if (known[kindId] === undefined) {
      const { pairs } = this;
      const actor = isResponse ? pairs.destinationActorOf(pair) : pairs.sourceActorOf(pair);
      const address = isResponse ? pairs.destinationAddressOf(pair) : pairs.sourceAddressOf(pair);
      known[kindId] = `${qtypes ?? ""} ${actor} ${address}`;
    }
    return known[kindId];
  }
}

function orNull(value: number | undefined, none: number): number | null {
  return value === undefined || value === none ? null : value;
}

const ANSWERS = 50_000;

interface AnswerLength {
  readonly addresses: number;
  readonly names: number;
}

const NOTHING: AnswerLength = { addresses: 0, names: 0 };

/** How many addresses and names an answer holds: most answers were given before. */
class Answers {
  private readonly lengths = new Recent<number, AnswerLength>(ANSWERS);

  constructor(private readonly database: Sqlite) {}

  of(textId: number): AnswerLength {
    let length = this.lengths.get(textId);
    if (length === undefined) {
      const row = this.database
        .prepare(
          `SELECT coalesce(json_array_length(value, '$.ips'), 0) AS addresses, coalesce(json_array_length(value, '$.cnames'), 0) AS names
           FROM Text WHERE id = ?`,
        )
        .get([textId]);
      length = { addresses: Number(row?.addresses ?? 0), names: Number(row?.names ?? 0) };
      this.lengths.set(textId, length);
    }
    return length;
  }
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
  /** Nothing but addresses was asked for. */
  readonly isForAddresses: boolean;
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
    isForAddresses:
      row.dnsQtypes !== null &&
      String(row.dnsQtypes)
        .split(",")
        .every((type) => type === "A" || type === "AAAA"),
    rcode: isResponse && rcode !== null ? Number(rcode) : null,
  };
}

/** By the observer's id. */
function readNodes(database: Sqlite): (string | null)[] {
  const nodes: (string | null)[] = [];
  for (const [id, name] of database.prepare("SELECT id, nodeName FROM Observer").rows([]))
    nodes[Number(id)] = name === null ? null : String(name);
  return nodes;
}

/**
 * The name exists, but has nothing of this type: no code, no addresses, no other names (flow-formats 8.5). Of
 * types that are not addresses the store does not know what was answered.
 */
function noDataOf(kind: Kind, answers: number): number | null {
  if (!kind.isResponse || kind.rcode === null || kind.isAggregated || kind.isMasked) return null;
  if (kind.rcode !== 0 || answers > 0) return 0;
  return kind.isForAddresses ? 1 : null;
}

/**
 * Joins drop records with the verdict records that say why, so that a denial counts once (lib/insight/join-drops.ts).
 *
 * Denied flows are read in the order of time. Those that could be twins wait together until the next of their likeness
 * is more than a millisecond away; then they are joined and written. So memory is that of a moment.
 */

import { compareDenials, type Denial, joinDrops, nsBetween } from "@/lib/insight/join-drops";
import type { Sqlite } from "../driver";
import { type DenialKind, readDenialKinds } from "./denials";
import type { Neighbourhood } from "./neighbourhood";
import { PairView } from "./pair-view";
import { type FlowChunk, scanInTimeOrder, TIME_COLUMNS } from "./scan";

const COLUMNS = {
  ...TIME_COLUMNS,
  kind: "f.kindId",
  observer: "f.observerId",
  pair: "f.pairId",
  sourcePort: "f.sourcePort",
  destinationPort: "f.destinationPort",
  policies: "f.policiesId",
  occurrence: "f.occurrence",
  hash: "CAST(f.hash AS TEXT)",
} as const;
type Chunk = FlowChunk<keyof typeof COLUMNS>;

const REACH_NS = 1_000_000;
/** Denials of one likeness without a pause of 1 ms: a flood. It is cut here, at the cost of the twins at the cut. */
const MOST_TOGETHER = 100_000;
/** A try begins when nothing of its like was denied for so long (product.md, "Attempt"). */
const TRY_NS = 65e9;

interface Denied extends Denial {
  readonly id: number;
  readonly kind: DenialKind;
  readonly policies: number | null;
  readonly isAtMost: boolean;
  readonly opens: boolean;
}

export function joinAllDrops(database: Sqlite, neighbourhood: Neighbourhood): void {
  forgetDrops(database, neighbourhood);
  const kinds = readDenialKinds(database);
  if (kinds.size > 0) new Joining(database, kinds).run(neighbourhood);
  // Outside the neighbourhood a pair can have been turned.
  database.exec(
    "UPDATE JoinedDrop SET pairId = f.pairId FROM Flow f WHERE f.id = JoinedDrop.id AND f.pairId <> JoinedDrop.pairId",
  );
}

function forgetDrops(database: Sqlite, { fromNs, toNs }: Neighbourhood): void {
  const from = fromNs === null ? "" : "AND timeNs >= ?";
  const to = toNs === null ? "" : "AND timeNs < ?";
  database
    .prepare(`DELETE FROM JoinedDrop WHERE timeNs IS NULL OR (1 ${from} ${to})`)
    .run([fromNs, toNs].filter((edge) => edge !== null));
}

class Joining {
  private readonly pairs: PairView;
  private readonly nodes: Map<number, string | null>;
  /** Twins to be, by node, 5-tuple, direction. */
  private readonly waiting = new Map<string, Denied[]>();
  /** The latest denial of a 5-tuple, while another could belong to the same try. */
  private readonly latest = new Map<string, Denial>();
  private readonly writer: DropWriter;

  constructor(
    private readonly database: Sqlite,
    private readonly kinds: ReadonlyMap<number, DenialKind>,
  ) {
    this.pairs = new PairView(database);
    this.nodes = new Map(
      database
        .prepare("SELECT id, nodeName FROM Observer")
        .all([])
        .map(({ id, nodeName }) => [Number(id), nodeName === null ? null : String(nodeName)]),
    );
    this.writer = new DropWriter(database);
  }

  run(neighbourhood: Neighbourhood): void {
    const where = `f.kindId IN (${[...this.kinds.keys()].join(", ")})`;
    for (const chunk of scanInTimeOrder(this.database, { columns: COLUMNS, where }, neighbourhood)) {
      for (let row = 0; row < chunk.rows; row++) this.take(chunk, row);
      this.sweep(chunk);
    }
    for (const together of this.waiting.values()) this.join(together);
    this.writer.finish();
  }

  private take(chunk: Chunk, row: number): void {
    const { columns } = chunk;
    const kind = this.kinds.get(Number(columns.kind[row])) as DenialKind;
    const isTimed = columns.seconds[row] !== null;
    const at: Denial = {
      seconds: Number(columns.seconds[row]),
      nanos: Number(columns.nanos[row]),
      hash: BigInt(columns.hash[row] as string),
      occurrence: Number(columns.occurrence[row]),
    };
    const tuple = this.tupleOf(chunk, row, kind);
    const node = this.nodes.get(Number(columns.observer[row])) ?? null;
    const isComparable = isTimed && tuple !== undefined && node !== null;
    const denied: Denied = {
      ...at,
      id: chunk.ids[row] as number,
      kind,
      policies: columns.policies[row] as number | null,
      isAtMost: kind.isAtMost || (kind.sort !== "alone" && !isComparable && (node === null || kind.isPolicy)),
      opens: this.opens(tuple, isTimed, at),
    };
    if (kind.sort === "alone" || !isComparable) this.writer.add(denied, undefined);
    else this.wait(JSON.stringify([node, tuple, kind.likeness]), denied);
  }

  /** Undefined when addresses, protocol or ports were left out: then no twin can be told by them. */
  private tupleOf({ columns }: Chunk, row: number, kind: DenialKind): string | undefined {
    const pair = Number(columns.pair[row]);
    const [source, destination] = [this.pairs.sourceAddressOf(pair), this.pairs.destinationAddressOf(pair)];
    const protocol = this.pairs.protocolNameOf(pair);
    if (source === 0 || destination === 0 || protocol === undefined) return undefined;
    const [sourcePort, destinationPort] = [columns.sourcePort[row], columns.destinationPort[row]];
    if (kind.hasPorts && (sourcePort === null || destinationPort === null)) return undefined;
    return `${source} ${sourcePort} ${destination} ${destinationPort} ${protocol}`;
  }

  private opens(tuple: string | undefined, isTimed: boolean, at: Denial): boolean {
    if (tuple === undefined || !isTimed) return true;
    const before = this.latest.get(tuple);
    this.latest.set(tuple, at);
    return before === undefined || nsBetween(before, at) > TRY_NS;
  }

  private wait(key: string, denied: Denied): void {
    const together = this.waiting.get(key);
    const last = together?.at(-1);
    if (together === undefined || last === undefined) {
      this.waiting.set(key, [denied]);
      return;
    }
    if (nsBetween(last, denied) > REACH_NS || together.length >= MOST_TOGETHER) {
      this.join(together);
      this.waiting.set(key, [denied]);
    } else together.push(denied);
  }

  /** Joins what waits for nothing more, and forgets tries that are over. */
  private sweep({ rows, columns }: Chunk): void {
    const [seconds, nanos] = [columns.seconds[rows - 1], columns.nanos[rows - 1]];
    if (typeof seconds !== "number" || typeof nanos !== "number") return;
    const now: Denial = { seconds, nanos, hash: 0n, occurrence: 0 };
    for (const [key, together] of this.waiting) {
      if (nsBetween(together[together.length - 1] as Denied, now) <= REACH_NS) continue;
      this.join(together);
      this.waiting.delete(key);
    }
    for (const [tuple, latest] of this.latest) if (nsBetween(latest, now) > TRY_NS) this.latest.delete(tuple);
  }

  private join(together: readonly Denied[]): void {
    const drops = together.filter(({ kind }) => kind.sort === "packet").sort(compareDenials);
    const verdicts = together.filter(({ kind }) => kind.sort === "verdict").sort(compareDenials);
    const joined = joinDrops(drops, verdicts);
    drops.forEach((drop, index) => {
      this.writer.add(drop, verdicts[joined[index] as number]);
    });
    const taken = new Set(joined);
    verdicts.forEach((verdict, index) => {
      if (!taken.has(index)) this.writer.add(verdict, undefined);
    });
  }
}

const BATCH = 2048;

class DropWriter {
  private rows: (number | null)[][] = [];

  constructor(private readonly database: Sqlite) {}

  add(anchor: Denied, verdict: Denied | undefined): void {
    const isVerdict = anchor.kind.sort === "verdict";
    const agrees =
      verdict !== undefined && (verdict.kind.code === undefined || verdict.kind.code === anchor.kind.code);
    this.rows.push([
      anchor.id,
      verdict?.id ?? null,
      verdict?.policies ?? anchor.policies,
      Number(agrees || isVerdict),
      Number(anchor.kind.isNoise),
      Number(anchor.isAtMost),
      // The try was opened by whichever of the two came first.
      Number(anchor.opens || (verdict?.opens ?? false)),
    ]);
    if (this.rows.length >= BATCH) this.finish();
  }

  finish(): void {
    if (this.rows.length === 0) return;
    this.database
      .prepare(
        `INSERT INTO JoinedDrop (id, timeNs, verdictId, drops, kindId, pairId, policiesId, certain, noise, atMost, opens)
         SELECT f.id, f.timeNs, j.value ->> 1, f.events, f.kindId, f.pairId, j.value ->> 2, j.value ->> 3, j.value ->> 4,
           j.value ->> 5, j.value ->> 6
         FROM json_each(?) j JOIN Flow f ON f.id = j.value ->> 0`,
      )
      .run([JSON.stringify(this.rows)]);
    this.rows = [];
  }
}

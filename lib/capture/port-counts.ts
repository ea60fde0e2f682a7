/** How many events flows have by their ports, from the lists that are settled (port-lists.ts), where these hold the scope. */

import { alignDown } from "@/lib/base/bucket-width";
import { plainBytes } from "./byte-lists";
import type { Sqlite, SqlValue } from "./driver";
import { type PortTakers, readPorts } from "./port-lists";
import { ROLL_UP } from "./roll-up-levels";
import { areRolledUp, columnsRead } from "./roll-ups-ready";
import type { CompiledScope } from "./scope-sql";
import { OF_FLOW } from "./sum-tables";

export type PortSide = "either" | "from" | "to";

/** Takes the ports of flows; `group` says what else is told apart. A flow whose ends have the same port counts once under it. */
export class PortTally {
  private readonly small = new Map<number, Float64Array>();
  private readonly others = new Map<
    string,
    { readonly port: number | undefined; group: number; n: number }
  >();

  constructor(readonly side: PortSide) {}

  /** Of a group; not for ports beyond 65,535. */
  countsOf(group: number): Float64Array {
    const counts = this.small.get(group) ?? new Float64Array(PORTS);
    this.small.set(group, counts);
    return counts;
  }

  add(source: number | undefined, destination: number | undefined, group: number, events: number): void {
    if (this.side !== "to") this.addPort(source, group, events);
    if (this.side === "to" || (this.side === "either" && source !== destination))
      this.addPort(destination, group, events);
  }

  addPort(port: number | undefined, group: number, events: number): void {
    if (events === 0) return;
    if (port !== undefined && port < PORTS) {
      const counts = this.countsOf(group);
      counts[port] = (counts[port] as number) + events;
      return;
    }
    const key = `${port} ${group}`;
    const one = this.others.get(key) ?? { port, group, n: 0 };
    one.n += events;
    this.others.set(key, one);
  }

  /** Each port that was there, undefined for none. */
  *found(): Generator<{
    readonly port: number | undefined;
    readonly group: number;
    readonly events: number;
  }> {
    for (const [group, counts] of this.small)
      for (let port = 0; port < PORTS; port++)
        if (counts[port] !== 0) yield { port, group, events: counts[port] as number };
    for (const { port, group, n } of this.others.values()) yield { port, group, events: n };
  }
}

const PORTS = 2 ** 16;

/** `group`: SQL over `f` that gives a small number by kind, observer and pair. Undefined where lists do not hold it. */
export function listedPorts(
  database: Sqlite,
  scope: CompiledScope,
  side: PortSide,
  group: string,
): PortTally | undefined {
  const known: readonly string[] = OF_FLOW;
  const isHeld = columnsRead(`${scope.filter.sql} ${group}`).every((column) => known.includes(column));
  if (!isHeld || !areRolledUp(database)) return undefined;
  const width = database
    .prepareExact("SELECT widthNs FROM RollUpLevel WHERE level = ?")
    .get([ROLL_UP.buckets])?.widthNs;
  if (typeof width !== "bigint") return undefined;
  const { from, to } = scope;
  const first = from === undefined ? undefined : alignDown(from + width - 1n, width);
  const end = to === undefined ? undefined : alignDown(to, width);
  if (first !== undefined && end !== undefined && first >= end) return undefined;
  const tally = new PortTally(side);
  addLists(database, scope, tally, group, { first, end });
  if (from !== undefined && first !== undefined && from < first)
    addFlows(database, scope, tally, group, [from, first]);
  if (to !== undefined && end !== undefined && end < to) addFlows(database, scope, tally, group, [end, to]);
  return tally;
}

/** Of whole buckets, and of the combinations that the filter holds. */
function addLists(
  database: Sqlite,
  { filter }: CompiledScope,
  tally: PortTally,
  group: string,
  { first, end }: { readonly first: bigint | undefined; readonly end: bigint | undefined },
): void {
  const wanted = database
    .prepare(
      `SELECT f.id, ${group}, p.clientSide, p.serverPort FROM Combination f LEFT JOIN Pair p ON p.id = f.pairId WHERE ${filter.sql}`,
    )
    .rows(filter.parameters)
    .map(
      ([id, of, clientSide, serverPort]): Wanted => ({
        ...{ id: Number(id), group: Number(of), isClientSource: clientSide === 1 },
        serverPort: typeof serverPort === "number" ? serverPort : NO_PORT,
      }),
    );
  const takers = new Takers(wanted, tally);
  const conditions = [
    "1",
    ...(first === undefined ? [] : ["bucketNs >= ?"]),
    ...(end === undefined ? [] : ["bucketNs < ?"]),
  ];
  const times = [first, end].filter((ns) => ns !== undefined);
  const ids = database.prepare(`SELECT id FROM PortBucket WHERE ${conditions.join(" AND ")}`).rows(times);
  const read = database.prepare("SELECT firstCombination, lists FROM PortBucket WHERE id = ?");
  for (const [id] of ids) {
    const [[offset, lists] = []] = read.rows([id as SqlValue]);
    readPorts(plainBytes(lists as Uint8Array), Number(offset), takers);
  }
  for (const one of wanted) {
    if (!wants(tally.side, one).server) continue;
    const both = tally.side === "either" ? (takers.both[one.id] as number) : 0;
    tally.addPort(one.serverPort, one.group, (takers.served[one.id] as number) - both);
  }
}

interface Wanted {
  /** Combination.id. */
  readonly id: number;
  readonly group: number;
  readonly isClientSource: boolean;
  readonly serverPort: number;
}

const NO_PORT = -1;

class Takers implements PortTakers {
  /** Always there: with the last of them, code that was compiled for them would be thrown away (see plainBytes). */
  static readonly none = new Takers([], new PortTally("either"));

  readonly isWanted: Uint8Array;
  readonly others: (Float64Array | undefined)[];
  readonly serverPort: Int32Array;
  readonly served: Float64Array;
  readonly both: Float64Array;
  private readonly groups: Int32Array;

  constructor(
    wanted: readonly Wanted[],
    private readonly tally: PortTally,
  ) {
    const size = 1 + wanted.reduce((most, { id }) => Math.max(most, id), 0);
    this.isWanted = new Uint8Array(size);
    this.others = new Array<Float64Array | undefined>(size).fill(undefined);
    this.serverPort = new Int32Array(size);
    this.served = new Float64Array(size);
    this.both = new Float64Array(size);
    this.groups = new Int32Array(size);
    for (const one of wanted) {
      this.isWanted[one.id] = 1;
      this.serverPort[one.id] = one.serverPort;
      if (wants(tally.side, one).other) this.others[one.id] = tally.countsOf(one.group);
      this.groups[one.id] = one.group;
    }
  }

  odd(
    combination: number,
    source: number | undefined,
    destination: number | undefined,
    events: number,
  ): void {
    this.tally.add(source, destination, this.groups[combination] as number, events);
  }
}

/** Which ports of flows that have the server's port of their pair count. */
function wants(
  side: PortSide,
  { isClientSource }: Wanted,
): { readonly other: boolean; readonly server: boolean } {
  if (side === "either") return { other: true, server: true };
  const isOther = (side === "from") === isClientSource;
  return { other: isOther, server: !isOther };
}

/** The flows of a bucket that the range cuts. */
function addFlows(
  database: Sqlite,
  { filter }: CompiledScope,
  tally: PortTally,
  group: string,
  times: readonly [bigint, bigint],
): void {
  const port = (value: SqlValue | undefined): number | undefined =>
    typeof value === "number" ? value : undefined;
  const rows = database
    .prepare(
      `SELECT f.sourcePort, f.destinationPort, ${group}, sum(f.events) FROM Flow f
       WHERE f.timeNs >= ? AND f.timeNs < ? AND ${filter.sql} GROUP BY 1, 2, 3`,
    )
    .rows([...times, ...filter.parameters]);
  for (const [source, destination, of, events] of rows)
    tally.add(port(source), port(destination), Number(of), Number(events));
}

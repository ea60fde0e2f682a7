/**
 * Settles what a few added flows change (touched-flows.ts), where all others were settled by today's rules: a file of ten megabytes
 * in a capture of five million flows costs one reading of these, not their settling.
 */

import type { Sqlite } from "../driver";
import { eachRow } from "../table-pages";
import { StepsBeside } from "./beside";
import { DnsInTime } from "./dns/pair";
import { DropsInTime } from "./drops";
import { type FlowColumns, FOR, placesOfFlow } from "./flow-columns";
import { readInTime } from "./flows-in-time";
import { EVERYTHING, type Span } from "./neighbourhood";
import { ExchangesInTime } from "./pair-exchanges";
import { PairView } from "./pair-view";
import type { RowRange } from "./records";
import { addAnchors, addToRollUp, beginAnchors, gatherAnchors, growingRollUp } from "./roll-up";
import { renewFound, type TakeFound } from "./settled-rows";
import { attemptInput } from "./stitch-attempts";
import { pagesWith } from "./time-index";
import { TouchedFlows } from "./touched-flows";

/** Beyond it, what they have in common with others takes as much memory as the flows themselves. */
const MOST_ADDED = 200_000;
/** From this share on most flows would be looked at again. */
const SHARE = 4;

/** Whether so few of all flows are in these rows that it pays. */
export function isSmallAddition(database: Sqlite, [from, to]: RowRange): boolean {
  const added = Number(
    database.prepare("SELECT count(*) AS n FROM Flow WHERE id >= ? AND id < ?").get([from, to])?.n,
  );
  if (added > MOST_ADDED) return false;
  const others = database
    .prepare(
      `SELECT 1 FROM Flow WHERE id < ? OR id >= ? LIMIT 1 OFFSET ${Math.max(0, added * (SHARE - 1) - 1)}`,
    )
    .get([from, to]);
  return others !== undefined;
}

export interface Addition {
  readonly rows: RowRange;
  /** Of the other flows, those that have another client now. */
  readonly turned: ReadonlySet<number>;
  /** Sides of the other flows go by another name now. */
  readonly isRenamed: boolean;
}

export interface AdditionSettled {
  /** When the DNS messages were exchanged that were paired anew. */
  readonly dns: Span | undefined;
  /** Roll-ups hold the added flows, too. Else they have to be made anew. */
  readonly isRolledUp: boolean;
}

export function settleAddition(database: Sqlite, { rows, turned, isRenamed }: Addition): AdditionSettled {
  const pairs = PairView.read(database);
  const places = placesOfFlow(database);
  const again = new FoundAgain(database);
  const exchanges = new ExchangesInTime(database, pairs, again.take);
  const dns = new DnsInTime(database, pairs, again.take);
  const rollUp = turned.size === 0 ? growingRollUp(database) : undefined;
  const touched = new TouchedFlows(
    pairs,
    places,
    {
      rows,
      turned,
      isAllDns: isRenamed,
      dnsClients: dns.clientSides,
      layer7Clients: exchanges.clientSides,
    },
    (flows, row) => again.add(flows, row),
  );
  eachRow(database, pagesWith(database, rows), (row) => touched.learn(row, row.number(places.kind, 0)));
  const beside = new StepsBeside({ pairs: pairs.arrays, attempts: attemptInput(database), rollUp });
  const steps = [exchanges, dns, new DropsInTime(database, pairs, again.take)];
  const found = readInTime(database, EVERYTHING, steps, { beside, chosen: touched });
  again.take(database, "Attempt", found.attempts);
  if (found.rollUp !== undefined) {
    addToRollUp(database, found.rollUp);
    addAnchors(database);
  }
  again.end();
  return { dns: again.dns, isRolledUp: found.rollUp !== undefined };
}

/** Who fills which table. Each has the id of one of the flows that a row was found among. */
const LOOKERS = {
  Attempt: FOR.tuples,
  JoinedDrop: FOR.tuples,
  DnsExchange: FOR.dns,
  L7Exchange: FOR.layer7,
} as const;
type Table = keyof typeof LOOKERS;

function isTable(table: string): table is Table {
  return Object.hasOwn(LOOKERS, table);
}

const BATCH = 8192;

/** The flows that are looked at again, and what is found among them in place of what was. */
class FoundAgain {
  private waiting: [id: number, lookers: number][] = [];
  dns: Span | undefined;

  constructor(private readonly database: Sqlite) {
    database.exec(
      "CREATE TEMP TABLE IF NOT EXISTS Touched (id INTEGER PRIMARY KEY, lookers INTEGER); DELETE FROM temp.Touched;",
    );
    beginAnchors(database);
  }

  add(flows: FlowColumns, row: number): void {
    this.waiting.push([flows.at.id[row] as number, flows.at.flags[row] as number]);
    if (this.waiting.length >= BATCH) this.pass();
    const ns = flows.isFor(row, FOR.dns) ? flows.timeNs(row) : undefined;
    if (ns === undefined) return;
    // Windows come in the order of time, their rows do not.
    const { firstNs = ns, lastNs = ns } = this.dns ?? {};
    this.dns = { firstNs: ns < firstNs ? ns : firstNs, lastNs: ns > lastNs ? ns : lastNs };
  }

  /** What roll-ups count at rows that go is taken away, and added for those that come. */
  readonly take: TakeFound = (database, table, file) => {
    if (!isTable(table)) throw new Error(`${table} is not found again`);
    this.pass();
    const renewed = (other: Table): string =>
      other === table ? `${other}.id IN (SELECT id FROM temp.Renewed)` : "0";
    renewFound(database, table, file, {
      were: `id IN (SELECT id FROM temp.Touched WHERE lookers & ${LOOKERS[table]})`,
      tell: (sign) => gatherAnchors(database, sign, renewed),
    });
  };

  end(): void {
    this.database.exec("DROP TABLE temp.Touched; DROP TABLE temp.Same; DROP TABLE temp.Renewed;");
  }

  private pass(): void {
    this.database
      .prepare("INSERT INTO temp.Touched SELECT value ->> 0, value ->> 1 FROM json_each(?)")
      .run([JSON.stringify(this.waiting)]);
    this.waiting = [];
  }
}

/**
 * Groups of exchanges that the DNS tables count alike (DnsGroup): a question about some hundred thousand exchanges then reads
 * one index, and joins and adds up some hundred rows.
 *
 * An exchange gets its group while it is paired. What is found out later (search lists, questions asked again, second
 * hops, what is open) moves it to another one.
 */

import { Recent } from "@/lib/base/recent";
import type { Condition } from "../../conditions";
import type { Sqlite, SqlValue } from "../../driver";
import type { Prisma } from "../../generated/browser";

/** What the group has of an exchange as it was paired. */
const PAIRED = [
  "clientId",
  "serverId",
  "queryId",
  "qtypes",
  "rcode",
  "noData",
  "answers",
  "observerId",
  "requests",
  "responses",
] as const;
/** What changes later, as SQL over the exchange. */
const MEANT = {
  state: "x.state",
  suffixLabels: "x.suffixLabels",
  retry: "(x.retryOf IS NOT NULL)",
  secondHop: "x.secondHop",
} as const;
const MEANT_COLUMNS = Object.keys(MEANT) as (keyof typeof MEANT)[];

type Column = Exclude<keyof typeof Prisma.DnsGroupScalarFieldEnum, "id">;
const COLUMNS = [...PAIRED, ...MEANT_COLUMNS] satisfies Column[];

/** The facts of an exchange as it was paired, in the order of PAIRED, and its state. */
export type PairedFacts = readonly [...paired: (number | string | null)[], state: number];

/** One that is not remembered gets a second group: that costs a row and changes no number. */
const REMEMBERED = 20_000;

export class DnsGroups {
  private readonly known = new Recent<string, number>(REMEMBERED);
  private lastId: number;

  /** Groups of exchanges that are gone go first. */
  constructor(private readonly database: Sqlite) {
    sweepGroups(database);
    this.lastId = lastGroup(database);
  }

  idOf(facts: PairedFacts): number {
    const key = facts.join(" ");
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const id = ++this.lastId;
    this.database
      .prepare(
        `INSERT INTO DnsGroup (id, ${PAIRED.join(", ")}, state, retry, secondHop) VALUES (?${", ?".repeat(PAIRED.length + 1)}, 0, 0)`,
      )
      .run([id, ...facts]);
    this.known.set(key, id);
    return id;
  }
}

function lastGroup(database: Sqlite): number {
  return Number(database.prepare("SELECT coalesce(max(id), 0) AS id FROM DnsGroup").get([])?.id);
}

function sweepGroups(database: Sqlite): void {
  database.exec("DELETE FROM DnsGroup WHERE id NOT IN (SELECT groupId FROM DnsExchange)");
}

/** Moves exchanges whose group does not say what they mean. `among`: SQL over `DnsExchange x` for those of which it may not. */
export function moveToGroups(database: Sqlite, among: Condition): void {
  const differs = MEANT_COLUMNS.map((column) => `g.${column} IS NOT ${MEANT[column]}`).join(" OR ");
  const meant = MEANT_COLUMNS.map((column) => `${MEANT[column]} AS ${column}`).join(", ");
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS DnsMove (id INTEGER PRIMARY KEY, groupId INTEGER, ${MEANT_COLUMNS.join(", ")});
    DELETE FROM temp.DnsMove;`);
  database
    .prepare(
      `INSERT INTO temp.DnsMove (groupId, ${MEANT_COLUMNS.join(", ")})
       SELECT DISTINCT x.groupId, ${meant} FROM DnsExchange x JOIN DnsGroup g ON g.id = x.groupId WHERE ${among.sql} AND (${differs})
       ORDER BY 1, 2, 3, 4, 5`,
    )
    .run(among.parameters);
  const last: SqlValue = lastGroup(database);
  database
    .prepare(
      `INSERT INTO DnsGroup (id, ${COLUMNS.join(", ")})
       SELECT m.id + ?, ${PAIRED.map((column) => `g.${column}`).join(", ")}, ${MEANT_COLUMNS.map((column) => `m.${column}`).join(", ")}
       FROM temp.DnsMove m JOIN DnsGroup g ON g.id = m.groupId`,
    )
    .run([last]);
  const isMoved = MEANT_COLUMNS.map((column) => `m.${column} IS ${MEANT[column]}`).join(" AND ");
  database.exec("CREATE INDEX IF NOT EXISTS temp.DnsMove_groupId ON DnsMove(groupId)");
  database
    .prepare(
      `UPDATE DnsExchange AS x SET groupId = m.id + ? FROM temp.DnsMove m WHERE ${among.sql} AND m.groupId = x.groupId AND ${isMoved}`,
    )
    .run([last, ...among.parameters]);
  sweepGroups(database);
}

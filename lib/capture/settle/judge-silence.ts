/**
 * What the silence after a request means: no answer, or a log that could not have shown one.
 *
 * In order: the node never logs answers at all (a filter, a field mask): unknowable. It lost events meanwhile: beside a
 * gap. Its log ends too soon afterwards: open. Else there was no answer. Worked out anew for all that had none,
 * wherever they lie: a file added behind the old end changes what was open there. Call when flows are rolled up.
 */

import { OUTCOME } from "@/lib/insight/outcome";
import type { Sqlite, SqlValue } from "../driver";
import { type Losses, readLosses } from "../losses";
import { ROLL_UP } from "../roll-up-levels";

/** Judged again and again. */
const SILENT = [OUTCOME.noReply, OUTCOME.gap, OUTCOME.open, OUTCOME.unknowable].join(", ");

interface Subject {
  readonly table: "Attempt" | "L7Exchange";
  readonly timeColumn: string;
  /** The end of what was heard, in SQL. */
  readonly lastColumn: string;
  /** How long after its beginning an answer may be expected to be logged. */
  readonly waitNs: bigint;
}

const SECOND = 1_000_000_000n;

/** A handshake takes milliseconds; 5 s is what DNS clients wait too. A slow request may take as long as clients commonly wait. */
const SUBJECTS: readonly Subject[] = [
  { table: "Attempt", timeColumn: "firstNs", lastColumn: "lastNs", waitNs: 5n * SECOND },
  { table: "L7Exchange", timeColumn: "timeNs", lastColumn: "timeNs", waitNs: 30n * SECOND },
];

export function judgeSilence(database: Sqlite): void {
  let losses: Losses | undefined;
  for (const subject of SUBJECTS) {
    if (!hasSilent(database, subject)) continue;
    losses ??= readLosses(database);
    judge(database, subject, losses);
  }
}

function hasSilent(database: Sqlite, { table }: Subject): boolean {
  return (
    database.prepare(`SELECT 1 FROM ${table} WHERE outcome IN (${SILENT}) LIMIT 1`).get([]) !== undefined
  );
}

const ROWS = 10_000;

function judge(database: Sqlite, subject: Subject, losses: Losses): void {
  const { table, timeColumn, lastColumn, waitNs } = subject;
  const select = database.prepareExact(
    `SELECT a.id, a.${timeColumn}, a.${lastColumn}, a.protocol, o.nodeName, a.outcome FROM ${table} a
     JOIN Flow f ON f.id = a.id JOIN Observer o ON o.id = f.observerId
     WHERE a.outcome IN (${SILENT}) AND a.${timeColumn} IS NOT NULL AND a.id > ? ORDER BY a.id LIMIT ${ROWS}`,
  );
  const log = new NodeLogs(database, table);
  for (let last: SqlValue = -1; ; ) {
    const rows = select.rows([last]);
    const changed: [id: number, outcome: number][] = [];
    for (const [rowId, first, last, protocol, node, before] of rows) {
      const name = node === null ? null : String(node);
      const until = (first as bigint) + waitNs;
      const outcome = !log.showsAnswers(name, Number(protocol))
        ? OUTCOME.unknowable
        : losses.touch(name, first as bigint, (last as bigint) + waitNs)
          ? OUTCOME.gap
          : log.goesOn(name, until)
            ? OUTCOME.noReply
            : OUTCOME.open;
      if (BigInt(outcome) !== before) changed.push([Number(rowId), outcome]);
    }
    write(database, table, changed);
    if (rows.length < ROWS) return;
    last = rows[ROWS - 1]?.[0] ?? last;
  }
}

function write(database: Sqlite, table: string, changed: readonly (readonly [number, number])[]): void {
  if (changed.length === 0) return;
  database
    .prepare(
      `UPDATE ${table} SET outcome = t.outcome
       FROM (SELECT value ->> 0 AS id, value ->> 1 AS outcome FROM json_each(?)) t WHERE t.id = ${table}.id`,
    )
    .run([JSON.stringify(changed)]);
}

/** What the logs of the nodes hold. */
class NodeLogs {
  private readonly answers = new Map<string, boolean>();
  /** Per node, when it logged its last flow. */
  private readonly ends: ReadonlyMap<string | null, bigint>;

  constructor(
    private readonly database: Sqlite,
    private readonly table: "Attempt" | "L7Exchange",
  ) {
    const ends = database
      .prepareExact(
        `SELECT o.nodeName, max(r.lastNs) FROM RollUp r JOIN Observer o ON o.id = r.observerId
         WHERE r.level = ${ROLL_UP.whole} AND r.lastNs IS NOT NULL GROUP BY 1`,
      )
      .rows([]);
    this.ends = new Map(ends.map(([node, last]) => [node === null ? null : String(node), last as bigint]));
  }

  /** True when the node logged an answer of this protocol anywhere. */
  showsAnswers(node: string | null, protocol: number): boolean {
    const key = JSON.stringify([node, protocol]);
    let shows = this.answers.get(key);
    if (shows === undefined) {
      // The answer of a refused attempt is an answer, too.
      const has =
        this.table === "Attempt"
          ? `a.outcome IN (${OUTCOME.answered}, ${OUTCOME.refused})`
          : "a.responses > 0";
      // A node that only a file added last has logs of answers there; most have them everywhere.
      shows = this.exists(
        `SELECT 1 FROM ${this.table} a JOIN Flow f ON f.id = a.id JOIN Observer o ON o.id = f.observerId
         WHERE ${has} AND a.protocol = ? AND o.nodeName IS ? ORDER BY a.id DESC LIMIT 1`,
        [protocol, node],
      );
      this.answers.set(key, shows);
    }
    return shows;
  }

  /** True when the node logged something at this time or later. */
  goesOn(node: string | null, ns: bigint): boolean {
    const end = this.ends.get(node);
    return end !== undefined && end >= ns;
  }

  private exists(sql: string, parameters: readonly SqlValue[]): boolean {
    return this.database.prepare(sql).get(parameters) !== undefined;
  }
}

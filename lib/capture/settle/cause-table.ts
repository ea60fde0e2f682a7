/** Writes causes. Each kind's step gives all of its own; they are ranked together at the end. */

import { type CauseKind, type CauseValue, TOLD_AS_DROPS } from "@/lib/insight/causes/cause";
import type { Sqlite, SqlValue } from "../driver";

const COLUMNS = [
  "causeId",
  "kind",
  "type",
  "direction",
  "reason",
  "code",
  "policies",
  "clientKey",
  "serverKey",
  "port",
  "protocol",
  "subject",
  "class",
  "clients",
  "attempts",
  "count",
  "unit",
  "firstNs",
  "lastNs",
  "workedNs",
  "worksNs",
  "rhythmNs",
  "certain",
  "exampleId",
  "evidence",
] as const satisfies readonly (keyof CauseValue)[];

/** Replaces the causes of a kind. Those that are there already keep their ids. Returns the id of each by its causeId. */
export function writeCauses(
  database: Sqlite,
  kind: CauseKind,
  causes: Iterable<CauseValue>,
): Map<string, number> {
  const overwrite = COLUMNS.map((column) => `${column} = excluded.${column}`).join(", ");
  const upsert = database.prepare(
    `INSERT INTO Cause (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})
     ON CONFLICT (causeId) DO UPDATE SET ${overwrite} RETURNING id`,
  );
  const ids = new Map<string, number>();
  for (const cause of causes)
    ids.set(cause.causeId, Number(upsert.get(COLUMNS.map((column): SqlValue => cause[column]))?.id));
  const kept = JSON.stringify([...ids.values()]);
  database
    .prepare(
      "DELETE FROM CauseFlow WHERE causeId IN (SELECT id FROM Cause WHERE kind = ? AND id NOT IN (SELECT value FROM json_each(?)))",
    )
    .run([kind, kept]);
  database
    .prepare("DELETE FROM Cause WHERE kind = ? AND id NOT IN (SELECT value FROM json_each(?))")
    .run([kind, kept]);
  return ids;
}

/** product.md, "Rank of causes". */
export const CAUSE_RANK = "class, clients DESC, coalesce(attempts, count) DESC, causeId";

/** Over Cause: also told as a drop. */
export const IS_TOLD_AS_DROPS = `kind = 'dns' AND type IN (${TOLD_AS_DROPS.map((type) => `'${type}'`).join(", ")})`;

/** The place of each cause among all: without gaps, so those that are told as drops have the place of the next one. */
export function rankCauses(database: Sqlite): void {
  database.exec(`
    UPDATE Cause SET position = r.position FROM (
      SELECT id, 1 + coalesce(sum(NOT (${IS_TOLD_AS_DROPS})) OVER (
        ORDER BY ${CAUSE_RANK} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS position FROM Cause
    ) r WHERE r.id = Cause.id AND r.position <> Cause.position`);
}

/** Groups drops into causes, and finds out for each whether its edge worked before and since. */

import { CAUSE_CLASSES, type CauseValue, classOf } from "@/lib/insight/causes/cause";
import { dropCauseId } from "@/lib/insight/causes/drop-key";
import { rhythmOf } from "@/lib/insight/causes/rhythm";
import type { Sqlite } from "../driver";
import { TRIES_OF_DROPS } from "../tries";
import { textOrNull } from "../values";
import { writeCauses } from "./cause-table";
import { type DropCombination, directionOf, readDropCombinations } from "./drop-combinations";
import { NEVER_WORKED, readWorked, type WorkedBefore } from "./edges-worked";

export function groupDrops(database: Sqlite, before?: WorkedBefore): void {
  const combinations = readDropCombinations(database);
  const groups = new Map<string, DropCombination[]>();
  for (const combination of combinations) {
    const causeId = dropCauseId(combination.key);
    groups.set(causeId, [...(groups.get(causeId) ?? []), combination]);
  }
  // First the ids, so that drops can point at their causes; what is counted over the drops follows.
  const ids = writeCauses(
    database,
    "drop",
    [...groups].map(([causeId, group]) => bareCause(causeId, group)),
  );
  pointDrops(database, groups, ids);
  completeCauses(database, before);
}

/** What the key says; the rest is filled in when the drops are known. */
function bareCause(causeId: string, [first]: readonly DropCombination[]): CauseValue {
  if (first === undefined) throw new Error("a cause without drops");
  const { key, code, isNoise } = first;
  return {
    causeId,
    kind: "drop",
    type: key.decidedBy,
    direction: key.direction,
    reason: key.reason,
    code,
    policies: JSON.stringify(key.policies),
    clientKey: key.clientKey,
    serverKey: key.serverKey,
    port: key.port,
    protocol: key.protocol,
    subject: key.isReply ? "reply" : null,
    class: isNoise ? CAUSE_CLASSES.noise : CAUSE_CLASSES.neverWorked,
    clients: key.clientKey === null ? 0 : 1,
    attempts: null,
    count: 0,
    unit: "drops",
    firstNs: null,
    lastNs: null,
    workedNs: null,
    worksNs: null,
    rhythmNs: null,
    certain: 0,
    exampleId: 0,
    evidence: "{}",
  };
}

function pointDrops(
  database: Sqlite,
  groups: ReadonlyMap<string, readonly DropCombination[]>,
  ids: ReadonlyMap<string, number>,
): void {
  const rows = [...groups].flatMap(([causeId, group]) =>
    group.map(({ kindId, pairId, policiesId, hasVerdict, direction }) => [
      kindId,
      pairId,
      policiesId,
      hasVerdict,
      direction,
      ids.get(causeId) ?? null,
    ]),
  );
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS DropGroup (kindId INTEGER, pairId INTEGER, policiesId INTEGER, hasVerdict INTEGER,
      direction TEXT, causeId INTEGER, PRIMARY KEY (pairId, kindId, policiesId, hasVerdict, direction));
    DELETE FROM temp.DropGroup;`);
  database
    .prepare(
      `INSERT INTO temp.DropGroup
       SELECT value ->> 0, value ->> 1, coalesce(value ->> 2, 0), value ->> 3, value ->> 4, value ->> 5 FROM json_each(?)`,
    )
    .run([JSON.stringify(rows)]);
  database.exec(`
    UPDATE JoinedDrop SET causeId = g.causeId FROM Kind k, temp.DropGroup g
    WHERE k.id = JoinedDrop.kindId AND g.pairId = JoinedDrop.pairId AND g.kindId = JoinedDrop.kindId
      AND g.policiesId = coalesce(JoinedDrop.policiesId, 0)
      AND g.hasVerdict = (JoinedDrop.verdictId IS NOT NULL OR k.eventType IS 5) AND g.direction = ${directionOf("JoinedDrop")} AND JoinedDrop.causeId IS NOT g.causeId`);
}

/** Counts, times, example, rhythm, and whether the edge worked. */
function completeCauses(database: Sqlite, before: WorkedBefore | undefined): void {
  const worked = readWorked(database, before);
  const set = database.prepare(
    `UPDATE Cause SET class = ?, count = ?, attempts = ?, firstNs = ?, lastNs = ?, workedNs = ?, worksNs = ?, rhythmNs = ?, certain = ?, exampleId = ?,
       evidence = ? WHERE id = ?`,
  );
  const totals = database
    .prepareExact(
      `SELECT j.causeId, sum(j.drops), ${TRIES_OF_DROPS}, min(j.timeNs), max(j.timeNs), max(j.certain), max(j.noise)
       FROM JoinedDrop j JOIN Flow f ON f.id = j.id JOIN Kind k ON k.id = j.kindId GROUP BY j.causeId`,
    )
    .rows([]);
  for (const [causeId, drops, attempts, firstNs, lastNs, certain, noise] of totals) {
    const id = Number(causeId);
    const edge = worked.get(id) ?? NEVER_WORKED;
    set.run([
      classOf(edge, Number(noise) === 1),
      Number(drops),
      attempts ?? null,
      firstNs ?? null,
      lastNs ?? null,
      edge.beforeNs,
      edge.sinceNs,
      rhythmOf(readTries(database, id)) ?? null,
      Number(certain),
      readExample(database, id),
      JSON.stringify({ deliveredNs: textOrNull(edge.deliveredNs), answeredNs: textOrNull(edge.answeredNs) }),
      id,
    ]);
  }
}

/** The first drop; of several at one moment that of the smallest hash, whatever the order of files. */
function readExample(database: Sqlite, causeId: number): number {
  const row = database
    .prepare(
      `SELECT f.id FROM JoinedDrop j JOIN Flow f ON f.id = j.id
       WHERE j.causeId = ?1 AND j.timeNs IS (SELECT min(timeNs) FROM JoinedDrop WHERE causeId = ?1) ORDER BY f.hash, f.occurrence LIMIT 1`,
    )
    .get([causeId]);
  return Number(row?.id);
}

/** So many tries show a rhythm or none. */
const TRIES = 2000;

function readTries(database: Sqlite, causeId: number): bigint[] {
  return database
    .prepareExact(
      `SELECT timeNs FROM JoinedDrop WHERE causeId = ? AND opens = 1 AND timeNs IS NOT NULL ORDER BY timeNs LIMIT ${TRIES}`,
    )
    .rows([causeId])
    .map(([timeNs]) => timeNs as bigint);
}

/** Whether what was added up when the capture was settled can be taken for its flows now, and for this SQL. */

import type { Sqlite } from "./driver";
import { RULES_VERSION, rulesOf } from "./rules-version";

let isOn = true;
let timesReady = 0;

/** For tests that ask the same with roll-ups and without. */
export function switchRollUps(on: boolean): void {
  isOn = on;
}

/** For tests: how often so far a question would have found roll-ups ready, whether they were switched on or not. */
export function timesRollUpsReady(): number {
  return timesReady;
}

/** Whether a question may take them now. */
export function isTaken(): boolean {
  timesReady++;
  return isOn;
}

/** Whether what settling knows of all flows holds now: roll-ups, and ports that are loose. */
export function areRolledUp(database: Sqlite): boolean {
  return isCurrent(database) && isTaken();
}

/** Nothing has come since the flows were rolled up, and the rules are today's. */
export function isCurrent(database: Sqlite): boolean {
  const coming = database
    .prepare("SELECT 1 FROM SourceFile WHERE state IN ('reading', 'settling') LIMIT 1")
    .get([]);
  return coming === undefined && rulesOf(database) === RULES_VERSION;
}

/** Columns of `f` that some SQL of ours names. */
export function columnsRead(sql: string): string[] {
  return [...new Set([...sql.matchAll(/\bf\.(\w+)/g)].map(([, name]) => name as string))];
}

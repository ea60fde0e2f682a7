/**
 * Searches of the dictionaries in TypeScript, for what SQL cannot say: patterns, selectors, lists in JSON. Their
 * answers are lists of ids, kept until the file changes, because every view of a page asks for the same.
 */

import { Lru } from "@/lib/base/lru";
import { type Condition, idList, NEVER } from "./conditions";
import type { Sqlite, SqlValue } from "./driver";
import { stateOf } from "./file-state";

/** Thrown when a search has taken too long. The reader thread answers with `question_timeout`. */
export class SearchTimeout extends Error {}

const LONGEST_MS = 15_000;
/** Texts looked at between two looks at the clock; also a bound of memory. */
const PAGE = 10_000;
/** Longer answers are not kept. */
const KEPT_CHARS = 1_000_000;

interface Memory {
  readonly kept: Lru<string, Condition>;
  readonly texts: Lru<string, string>;
  state: string;
}

const memories = new WeakMap<Sqlite, Memory>();

/** Works a condition out once for a state of the file. `key` says everything that the work depends on. */
export function remembered(database: Sqlite, key: string, work: () => Condition): Condition {
  const memory = memoryOf(database);
  const known = memory.kept.get(key);
  if (known !== undefined) return known;
  const condition = work();
  if (weightOf(condition) <= KEPT_CHARS) memory.kept.set(key, condition);
  return condition;
}

/** The same of a text that is not long. */
export function rememberedText(database: Sqlite, key: string, work: () => string): string {
  const { texts } = memoryOf(database);
  const known = texts.get(key);
  if (known !== undefined) return known;
  const text = work();
  if (text.length <= KEPT_CHARS) texts.set(key, text);
  return text;
}

function memoryOf(database: Sqlite): Memory {
  let memory = memories.get(database);
  if (memory === undefined) {
    memory = { kept: new Lru(16), texts: new Lru(8), state: "" };
    memories.set(database, memory);
  }
  const state = stateOf(database);
  if (memory.state !== state) {
    memory.kept.clear();
    memory.texts.clear();
  }
  memory.state = state;
  return memory;
}

function weightOf({ sql, parameters }: Condition): number {
  return parameters.reduce<number>(
    (sum, value) => sum + (typeof value === "string" ? value.length : 16),
    sql.length,
  );
}

/** `column` is the id of a text for which `matches` holds. Says so by the ids that are fewer. */
export function textCondition(
  database: Sqlite,
  column: string,
  matches: (text: string) => boolean,
): Condition {
  const found: number[] = [];
  const others: number[] = [];
  for (const [id, value] of pages(database, "SELECT id, value FROM Text WHERE id > ? ORDER BY id LIMIT ?"))
    (matches(String(value)) ? found : others).push(Number(id));
  if (found.length === 0) return NEVER;
  if (found.length <= others.length) return notNull(column, idList(column, found));
  const other = idList(column, others);
  return { sql: `(${column} IS NOT NULL AND NOT (${other.sql}))`, parameters: other.parameters };
}

/** `NULL IN (...)` is NULL. */
function notNull(column: string, { sql, parameters }: Condition): Condition {
  return { sql: `(${column} IS NOT NULL AND ${sql})`, parameters };
}

/** Values of one text column of a dictionary, no two alike, for which `matches` holds. NULL is not asked. */
export function matchingValues(
  database: Sqlite,
  table: "Endpoint" | "Observer",
  column: string,
  matches: (value: string) => boolean,
): string[] {
  const sql = `SELECT DISTINCT ${column} FROM ${table} WHERE ${column} > ? ORDER BY 1 LIMIT ?`;
  const found: string[] = [];
  for (const [value] of pages(database, sql, "")) if (matches(String(value))) found.push(String(value));
  return found;
}

/** Rows page by page; the first column is the key by which they go on. */
function* pages(database: Sqlite, sql: string, first: SqlValue = -1): Generator<readonly SqlValue[]> {
  const statement = database.prepare(sql);
  const end = Date.now() + LONGEST_MS;
  let last = first;
  for (;;) {
    const rows = statement.rows([last, PAGE]);
    yield* rows;
    const reached = rows.at(-1)?.[0];
    if (rows.length < PAGE || reached === undefined) return;
    if (Date.now() > end) throw new SearchTimeout("The search of names and texts took too long.");
    last = reached;
  }
}

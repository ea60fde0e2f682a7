/** What stands in the tables of a capture that this program did not write, or may not have written: looked at without reading a text. */

import { hasBrokenText, utf8Text } from "./check-text";
import { openSqlite, type Sqlite } from "./driver";

export const MOST_OBJECTS = 500;

/**
 * For a capture of the data folder: whether its file holds texts over which the driver would end the process that reads them, and
 * where. Other damage is no matter here: SQLite says it when it comes to it.
 */
export function findTextDamage(file: string): string | undefined {
  const database = openSqlite(file, { readOnly: true, mustExist: true });
  try {
    database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;");
    if (objectsOf(database) === undefined) return brokenTextOf("layout");
    const tables = tablesOf(database);
    return findOddValue(database, tables) ?? findBrokenText(database, tables);
  } finally {
    database.close();
  }
}

export interface Table {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export interface DatabaseObject {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/** Undefined where a name or a statement is no text. */
export function objectsOf(database: Sqlite): DatabaseObject[] | undefined {
  const rows = database
    .prepare(
      `SELECT CAST(type AS BLOB), CAST(name AS BLOB), CAST(sql AS BLOB) FROM sqlite_master ORDER BY name LIMIT ${MOST_OBJECTS + 1}`,
    )
    .rows([]);
  const objects: DatabaseObject[] = [];
  for (const row of rows) {
    const [type, name, sql] = row.map(utf8Text);
    if (type === undefined || name === undefined || sql === undefined) return undefined;
    objects.push({ type, name, sql: plain(sql) });
  }
  return objects;
}

/** Spelling that does not matter: white space and quotes. */
function plain(sql: string): string {
  return sql.replaceAll(/["\s]+/g, "").toLowerCase();
}

export function tablesOf(model: Sqlite): Table[] {
  const names = (objectsOf(model) ?? []).filter(
    ({ type, name }) => type === "table" && !name.startsWith("sqlite_"),
  );
  return names.map(({ name }) => ({
    name,
    columns: model
      .prepare(`SELECT name, type FROM pragma_table_info(?)`)
      .all([name])
      .map((column) => ({ name: String(column.name), type: String(column.type).toUpperCase() })),
  }));
}

/** Types as SQLite stores them, by what a column is declared as. */
function storedTypes(declared: string): string | undefined {
  if (/INT|BOOLEAN/.test(declared)) return "'integer', 'null'";
  if (/TEXT/.test(declared)) return "'text', 'null'";
  if (/BLOB/.test(declared)) return "'blob', 'null'";
  if (/REAL|DOUBLE/.test(declared)) return "'real', 'integer', 'null'";
  return undefined;
}

/** SQLite lets a column hold anything. */
export function findOddValue(database: Sqlite, tables: readonly Table[]): string | undefined {
  for (const { name, columns } of tables) {
    const odd = columns.flatMap((column) => {
      const types = storedTypes(column.type);
      return types === undefined ? [] : [`typeof("${column.name}") NOT IN (${types})`];
    });
    if (odd.length === 0) continue;
    const found = database
      .prepare(`SELECT 1 FROM "${name}" NOT INDEXED WHERE ${odd.join(" OR ")} LIMIT 1`)
      .get([]);
    if (found !== undefined) return `its table "${name}" holds values of another type than a capture's`;
  }
  return undefined;
}

/** Columns of numbers and bytes hold no text: that was seen before. */
export function findBrokenText(database: Sqlite, tables: readonly Table[]): string | undefined {
  const found = tables.find(({ name, columns }) => {
    const texts = columns.filter(({ type }) => storedTypes(type)?.includes("text") ?? true);
    return hasBrokenText(
      database,
      name,
      texts.map((column) => column.name),
    );
  });
  return found && brokenTextOf(`table "${found.name}"`);
}

export function brokenTextOf(what: string): string {
  return `its ${what} holds texts that are no UTF-8, or too long`;
}

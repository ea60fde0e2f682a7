/**
 * Whether a file from elsewhere is a capture, and nothing else. Hostile like any upload: it is opened read only, nothing in it may
 * run (trusted_schema is off; triggers, views and whatever a capture does not have are refused before anything is read through
 * them), and values must have the types that the program reads them with.
 *
 * What cannot be found this way is a capture whose numbers somebody made up.
 */

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { fail, ok, type Result } from "@/lib/base/result";
import { checkVersion, migrationsOfCaptures } from "./capture-file";
import { hasBrokenText } from "./check-text";
import {
  brokenTextOf,
  type DatabaseObject,
  findBrokenText,
  findOddValue,
  MOST_OBJECTS,
  objectsOf,
  type Table,
  tablesOf,
} from "./check-values";
import { openSqlite, type Sqlite } from "./driver";
import { appliedMigrations, type Migration, migrate, missingMigrations } from "./migrate";

export type ImportFailure = {
  readonly code: "capture_not_read" | "capture_newer_than_program";
  readonly message: string;
  readonly hint?: string;
};

export interface ImportedCapture {
  readonly captureId: string;
  readonly name: string;
}

const MAGIC = "SQLite format 3\0";
/** Larger files are checked page by page, but not index against table: that takes minutes. */
const WHOLE_CHECK_BYTES = 512 * 1024 * 1024;
/** Of a block of original bytes, unpacked: the largest record, and what a block is cut at. */
const LARGEST_BLOCK = 24 * 1024 * 1024;

/** `scratch` is a file that may be made beside it, to compare layouts. */
export function checkImport(file: string, scratch: string): Result<ImportedCapture, ImportFailure> {
  const header = checkHeader(file);
  if (!header.ok) return header;
  let database: Sqlite | undefined;
  try {
    database = openSqlite(file, { readOnly: true, mustExist: true });
    database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;");
    return checkDatabase(database, scratch);
  } catch (error) {
    return notRead(`SQLite cannot read it (${error instanceof Error ? error.message : String(error)})`);
  } finally {
    database?.close();
  }
}

/** The file says how many pages it has: one that was cut off on its way has fewer. */
function checkHeader(file: string): Result<null, ImportFailure> {
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, "r");
  const length = readSync(descriptor, header, 0, 100, 0);
  closeSync(descriptor);
  if (length < 100 || header.toString("latin1", 0, 16) !== MAGIC) return notRead("it is no SQLite file");
  const stated = header.readUInt16BE(16);
  const pageSize = stated === 1 ? 65_536 : stated;
  const pages = header.readUInt32BE(28);
  // 0: nothing was written yet.
  if (header.readUInt32BE(56) > 1) return notRead("its texts are not UTF-8");
  const { size } = statSync(file);
  if (pages > 0 && pages * pageSize > size)
    return notRead(`it breaks off: ${size} of ${pages * pageSize} bytes are there`);
  return ok(null);
}

function checkDatabase(database: Sqlite, scratch: string): Result<ImportedCapture, ImportFailure> {
  const layout = checkLayout(database, scratch);
  if (!layout.ok) return layout;
  // In this order: until its texts are known to be some, none of them is read.
  const damage =
    findDamage(database) ?? findOddValue(database, layout.value) ?? findBrokenText(database, layout.value);
  if (damage !== undefined) return notRead(damage);
  const version = checkVersion(database);
  if (!version.ok)
    return version.failure.code === "capture_newer_than_program"
      ? newer(version.failure.message)
      : notRead("it has no description of itself");
  const large = findLargeBlock(database);
  if (large !== undefined) return notRead(large);
  return readDescription(database);
}

/** The layout must be the one that the program itself makes by the migrations that the file names, in every word. */
function checkLayout(database: Sqlite, scratch: string): Result<readonly Table[], ImportFailure> {
  const objects = objectsOf(database);
  if (objects === undefined) return brokenText("layout");
  if (objects.length > MOST_OBJECTS) return notRead("it has hundreds of tables that a capture does not have");
  const odd = objects.find(({ type }) => type !== "table" && type !== "index");
  if (odd !== undefined) return notRead(`it has a ${odd.type}, which a capture never has`);
  const history = objects.find(({ name }) => name === "_prisma_migrations");
  if (history === undefined) return notRead("it is a SQLite file, and no capture of Eyepiece");
  if (hasBrokenText(database, history.name, ["migration_name", "checksum"])) return brokenText("history");
  const migrations = migrationsOfCaptures();
  const missing = missingMigrations(database, migrations);
  if (!missing.ok)
    return missing.failure.code === "newer_than_program"
      ? newer(missing.failure.message)
      : notRead(missing.failure.message.replace(/\.$/, ""));
  const applied = appliedMigrations(database);
  return compareLayout(
    objects,
    scratch,
    migrations.filter(({ name }) => applied.has(name)),
  );
}

function compareLayout(
  objects: readonly DatabaseObject[],
  scratch: string,
  migrations: readonly Migration[],
): Result<readonly Table[], ImportFailure> {
  const model = openSqlite(scratch);
  try {
    const made = migrate(model, migrations);
    if (!made.ok) return notRead(made.failure.message);
    const wanted = new Map((objectsOf(model) ?? []).map((object) => [object.name, object]));
    for (const { name, sql, type } of objects) {
      // Statistics that somebody's SQLite may have gathered.
      if (/^sqlite_stat[14]$/.test(name)) continue;
      const own = wanted.get(name);
      if (own === undefined)
        return notRead(`it has the ${type} "${shortened(name)}", which a capture does not have`);
      if (own.sql !== sql) return notRead(`its ${type} "${name}" is not laid out as that of a capture`);
    }
    const present = new Set(objects.map(({ name }) => name));
    const absent = [...wanted.values()].find(({ name, type }) => type === "table" && !present.has(name));
    if (absent !== undefined) return notRead(`its table "${absent.name}" is missing`);
    return ok(tablesOf(model));
  } finally {
    model.close();
  }
}

function findDamage(database: Sqlite): string | undefined {
  const row = database
    .prepare("SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size")
    .get([]);
  const check = Number(row?.bytes) > WHOLE_CHECK_BYTES ? "quick_check" : "integrity_check";
  const found = database.prepare(`PRAGMA ${check}(1)`).rows([]).flat().map(String);
  return found[0] === "ok" ? undefined : `it is damaged (${shortened(found[0] ?? "no answer")})`;
}

/** A block begins with its unpacked length, which is believed when it is unpacked. */
function findLargeBlock(database: Sqlite): string | undefined {
  const heads = database.prepare(
    "SELECT id, substr(data, 1, 4) AS head FROM RawBlock WHERE id > ? ORDER BY id LIMIT 5000",
  );
  for (let after = -1; ; ) {
    const rows = heads.rows([after]);
    for (const [id, head] of rows) {
      const bytes = Buffer.from(head as Uint8Array);
      if (bytes.length < 4 || bytes.readUInt32LE(0) > LARGEST_BLOCK)
        return `block ${Number(id)} of its original bytes is larger than one can be`;
    }
    if (rows.length === 0) return undefined;
    after = Number(rows.at(-1)?.[0]);
  }
}

function readDescription(database: Sqlite): Result<ImportedCapture, ImportFailure> {
  const rows = database.prepare("SELECT id, captureId, name FROM Capture LIMIT 2").all([]);
  const [row] = rows;
  const [captureId, name] = [String(row?.captureId), String(row?.name)];
  if (rows.length !== 1 || Number(row?.id) !== 1 || !/^[a-z0-9]{10,32}$/.test(captureId) || name.length > 400)
    return notRead("what it says of itself is not what a capture says");
  return ok({ captureId, name });
}

function brokenText(what: string) {
  return notRead(brokenTextOf(what));
}

function shortened(text: string): string {
  return text.slice(0, 80);
}

function newer(message: string) {
  return fail("capture_newer_than_program", message, "Open it with that version, or update Eyepiece.");
}

function notRead(why: string) {
  return fail(
    "capture_not_read",
    `The file is not taken: ${why}.`,
    "Export the capture again where it comes from.",
  );
}

/**
 * Writes many rows of a settled table: gathered in a file of SQLite's own format (table-image.ts) and copied over in one
 * statement, in the order of their ids, whatever order they are found in.
 *
 * Unlike the rows of the loader, the file is attached when it is whole: pages are read meanwhile (table-pages.ts), which makes
 * SQLite look at every file that is attached, and a file that it has looked at must not change before the transaction ends.
 */

import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Sqlite } from "../driver";
import { TableImage } from "../table-image";

/** Tables that are written so, with their columns; text stands as an expression over `r`, the row that was put. */
const ROLLED =
  "level bucketNs kindId observerId pairId sourceId destinationId policiesId records events firstNs lastNs attempts requests l7Errors drops";
const TABLES = {
  Attempt:
    "id firstNs lastNs protocol clientAddressId serverAddressId clientPort serverPort records syns outcome flags verdict",
  L7Exchange:
    "id timeNs protocol routeId requests responses responseId twinId counted status grpcStatus denied error latencyNs latencyBy outcome",
  DnsExchange:
    "id requestId responseId askedNs answeredNs clientId serverId queryId qtypes rcode state latencyNs latencyBucket noData answerId requests responses groupId",
  JoinedDrop: "id timeNs verdictId drops kindId pairId policiesId certain noise atMost opens l7TextId",
  // Each level is gathered by itself, so that it can be given up.
  ...{ RollUp0: ROLLED, RollUp1: ROLLED, RollUp2: ROLLED, RollUp3: ROLLED, RollUp4: ROLLED, RollUp5: ROLLED },
} as const;

export type SettledTable = keyof typeof TABLES;

/** What is put for the column is the kind of the message, which names its types. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  "DnsExchange.qtypes": "(SELECT dnsQtypes FROM Kind WHERE id = r.qtypes)",
};

const SETTLED = "settled";
const schemaOf = (table: SettledTable): string => `${SETTLED}${table}`;
/** Of what dns/beside.ts settles. */
export const SETTLED_DNS = `${SETTLED}Dns`;
const columnsOf = (table: SettledTable): readonly string[] => TABLES[table].split(" ");

/** Lets go of the files that rows were copied from. Not within the transaction that did. */
export function detachSettledRows(database: Sqlite): void {
  for (const [name] of database.prepare("SELECT name FROM pragma_database_list").rows([]))
    if (String(name).startsWith(SETTLED)) database.exec(`DETACH DATABASE ${name}`);
}

/** The file that rows are gathered in; made for the first row. */
class FoundFile {
  readonly image: TableImage;
  private readonly descriptor: number;

  constructor(
    readonly name: string,
    columns: readonly string[],
  ) {
    this.descriptor = openSync(name, "w");
    // Rows are numbered as they are found; their ids are a column like others.
    const create = `CREATE TABLE Found (place INTEGER PRIMARY KEY, ${columns.join(", ")})`;
    this.image = new TableImage(create, "Found", columns.length, (bytes, at) => this.write(bytes, at));
  }

  private write(bytes: Uint8Array, start: number): void {
    for (let at = 0; at < bytes.length; )
      at += writeSync(this.descriptor, bytes, at, bytes.length - at, start + at);
  }

  finish(): void {
    this.write(this.image.finish(), 0);
    closeSync(this.descriptor);
  }
}

/** Rows on their way into the file. Needs no database, so that another thread can gather them. */
export class FoundRows {
  private found: FoundFile | undefined;
  private place = 0;

  /** `capture` is the capture's file, beside which the rows are gathered. */
  constructor(
    private readonly capture: string,
    protected readonly table: SettledTable,
  ) {}

  private get image(): TableImage {
    this.found ??= new FoundFile(`${this.capture}-${schemaOf(this.table)}`, columnsOf(this.table));
    return this.found.image;
  }

  /** Begins a row; one value for each column follows, then `end`. */
  begin(): void {
    this.image.begin(++this.place);
  }

  put(value: number | null): void {
    if (value === null) this.image.none();
    else this.image.integer(value);
  }

  /** A time of seconds and nanoseconds of the same sign. */
  time(second: number, nano: number): void {
    const whole = nano < 0 ? second - 1 : second;
    const rest = nano < 0 ? nano + 1e9 : nano;
    // The product is wider than a double holds: the seconds' upper part is multiplied by itself.
    const upper = Math.floor(whole / 65_536);
    const high = upper * 1e9;
    const carried =
      (high - Math.floor(high / 65_536) * 65_536) * 65_536 + (whole - upper * 65_536) * 1e9 + rest;
    this.image.int64(Math.floor(high / 65_536) + Math.floor(carried / 2 ** 32), (carried % 2 ** 32) | 0);
  }

  int64(value: bigint | null): void {
    if (value === null) this.image.none();
    else this.image.int64(Number(value >> 32n), Number(BigInt.asIntN(32, value)));
  }

  /** 64 bits in two halves. */
  halves(high: number, low: number): void {
    this.image.int64(high, low);
  }

  end(): void {
    this.image.end();
  }

  /** No more rows. Returns the file, if there are any. */
  close(): string | undefined {
    this.found?.finish();
    return this.found?.name;
  }

  /** Instead of `close`: nothing of it is wanted. */
  discard(): void {
    const file = this.close();
    if (file !== undefined) rmSync(file, { force: true });
  }
}

/** What is done with a file that `close` returned. */
export type TakeFound = (database: Sqlite, table: SettledTable, file: string | undefined) => void;

/** Rows that are copied by whoever gathers them, unless they are to be taken otherwise. */
export class SettledRows extends FoundRows {
  constructor(
    private readonly database: Sqlite,
    table: SettledTable,
    private readonly take: TakeFound = copyFound,
  ) {
    super(database.file, table);
  }

  finish(): void {
    this.take(this.database, this.table, this.close());
  }
}

/** Copies the rows of a file that `close` returned. */
export function copyFound(database: Sqlite, table: SettledTable, file: string | undefined): void {
  if (file === undefined) return;
  attachFound(database, table, file);
  copyAttached(database, table, "1");
}

/** It has no name any more then, and is gone when it is let go of. */
function attachFound(database: Sqlite, table: SettledTable, file: string): void {
  database.prepare(`ATTACH DATABASE ? AS ${schemaOf(table)}`).run([`${pathToFileURL(file).href}?mode=ro`]);
  rmSync(file, { force: true });
}

const foundValue = (table: SettledTable, column: string): string =>
  EXPRESSIONS[`${table}.${column}`] ?? `r.${column}`;

function copyAttached(database: Sqlite, table: SettledTable, which: string): void {
  const columns = columnsOf(table);
  const values = columns.map((column) => foundValue(table, column)).join(", ");
  // Rows without an id of their own come as they were found.
  const [into, order] = table.startsWith("RollUp") ? ["RollUp", ""] : [table, "ORDER BY r.id"];
  database.exec(
    `INSERT INTO main.${into} (${columns.join(", ")}) SELECT ${values} FROM ${schemaOf(table)}.Found r WHERE ${which} ${order}`,
  );
}

/** Rows of a table that are found again: those that were there, as SQL over the table. */
export interface Renewed {
  readonly were: string;
  /** Is told of rows that go before they do, and of those that came: their ids are in `temp.Renewed`. */
  readonly tell: (sign: 1 | -1) => void;
}

/** In place of rows that were there, and leaves alone what is found as it was: mostly nearly all. */
export function renewFound(
  database: Sqlite,
  table: Exclude<SettledTable, `RollUp${string}`>,
  file: string | undefined,
  { were, tell }: Renewed,
): void {
  database.exec(`
    CREATE TEMP TABLE IF NOT EXISTS Same (id INTEGER PRIMARY KEY);
    CREATE TEMP TABLE IF NOT EXISTS Renewed (id INTEGER PRIMARY KEY);
    DELETE FROM temp.Same;
    DELETE FROM temp.Renewed;`);
  if (file !== undefined) {
    attachFound(database, table, file);
    const isSame = columnsOf(table)
      .map((column) => `x.${column} IS ${foundValue(table, column)}`)
      .join(" AND ");
    database.exec(
      `INSERT INTO temp.Same SELECT r.id FROM ${schemaOf(table)}.Found r CROSS JOIN main.${table} x ON x.id = r.id WHERE ${isSame}`,
    );
  }
  database.exec(
    `INSERT INTO temp.Renewed SELECT id FROM main.${table} WHERE ${were} AND id NOT IN (SELECT id FROM temp.Same)`,
  );
  tell(-1);
  database.exec(
    `DELETE FROM main.${table} WHERE id IN (SELECT id FROM temp.Renewed); DELETE FROM temp.Renewed;`,
  );
  if (file === undefined) return;
  const isNew = "r.id NOT IN (SELECT id FROM temp.Same)";
  copyAttached(database, table, isNew);
  database.exec(`INSERT INTO temp.Renewed SELECT r.id FROM ${schemaOf(table)}.Found r WHERE ${isNew}`);
  tell(1);
}

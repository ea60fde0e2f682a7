/**
 * The SQLite driver behind one small door (libsql, synchronous).
 *
 * Its rules, from measurements: parameters always as one array; never a boolean (it aborts the process);
 * integers beyond 2^53 as bigint; statements are kept and used again.
 */

import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import Libsql from "libsql";

export type SqlValue = string | number | bigint | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

export interface Statement {
  run(parameters: readonly SqlValue[]): { changes: number };
  /** Rows as objects. Integers beyond 2^53 are only exact from a statement prepared with `exact`. */
  all(parameters: readonly SqlValue[]): SqlRow[];
  get(parameters: readonly SqlValue[]): SqlRow | undefined;
  /** Rows as lists of values, in the order of the columns. */
  rows(parameters: readonly SqlValue[]): SqlValue[][];
}

export interface Sqlite {
  readonly file: string;
  prepare(sql: string): Statement;
  /** Integers come as bigint. */
  prepareExact(sql: string): Statement;
  exec(sql: string): void;
  /**
   * Runs `work` in one transaction; rolls back when it throws. A deferred one begins with its first statement, which must
   * write: another connection's write between a read and a write would end it.
   */
  transaction<T>(work: () => T, begin?: "immediate" | "deferred"): T;
  /** Runs when the connection is closed. */
  onClose(work: () => void): void;
  /**
   * No more use. The driver holds the file open until its statements are collected as garbage or the thread
   * ends; so threads that hold files which are to be deleted are ended.
   */
  close(): void;
}

export interface OpenOptions {
  /** Nothing can be written through this connection. */
  readonly readOnly?: boolean;
  /** The file must be there already; else it is made. Always so for a read-only one. */
  readonly mustExist?: boolean;
  /** KiB of page cache. */
  readonly cacheKiB?: number;
  /** Called before each prepared statement runs. What it throws comes out of the call. */
  readonly beforeStatement?: (() => void) | undefined;
}

/**
 * Pages in the log from which it is emptied while more is written: 320 MiB. So a log of a million records is loaded without a stop, and
 * emptied by another thread when that has nothing else to do (settle/settle-thread.ts).
 */
const LOG_PAGES = 40_960;

export function openSqlite(file: string, options: OpenOptions = {}): Sqlite {
  // The driver ignores its own option `readonly`; SQLite's mode in the address it does not.
  const mode = options.readOnly ? "ro" : options.mustExist ? "rw" : "rwc";
  const database = new Libsql(`${pathToFileURL(file).href}?mode=${mode}`, { timeout: 10_000 });
  database.exec(`PRAGMA cache_size = -${options.cacheKiB ?? 16_384}; PRAGMA temp_store = FILE;`);
  if (!options.readOnly) {
    database.exec(
      `PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = ${LOG_PAGES}; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;`,
    );
  }
  return new LibsqlDatabase(file, database, options.beforeStatement);
}

const KEPT_STATEMENTS = 200;
/** At 15 to 35 KB each, some 30 MB. */
const MOST_DROPPED = 1000;
/** Statements of this thread that nobody uses any more, since they were freed last. */
let dropped = 0;

/**
 * Frees statements that were dropped, when they are many; true when it did. The driver frees one when its object is collected as garbage, and
 * what it takes lies outside of JavaScript's heap, where nothing hurries the collector: a thread that is asked ever other questions held 130 MB
 * and more of them. Takes some 20 ms: call it when nobody waits.
 */
export function freeDropped(): boolean {
  if (dropped < MOST_DROPPED) return false;
  dropped = 0;
  collectGarbage();
  return true;
}

let collector: (() => void) | undefined;

function collectGarbage(): void {
  if (collector === undefined) {
    setFlagsFromString("--expose-gc");
    collector = runInNewContext("gc") as () => void;
  }
  collector();
}

class LibsqlDatabase implements Sqlite {
  private readonly statements = new Map<string, Statement>();
  private readonly closing: (() => void)[] = [];

  constructor(
    readonly file: string,
    private readonly database: Libsql.Database,
    private readonly beforeStatement: (() => void) | undefined,
  ) {}

  prepare(sql: string): Statement {
    return this.prepared(sql, false);
  }

  prepareExact(sql: string): Statement {
    return this.prepared(sql, true);
  }

  private prepared(sql: string, exact: boolean): Statement {
    const key = exact ? `exact:${sql}` : sql;
    const known = this.statements.get(key);
    if (known !== undefined) {
      // Most recently used last, so that the oldest is the first to go.
      this.statements.delete(key);
      this.statements.set(key, known);
      return known;
    }
    const bare = wrap(this.database, sql, exact);
    const statement = this.beforeStatement === undefined ? bare : guarded(bare, this.beforeStatement);
    this.statements.set(key, statement);
    if (this.statements.size > KEPT_STATEMENTS) {
      this.statements.delete(this.statements.keys().next().value as string);
      dropped++;
    }
    return statement;
  }

  exec(sql: string): void {
    this.database.exec(sql);
  }

  transaction<T>(work: () => T, begin: "immediate" | "deferred" = "immediate"): T {
    this.database.exec(`BEGIN ${begin}`);
    try {
      const result = work();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.database.inTransaction) this.database.exec("ROLLBACK");
      throw error;
    }
  }

  onClose(work: () => void): void {
    this.closing.push(work);
  }

  close(): void {
    dropped += this.statements.size;
    this.statements.clear();
    this.database.close();
    for (const work of this.closing.splice(0)) work();
  }
}

function guarded(statement: Statement, before: () => void): Statement {
  return {
    run: (parameters) => {
      before();
      return statement.run(parameters);
    },
    all: (parameters) => {
      before();
      return statement.all(parameters);
    },
    get: (parameters) => {
      before();
      return statement.get(parameters);
    },
    rows: (parameters) => {
      before();
      return statement.rows(parameters);
    },
  };
}

/** One of the driver's statements for rows of both forms: each takes as long to prepare, and as much memory. */
function wrap(database: Libsql.Database, sql: string, exact: boolean): Statement {
  const statement = database.prepare(sql);
  if (exact) statement.safeIntegers(true);
  let isLists = false;
  const inForm = (lists: boolean): Libsql.Statement => {
    if (isLists !== lists) statement.raw(lists);
    isLists = lists;
    return statement;
  };
  return {
    run: (parameters) => inForm(false).run(parameters),
    all: (parameters) => inForm(false).all(parameters) as SqlRow[],
    get: (parameters) => {
      const row = inForm(false).get(parameters) as (SqlRow & { _metadata?: unknown }) | undefined;
      if (row !== undefined) delete row._metadata;
      return row;
    },
    rows: (parameters) => inForm(true).all(parameters) as SqlValue[][],
  };
}

/**
 * DNS settled in a thread of its own (settle-thread.ts), while the settling thread does everything else; and what else is known from
 * flows and DNS exchanges alone.
 *
 * The thread has a database of its own with the settled tables of DNS, beside which the capture is attached to be read: its steps are the
 * same, because a table that is not in the one is found in the other. So all that they read of the capture must have been committed: kinds,
 * texts, sides with their actors, pairs and flows. The settling thread copies the tables when they are whole.
 */

import { rmSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { openSqlite, type Sqlite } from "../../driver";
import { findTranslations } from "../../translated";
import type { FlowColumns } from "../flow-columns";
import type { InTime } from "../flows-in-time";
import { EVERYTHING } from "../neighbourhood";
import type { PairView } from "../pair-view";
import { SETTLED_DNS } from "../settled-rows";
import { sumUpBeside } from "../sum-up";
import { judgeDns } from ".";
import type { FoundDnsCauses } from "./causes";
import { DnsInTime } from "./pair";
import { DnsReader } from "./read-messages";

/** What is settled here. */
const TABLES = ["DnsExchange", "DnsGroup", "DnsAnswer", "DnsSuffix", "DnsSum", "Translation"] as const;
/** What the settling thread adds its own to (sum-up.ts). */
const PARTS = ["MarkedSum"] as const;
/** Of each of the two: what is read lies in the order of ids, or nearly. */
const CACHE_KIB = 2 * 1024;

export interface DnsInput {
  /** The capture's file. */
  readonly capture: string;
  /** 1 for each kind whose flows are DNS messages. */
  readonly kinds: Uint8Array;
}

export function dnsInput(database: Sqlite, pairs: PairView): DnsInput {
  return { capture: database.file, kinds: new DnsReader(database, pairs).marks };
}

/** What was settled. */
export interface DnsFound {
  /** The database, to be copied from. */
  readonly file: string;
  readonly causes: FoundDnsCauses["causes"];
}

/** Another thread is at it. */
export interface PendingDns {
  /** Waits for it, and copies what it found. */
  take(): FoundDnsCauses;
  close(): void;
}

/** In the other thread: the step that pairs messages, and what follows. */
export class DnsBeside implements InTime {
  readonly kinds: Uint8Array;
  readonly isPlain: boolean;
  readonly lookers: number;
  private readonly database: Sqlite;
  private readonly step: DnsInTime;

  constructor({ capture }: DnsInput, pairs: PairView) {
    this.database = openBeside(capture);
    this.step = new DnsInTime(this.database, pairs);
    this.kinds = this.step.kinds;
    this.isPlain = this.step.isPlain;
    this.lookers = this.step.lookers;
  }

  rankOf(flows: FlowColumns, row: number): number {
    return this.step.rankOf(flows, row);
  }

  take(flows: FlowColumns, row: number): void {
    this.step.take(flows, row);
  }

  /** Others are waited for first: see `judge`. */
  end(): void {}

  judge(): DnsFound {
    const { database } = this;
    this.step.end();
    createAlike(database, "index", TABLES);
    const { causes, flows } = judgeDns(database, EVERYTHING);
    findTranslations(database);
    sumUpBeside(database);
    // In the order in which they will be written.
    database.exec(`
      CREATE TABLE main.${CAUSE_FLOWS} (key TEXT, flowId INTEGER, PRIMARY KEY (key, flowId)) WITHOUT ROWID;
      INSERT OR IGNORE INTO main.${CAUSE_FLOWS} SELECT key, flowId FROM ${flows} ORDER BY 1, 2;`);
    // Nothing of the capture is read any more: its log can be emptied.
    database.exec("COMMIT");
    return { file: database.file, causes };
  }
}

const CAUSE_FLOWS = "DnsCauseFlow";

const besideFile = (capture: string): string => `${capture}-${SETTLED_DNS}`;

/** In the settling thread, where nothing was copied. */
export function dropBeside(capture: string): void {
  rmSync(besideFile(capture), { force: true });
}

/** An empty database with the tables, in a transaction that reads the capture as it is now. */
function openBeside(capture: string): Sqlite {
  const file = besideFile(capture);
  // What a crash left.
  rmSync(file, { force: true });
  const database = openSqlite(file, { cacheKiB: CACHE_KIB });
  database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
  database.prepare("ATTACH DATABASE ? AS capture").run([`${pathToFileURL(capture).href}?mode=ro`]);
  database.exec(`PRAGMA capture.cache_size = -${CACHE_KIB}; BEGIN;`);
  createAlike(database, "table", [...TABLES, ...PARTS]);
  return database;
}

/** As they are in the capture. */
function createAlike(database: Sqlite, type: "table" | "index", tables: readonly string[]): void {
  const rows = database
    .prepare(
      `SELECT sql FROM capture.sqlite_schema WHERE type = ? AND sql IS NOT NULL AND tbl_name IN (SELECT value FROM json_each(?))`,
    )
    .rows([type, JSON.stringify(tables)]);
  for (const [sql] of rows) database.exec(String(sql));
}

/**
 * Brings what was committed of the capture from its log into its place, while others go on: there is less left to do then when all is
 * settled. What fails here is done then, too.
 */
export function checkpoint(capture: string): void {
  const database = openSqlite(capture, { mustExist: true, cacheKiB: 64 });
  try {
    database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } finally {
    database.close();
  }
}

/** In the settling thread: in place of what was there. Drop the file then: without a name it is gone when it is let go of. */
export function copyDns(database: Sqlite, { file, causes }: DnsFound): FoundDnsCauses {
  database.prepare(`ATTACH DATABASE ? AS ${SETTLED_DNS}`).run([`${pathToFileURL(file).href}?mode=ro`]);
  for (const table of TABLES)
    database.exec(
      `DELETE FROM main.${table}; INSERT INTO main.${table} SELECT * FROM ${SETTLED_DNS}.${table};`,
    );
  rmSync(file, { force: true });
  return { causes, flows: `${SETTLED_DNS}.${CAUSE_FLOWS}` };
}

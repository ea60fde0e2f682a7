/**
 * From the decoders' dictionary ids to the capture's.
 *
 * Each decoder numbers its entries by itself. An entry is found again by its hash: in a bounded memory
 * first, then in the table; a new one is added.
 */

import { ipKey } from "@/lib/base/ip";
import { Recent } from "@/lib/base/recent";
import {
  type BatchPair,
  DICTIONARIES,
  type DictionaryEntry,
  type DictionaryName,
  type FlowBatch,
  NONE,
} from "@/lib/flow/batch";
import { DICTIONARY_COLUMNS, DICTIONARY_TABLES } from "./columns";
import type { Sqlite, SqlValue } from "./driver";
import { PairTable, type PairValue } from "./pair-table";

/** Hashes remembered per dictionary, at most. */
const REMEMBERED = 200_000;

class DictionaryTable {
  private readonly ids = new Recent<bigint, number>(REMEMBERED);
  private readonly find: string;
  private readonly insert: string;

  constructor(
    private readonly database: Sqlite,
    private readonly name: DictionaryName,
  ) {
    const table = DICTIONARY_TABLES[name];
    const columns = DICTIONARY_COLUMNS[name];
    this.find = `SELECT id FROM ${table} WHERE hash = ?`;
    this.insert = `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")}) RETURNING id`;
  }

  idOf(entry: DictionaryEntry): number {
    const remembered = this.ids.get(entry.hash);
    if (remembered !== undefined) return remembered;
    const found = this.database.prepare(this.find).get([entry.hash]) ?? this.add(entry);
    const id = Number(found.id);
    this.ids.set(entry.hash, id);
    return id;
  }

  private add(entry: DictionaryEntry): { id: SqlValue } {
    const values = DICTIONARY_COLUMNS[this.name].map((column): SqlValue => {
      if (column === "hash") return entry.hash;
      if (column === "ipKey") return keyOf(entry.values.ip);
      const value = entry.values[column];
      if (value === undefined) throw new Error(`dictionary ${this.name} lacks ${column}`);
      return value;
    });
    const row = this.database.prepare(this.insert).get(values);
    if (row === undefined) throw new Error("INSERT RETURNING gave no row");
    return { id: row.id ?? null };
  }
}

function keyOf(ip: string | number | null | undefined): string | null {
  return typeof ip === "string" ? (ipKey(ip) ?? null) : null;
}

/** Per dictionary: decoder's id -> the capture's id. */
export type IdMaps = Readonly<Record<DictionaryName | "pair", number[]>>;

export class DictionaryStore {
  private readonly tables: Record<DictionaryName, DictionaryTable>;
  private readonly pairs: PairTable;
  private readonly maps = new Map<number, Record<DictionaryName | "pair", number[]>>();

  constructor(database: Sqlite) {
    this.pairs = new PairTable(database);
    const table = (name: DictionaryName) => new DictionaryTable(database, name);
    this.tables = {
      kind: table("kind"),
      observer: table("observer"),
      endpoint: table("endpoint"),
      text: table("text"),
    };
  }

  /** Takes in the new entries of a batch. Call within a transaction, in the order of each decoder's batches. */
  translate(decoder: number, batch: FlowBatch): IdMaps {
    let maps = this.maps.get(decoder);
    if (maps === undefined || batch.reset) {
      maps = { kind: [], observer: [], endpoint: [], text: [], pair: [] };
      this.maps.set(decoder, maps);
    }
    for (const name of DICTIONARIES) {
      for (const entry of batch.dictionaries[name]) maps[name].push(this.tables[name].idOf(entry));
    }
    for (const pair of batch.pairs) maps.pair.push(this.pairs.idOf(ownPair(pair, maps.endpoint)));
    return maps;
  }
}

/** A decoder's pair, with the capture's ids of its sides. */
function ownPair(pair: BatchPair, endpoints: readonly number[]): PairValue {
  return {
    sourceId: translated(endpoints, pair.source),
    destinationId: translated(endpoints, pair.destination),
    clientSide: pair.side,
    clientBy: pair.by,
    serverPort: pair.serverPort ?? null,
    protocol: pair.protocol ?? null,
  };
}

export function translated(map: readonly number[], id: number | undefined): number {
  const own = id === undefined ? undefined : map[id];
  if (own === undefined) throw new Error(`decoder id ${id} was never sent`);
  return own;
}

export function translatedOrNull(map: readonly number[], id: number | undefined): number | null {
  return id === NONE ? null : translated(map, id);
}

/** Every record of a capture once, flows and others, in the order of files and lines, with the original bytes. */

import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import type { Sqlite } from "./driver";
import { openRawBlock, type RawBlockReader, type RawRecord } from "./raw";

export interface StoredRecord extends RawRecord {
  /** What tells it from all others, in every order of files. */
  readonly id: string;
}

/** Rows looked for at once. */
const ROWS = 1000;

/** How many records there are, each once. */
export function countRecords(database: Sqlite): number {
  const row = database
    .prepare(
      "SELECT (SELECT count(*) FROM Flow) + (SELECT count(*) FROM OtherRecord WHERE duplicate = 0) AS n",
    )
    .get([]);
  return Number(row?.n);
}

/** Page after page; one block of bytes is held. */
export function* allRecords(database: Sqlite): Iterable<readonly StoredRecord[]> {
  const rows = database.prepareExact(
    `SELECT id, hash, occurrence FROM (
       SELECT * FROM (SELECT id, hash, occurrence FROM Flow NOT INDEXED WHERE id > ?1 ORDER BY id LIMIT ?2)
       UNION ALL
       SELECT * FROM (SELECT id, hash, occurrence FROM OtherRecord WHERE id > ?1 AND duplicate = 0 ORDER BY id LIMIT ?2)
     ) ORDER BY id LIMIT ?2`,
  );
  const blocks = new Blocks(database);
  for (let after = 0; ; ) {
    const page = rows.rows([after, ROWS]);
    if (page.length === 0) return;
    yield page.map(([id, hash, occurrence]) => blocks.record(Number(id), `${hash}.${occurrence}`));
    after = Number(page.at(-1)?.[0]);
  }
}

class Blocks {
  private block: { readonly id: number; readonly reader: RawBlockReader | undefined } | undefined;

  constructor(private readonly database: Sqlite) {}

  record(rowId: number, id: string): StoredRecord {
    const blockId = Math.floor(rowId / PLACES_PER_BLOCK);
    if (this.block?.id !== blockId)
      this.block = { id: blockId, reader: openRawBlock(this.database, blockId) };
    const raw = this.block.reader?.record(rowId % PLACES_PER_BLOCK);
    if (raw === undefined) throw new Error(`row ${rowId} has no original bytes`);
    return { ...raw, id };
  }
}

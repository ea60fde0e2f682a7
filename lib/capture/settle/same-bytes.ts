/**
 * Files with the same bytes. The later one keeps no rows and no bytes of its own: it shares the blocks of the first (both
 * have the same range of blocks), and when that one is removed, they are handed over to it with everything that
 * was read from them. Lines and places are the same, because the bytes are.
 */

import type { Sqlite } from "../driver";
import { blockBytes } from "../raw";
import { asParts, deleteRecords, PARTS } from "./records";

/**
 * Lets files that were loaded share the blocks of one with the same bytes, where there is one: all their records are duplicates
 * of its. Returns these files.
 */
export function shareBlocks(database: Sqlite, uploadIds: readonly number[]): ReadonlySet<number> {
  const loaded = database
    .prepare(`SELECT id FROM SourceFile WHERE id IN (${PARTS}) AND accepted + otherKinds > 0 ORDER BY id`)
    .all(asParts(uploadIds))
    .map(({ id }) => Number(id));
  return new Set(loaded.filter((id) => shareOne(database, id, uploadIds)));
}

function shareOne(database: Sqlite, fileId: number, uploadIds: readonly number[]): boolean {
  const twin = alike(database, fileId, uploadIds).find((id) => haveSameBytes(database, id, fileId));
  if (twin === undefined) return false;
  deleteRecords(database, fileId);
  database
    .prepare(
      `UPDATE SourceFile SET (firstBlock, endBlock) = (SELECT t.firstBlock, t.endBlock FROM SourceFile t WHERE t.id = ?),
       duplicate = duplicate + accepted + otherKinds, accepted = 0, otherKinds = 0, events = 0 WHERE id = ?`,
    )
    .run([twin, fileId]);
  return true;
}

/** Blocks of an upload that is about to go become those of files that share them. Returns these files. */
export function handOverBlocks(database: Sqlite, uploadId: number): number[] {
  const heirs = database
    .prepare(
      `SELECT own.id AS fileId, min(heir.id) AS heirId FROM SourceFile own
       JOIN SourceFile heir ON heir.firstBlock = own.firstBlock AND heir.endBlock = own.endBlock
       WHERE own.id IN (${PARTS}) AND heir.id NOT IN (${PARTS}) AND heir.state = 'nothing-new'
         AND EXISTS (SELECT 1 FROM RawBlock b WHERE b.fileId = own.id)
       GROUP BY own.id`,
    )
    .all([...asParts([uploadId]), ...asParts([uploadId])]);
  const handOver = database.prepare("UPDATE RawBlock SET fileId = ? WHERE fileId = ?");
  for (const { fileId, heirId } of heirs) handOver.run([Number(heirId), Number(fileId)]);
  return heirs.map(({ heirId }) => Number(heirId));
}

/** Earlier files that have blocks of their own, and of which the same was counted: settled ones, or settled together with it. */
function alike(database: Sqlite, fileId: number, uploadIds: readonly number[]): number[] {
  return database
    .prepare(
      `SELECT other.id FROM SourceFile own JOIN SourceFile other ON other.id < own.id
         AND other.unpackedBytes = own.unpackedBytes AND other.read = own.read AND other.refused = own.refused
         AND other.firstNs IS own.firstNs AND other.lastNs IS own.lastNs
       WHERE own.id = ? AND (other.state IN ('done', 'nothing-new') OR other.id IN (${PARTS}))
         AND EXISTS (SELECT 1 FROM RawBlock b WHERE b.fileId = other.id) ORDER BY other.id`,
    )
    .all([fileId, ...asParts(uploadIds)])
    .map(({ id }) => Number(id));
}

/**
 * Compared stretch by stretch, however each was cut into blocks: memory does not grow with the file. What parts the last
 * document of a block from the next is in no block.
 */
function haveSameBytes(database: Sqlite, one: number, other: number): boolean {
  const [left, right] = [new Stretches(database, one), new Stretches(database, other)];
  while (left.hasMore() && right.hasMore()) {
    const ahead = right.at - left.at;
    if (ahead !== 0) {
      const behind = ahead > 0 ? left : right;
      if (!partsDocuments(behind.take(Math.abs(ahead)))) return false;
      continue;
    }
    const length = Math.min(left.bytes.length, right.bytes.length);
    if (left.take(length).compare(right.take(length)) !== 0) return false;
  }
  return isOnlyParting(left) && isOnlyParting(right);
}

function isOnlyParting(rest: Stretches): boolean {
  while (rest.hasMore()) if (!partsDocuments(rest.take(rest.bytes.length))) return false;
  return true;
}

function partsDocuments(bytes: Buffer): boolean {
  return /^[\s,]*$/.test(bytes.toString("latin1"));
}

/** The bytes of a file, one after the other. */
class Stretches {
  bytes: Buffer = Buffer.alloc(0);
  /** Offset of `bytes` in the unpacked file. */
  at = 0;
  private readonly blocks: { id: number; offset: number; length: number }[];

  constructor(
    private readonly database: Sqlite,
    fileId: number,
  ) {
    this.blocks = database
      .prepare("SELECT id, offset, rawBytes FROM RawBlock WHERE fileId = ? ORDER BY offset DESC, id DESC")
      .all([fileId])
      .map(({ id, offset, rawBytes }) => ({
        id: Number(id),
        offset: Number(offset),
        length: Number(rawBytes),
      }));
  }

  hasMore(): boolean {
    while (this.bytes.length === 0) {
      const block = this.blocks.pop();
      if (block === undefined) return false;
      this.at = block.offset;
      this.bytes = blockBytes(this.database, block.id)?.range(0, block.length) ?? this.bytes;
    }
    return true;
  }

  take(length: number): Buffer {
    const taken = this.bytes.subarray(0, length);
    this.bytes = this.bytes.subarray(length);
    this.at += length;
    return taken;
  }
}

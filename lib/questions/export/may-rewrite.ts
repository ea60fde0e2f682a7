/** Whether any record of a capture would not leave an export byte for byte. Told before the first byte is sent. */

import type { Sqlite } from "@/lib/capture/driver";
import { openRawBlock } from "@/lib/capture/raw";

/**
 * False when every record is one line of its own: then all lines of a block are its records, and no block says more
 * about them. True also when that cannot be told, as where empty or refused lines stand between.
 */
export function mayRewrite(database: Sqlite): boolean {
  if (database.prepare("SELECT 1 FROM RawBlock WHERE notes IS NOT NULL LIMIT 1").get([]) !== undefined)
    return true;
  const blocks = database
    .prepare(
      `SELECT id, records, lead(firstLine) OVER (PARTITION BY fileId ORDER BY id) - firstLine AS lines FROM RawBlock ORDER BY id`,
    )
    .all([]);
  return blocks.some(({ id, records, lines }) =>
    lines === null ? hasLongRecord(database, Number(id), Number(records)) : lines !== records,
  );
}

/** In the last block of a file, whose end is no other's beginning. */
function hasLongRecord(database: Sqlite, blockId: number, records: number): boolean {
  const block = openRawBlock(database, blockId);
  for (let number = 0; number < records; number++)
    if (block?.record(number)?.bytes.includes("\n")) return true;
  return false;
}

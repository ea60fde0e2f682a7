/** Makes a checked capture from elsewhere one of this server's. */

import { fail, ok, type Result } from "@/lib/base/result";
import { openCapture } from "./capture-file";
import type { ImportedCapture, ImportFailure } from "./check-import";

/**
 * Brings it to this program's layout and writes its id and name. Files that were on their way when it was copied are marked: what
 * was read of them is incomplete, and their upload is elsewhere.
 */
export function adoptCapture(
  file: string,
  { captureId, name }: ImportedCapture,
): Result<ImportedCapture, ImportFailure> {
  const opened = openCapture(file);
  if (!opened.ok) return fail("capture_not_read", opened.failure.message);
  const database = opened.value;
  try {
    database.prepare("UPDATE Capture SET captureId = ?, name = ? WHERE id = 1").run([captureId, name]);
    database.exec("UPDATE SourceFile SET spool = NULL");
    database.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;");
  } finally {
    database.close();
  }
  return ok({ captureId, name });
}

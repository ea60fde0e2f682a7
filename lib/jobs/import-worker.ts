/** The process that checks a capture from elsewhere and makes it one of this server's. */

import type { Result } from "@/lib/base/result";
import { adoptCapture } from "@/lib/capture/adopt-capture";
import { checkImport, type ImportedCapture, type ImportFailure } from "@/lib/capture/check-import";

/** What it is sent: to check a file, or to give a checked one its id and name here. */
export type ImportData =
  | { readonly work: "check"; readonly file: string; readonly scratch: string }
  | { readonly work: "adopt"; readonly file: string; readonly captureId: string; readonly name: string };

export type ImportAnswer = Result<ImportedCapture, ImportFailure>;

function answer(data: ImportData): ImportAnswer {
  if (data.work === "check") return checkImport(data.file, data.scratch);
  const { file, captureId, name } = data;
  return adoptCapture(file, { captureId, name });
}

process.once("message", (data) => {
  // Without the channel nothing keeps the process alive.
  process.send?.(answer(data as ImportData), undefined, {}, () => process.disconnect());
});

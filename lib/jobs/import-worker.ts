/**
 * The process that checks a capture from elsewhere and makes it one of this server's, and that looks through those of the data folder
 * which somebody else may have written to.
 */

import type { Result } from "@/lib/base/result";
import { standBehind } from "@/lib/base/thread-priority";
import { adoptCapture } from "@/lib/capture/adopt-capture";
import { checkImport, type ImportedCapture, type ImportFailure } from "@/lib/capture/check-import";
import { findTextDamage } from "@/lib/capture/check-values";

/** What it is sent: to check a file, to give a checked one its id and name here, or to look through the texts of one after another. */
export type ImportData =
  | { readonly work: "check"; readonly file: string; readonly scratch: string }
  | { readonly work: "adopt"; readonly file: string; readonly captureId: string; readonly name: string };
type TextData = { readonly work: "texts"; readonly file: string };

export type ImportAnswer = Result<ImportedCapture, ImportFailure>;
export interface TextAnswer {
  readonly damage?: string | undefined;
}

standBehind("background");

function answer(data: ImportData): ImportAnswer {
  if (data.work === "check") return checkImport(data.file, data.scratch);
  const { file, captureId, name } = data;
  return adoptCapture(file, { captureId, name });
}

function textDamage(file: string): TextAnswer {
  try {
    return { damage: findTextDamage(file) };
  } catch {
    // No database, or one that breaks off: whoever opens it is told.
    return {};
  }
}

process.on("message", (data: ImportData | TextData) => {
  if (data.work === "texts") process.send?.(textDamage(data.file));
  // Without the channel nothing keeps the process alive.
  else process.send?.(answer(data), undefined, {}, () => process.disconnect());
});

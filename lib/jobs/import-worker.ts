/** The thread that checks a capture from elsewhere and makes it one of this server's. */

import { parentPort, workerData } from "node:worker_threads";
import type { Result } from "@/lib/base/result";
import { adoptCapture } from "@/lib/capture/adopt-capture";
import { checkImport, type ImportedCapture, type ImportFailure } from "@/lib/capture/check-import";

/** What the thread begins with: to check a file, or to give a checked one its id and name here. */
export type ImportData =
  | { readonly work: "check"; readonly file: string; readonly scratch: string }
  | { readonly work: "adopt"; readonly file: string; readonly captureId: string; readonly name: string };

export type ImportAnswer = Result<ImportedCapture, ImportFailure>;

const data = workerData as ImportData;

function answer(): ImportAnswer {
  if (data.work === "check") return checkImport(data.file, data.scratch);
  const { file, captureId, name } = data;
  return adoptCapture(file, { captureId, name });
}

parentPort?.postMessage(answer());

/** The thread that writes a masked copy: it decodes and searches every record, twice. */

import { parentPort, workerData } from "node:worker_threads";
import { standBehind } from "@/lib/base/thread-priority";
import { countRecords } from "@/lib/capture/all-records";
import { openCapture } from "@/lib/capture/capture-file";
import type { MaskKind } from "@/lib/redaction/kinds";
import type { CaseText } from "@/lib/redaction/mask-case";
import { type RedactOutcome, redactCapture } from "./redact-capture";

/** What the thread begins with. */
export interface RedactData {
  readonly file: string;
  readonly folder: string;
  readonly mask: readonly MaskKind[];
  readonly key: Uint8Array;
  readonly goesAlong?: CaseText | undefined;
  /** Not 0 once the work is not wanted any more. */
  readonly cancelled: Int32Array;
}

export type FromRedactor =
  | {
      readonly progress: {
        readonly state: "learning" | "writing";
        readonly records: number;
        readonly of: number;
      };
    }
  | { readonly outcome: RedactOutcome }
  | { readonly failure: { readonly code: string; readonly message: string } };

standBehind("background");

const { file, folder, mask, key, goesAlong, cancelled } = workerData as RedactData;
const say = (message: FromRedactor): void => parentPort?.postMessage(message);

const opened = openCapture(file, { readOnly: true });
if (opened.ok) {
  const database = opened.value;
  const of = countRecords(database);
  const outcome = redactCapture(database, {
    mask,
    key,
    folder,
    goesAlong,
    progress: (state, records) => say({ progress: { state, records, of } }),
    isCancelled: () => Atomics.load(cancelled, 0) !== 0,
  });
  database.close();
  say({ outcome });
} else say({ failure: opened.failure });

/**
 * Our side of the ingest benchmark: a plain file on disk through a capture's writer thread, until every flow is
 * in, indexed, settled, and the original bytes are kept.
 *
 * `FILE` -> one line of JSON {seconds, readSeconds, records, flows, peakMiB, captureMiB}; `readSeconds` until the last flow can be
 * browsed and filtered, before anything is settled.
 */

import { linkSync, mkdtempSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { captureFile, captureSize, createCapture } from "@/lib/capture/capture-file";
import { WriterHandle } from "@/lib/jobs/writer-handle";
import { peakMiB } from "./measure";

const [file = ""] = process.argv.slice(2);
const folder = mkdtempSync(path.join(path.dirname(file), "run-"));
const spool = path.join(folder, "spooled");
linkSync(file, spool);
const captureId = "benchcapture";
const started = performance.now();
createCapture(captureFile(folder, captureId), {
  captureId,
  name: "bench",
  createdAtMs: Date.now(),
  programVersion: "bench",
});
const writer = new WriterHandle(captureFile(folder, captureId));
let readSeconds = 0;
writer.onProgress = ({ phase }) => {
  if (phase === "settling") readSeconds = (performance.now() - started) / 1000;
};
const fileId = await writer.ask("addFile", { name: "events.log", spool, addedAtMs: Date.now() });
const report = await writer.ask("readFile", { fileId, spool, bytes: statSync(file).size, isWhole: true });
const seconds = (performance.now() - started) / 1000;
const cpu = process.cpuUsage();
const peak = peakMiB();
await writer.close();
if (report.state !== "done") throw new Error(`the file ended as ${report.state}: ${report.failure?.message}`);
console.log(
  JSON.stringify({
    seconds,
    readSeconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    records: report.read,
    flows: report.accepted,
    peakMiB: peak,
    captureMiB: captureSize(captureFile(folder, captureId)) / 2 ** 20,
  }),
);
rmSync(folder, { recursive: true });

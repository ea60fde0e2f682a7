/**
 * What it costs to add a small file to a large capture: a part from the middle of the log that the capture was made of, as another
 * node would have logged it (other uuids, another node), so that every record goes on with a connection that is there.
 *
 * `node scripts/run-ts.mjs bench/addition.ts CAPTURE.db LOG [--megabytes 10]`. The capture is copied first.
 */

import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { captureFile, deleteCapture } from "@/lib/capture/capture-file";
import { WriterHandle } from "@/lib/jobs/writer-handle";
import { bundleThreads, commit, machine, peakMiB, sizeMiB } from "./measure";

const { values, positionals } = parseArgs({
  options: { megabytes: { type: "string", default: "10" } },
  allowPositionals: true,
});
const [capture = "", log = ""] = positionals;
bundleThreads();
const folder = mkdtempSync(path.join(path.dirname(capture), "addition-"));
const file = captureFile(folder, "additionbench");
mkdirSync(path.dirname(file), { recursive: true });
copyFileSync(capture, file);
const spool = path.join(folder, "spooled");
writeFileSync(spool, asAnotherNode(middleOf(log, Number(values.megabytes) * 1e6)));

const writer = new WriterHandle(file);
let readMs: number | undefined;
const started = performance.now();
writer.onProgress = ({ phase }) => {
  if (phase === "settling") readMs ??= performance.now() - started;
};
const before = process.cpuUsage();
const fileId = await writer.ask("addFile", { name: "more.log", spool, addedAtMs: Date.now() });
const report = await writer.ask("readFile", { fileId, spool, bytes: statSync(spool).size, isWhole: true });
const { user, system } = process.cpuUsage(before);
const seconds = (performance.now() - started) / 1000;
await writer.close();
if (report.state !== "done") throw new Error(`the file ended as ${report.state}: ${report.failure?.message}`);
console.log(`machine  ${machine()}; commit ${commit()}`);
console.log(
  `capture  ${sizeMiB(capture).toFixed(0)} MiB; added ${report.accepted} flows, ${values.megabytes} MB`,
);
console.log(
  `added    ${seconds.toFixed(1)} s, of which read ${((readMs ?? 0) / 1000).toFixed(1)} s; processor time ${((user + system) / 1e6).toFixed(1)} s; peak ${peakMiB()} MiB`,
);
deleteCapture(file);
rmSync(folder, { recursive: true });

/** Whole lines from the middle of a file. */
function middleOf(name: string, bytes: number): string[] {
  const buffer = Buffer.alloc(bytes);
  const read = readSync(openSync(name, "r"), buffer, 0, bytes, Math.floor(statSync(name).size / 2));
  return buffer.toString("utf8", 0, read).split("\n").slice(1, -1);
}

function asAnotherNode(records: readonly string[]): string {
  return records
    .map((record) =>
      record
        .replaceAll(
          /"uuid":"(.)/g,
          (_, digit: string) => `"uuid":"${(15 - Number.parseInt(digit, 16)).toString(16)}`,
        )
        .replaceAll(/"node_name":"([^"]*)"/g, '"node_name":"$1-b"'),
    )
    .map((record) => `${record}\n`)
    .join("");
}

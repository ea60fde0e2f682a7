/** A decoder thread: chunks in, batches out, in order. The work itself is in decode-chunk.ts. */

import { parentPort, type TransferListItem } from "node:worker_threads";
import { standBehind } from "@/lib/base/thread-priority";
import type { FlowBatch } from "@/lib/flow/batch";
import { decodeChunk } from "./decode-chunk";
import type { ToDecoder } from "./decode-pool";
import { Packer } from "./pack";

standBehind("decoding");

const packer = new Packer();

parentPort?.on("message", ({ chunk, beginsFile }: ToDecoder) => {
  const batch = decodeChunk(chunk, packer, beginsFile);
  parentPort?.postMessage(batch, transferable(batch));
});

/** What travels without a copy. Compressed bytes are Node's own memory and cannot be transferred. */
function transferable({ columns, extras }: FlowBatch): TransferListItem[] {
  // All columns are in one piece of memory.
  return [columns.place, extras.words, extras.varied].map(({ buffer }) => buffer as ArrayBuffer);
}

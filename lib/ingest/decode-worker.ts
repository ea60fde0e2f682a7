/** A decoder thread: chunks in, batches out, in order. The work itself is in decode-chunk.ts. */

import { parentPort, type TransferListItem } from "node:worker_threads";
import type { FlowBatch } from "@/lib/flow/batch";
import { decodeChunk } from "./decode-chunk";
import { Packer } from "./pack";
import type { Chunk } from "./split";

const packer = new Packer();

parentPort?.on("message", (chunk: Chunk) => {
  const batch = decodeChunk(chunk, packer);
  parentPort?.postMessage(batch, transferable(batch));
});

/** The columns travel without a copy. Compressed bytes are Node's own memory and cannot be transferred. */
function transferable(batch: FlowBatch): TransferListItem[] {
  return Object.values(batch.columns).map((column) => column.buffer as ArrayBuffer);
}

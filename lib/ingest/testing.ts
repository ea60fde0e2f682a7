/** Files cut and decoded without threads, and their records read back from the blocks. Imported by tests only. */

import type { FlowBatch } from "@/lib/flow/batch";
import type { ReadingContext } from "@/lib/flow/reading-context";
import { decodeChunk } from "./decode-chunk";
import { LIMITS } from "./limits";
import { Packer } from "./pack";
import { Splitter } from "./split";

export type Limits = ConstructorParameters<typeof Splitter>[1];

/** The batches of the file that a batch belongs to: its block may name records of earlier ones. */
const fileOf = new WeakMap<FlowBatch, readonly FlowBatch[]>();

/** The batches of a file, fed in portions of `step` bytes. */
export function batchesOf(
  file: string | Uint8Array,
  step = 65_536,
  limits: Limits = LIMITS,
  packer = new Packer(),
): FlowBatch[] {
  const batches: FlowBatch[] = [];
  const splitter = new Splitter((chunk) => batches.push(decodeChunk(chunk, packer)), limits);
  const bytes = typeof file === "string" ? Buffer.from(file) : file;
  for (let at = 0; at < bytes.length; at += step) splitter.push(bytes.subarray(at, at + step));
  splitter.end();
  for (const batch of batches) fileOf.set(batch, batches);
  return batches;
}

/** A record as a block keeps it. */
export interface KeptRecord {
  readonly bytes: Buffer;
  readonly line: number;
  readonly context: ReadingContext | undefined;
  readonly nth: number | undefined;
}

/** The reading side, lib/capture/raw.ts and likeness.ts: a test may know both rooms. */
export interface BlockReading<Model> {
  readonly findPlace: (
    places: Uint8Array,
    wanted: number,
    firstLine: number,
  ) => { readonly start: number; readonly length: number; readonly line: number } | undefined;
  readonly openBytes: OpenBytes<Model>;
}

type OpenBytes<Model> = (
  packing: number,
  data: Uint8Array,
  modelsBefore: (blocks: number) => readonly Model[],
) => { readonly models: readonly Model[]; range(start: number, end: number): Buffer };

/** The original bytes of a batch. */
export function bytesOf<Model>(batch: FlowBatch, openBytes: OpenBytes<Model>): ReturnType<typeof openBytes> {
  const file = fileOf.get(batch) ?? [batch];
  const at = file.indexOf(batch);
  return openBytes(
    batch.block.packing,
    batch.block.data,
    (blocks) => bytesOf(file[at - blocks] as FlowBatch, openBytes).models,
  );
}

/** All records of a batch in order, refused ones too. */
export function recordsOf<Model>(
  batch: FlowBatch,
  { findPlace, openBytes }: BlockReading<Model>,
): KeptRecord[] {
  const { block, read } = batch;
  const raw = bytesOf(batch, openBytes);
  return Array.from({ length: read }, (_, record) => {
    const place = findPlace(block.places, record, block.firstLine);
    if (place === undefined) throw new Error(`no place ${record}`);
    const parts = block.notes?.parts?.[record] ?? [[place.start, place.length] as const];
    return {
      bytes: Buffer.concat(
        parts.flatMap(([start, length], index) => [
          ...(index === 0 ? [] : [Buffer.from("\n")]),
          raw.range(start, start + length),
        ]),
      ),
      line: place.line,
      context: block.notes?.contexts?.findLast(([from]) => from <= place.start)?.[1] ?? undefined,
      nth: block.notes?.nth?.[record],
    };
  });
}

export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

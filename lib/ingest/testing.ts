/** Files cut and decoded without threads, and their records read back from the blocks. Imported by tests only. */

import { uncompressSync } from "lz4-napi";
import type { FlowBatch } from "@/lib/flow/batch";
import type { ReadingContext } from "@/lib/flow/reading-context";
import { decodeChunk } from "./decode-chunk";
import { LIMITS } from "./limits";
import { Packer } from "./pack";
import { Splitter } from "./split";

export type Limits = ConstructorParameters<typeof Splitter>[1];

/** The batches of a file, fed in portions of `step` bytes. */
export function batchesOf(file: string | Uint8Array, step = 65_536, limits: Limits = LIMITS): FlowBatch[] {
  const packer = new Packer();
  const batches: FlowBatch[] = [];
  const splitter = new Splitter((chunk) => batches.push(decodeChunk(chunk, packer)), limits);
  const bytes = typeof file === "string" ? Buffer.from(file) : file;
  for (let at = 0; at < bytes.length; at += step) splitter.push(bytes.subarray(at, at + step));
  splitter.end();
  return batches;
}

/** A record as a block keeps it. */
export interface KeptRecord {
  readonly bytes: Buffer;
  readonly line: number;
  readonly context: ReadingContext | undefined;
  readonly nth: number | undefined;
}

/** The reader of places, lib/capture/raw.ts: a test may know both rooms. */
type FindPlace = (
  places: Uint8Array,
  wanted: number,
  firstLine: number,
) => { readonly start: number; readonly length: number; readonly line: number } | undefined;

/** All records of a batch in order, refused ones too. */
export function recordsOf({ block, read }: FlowBatch, findPlace: FindPlace): KeptRecord[] {
  const raw = uncompressSync(Buffer.from(block.data));
  return Array.from({ length: read }, (_, record) => {
    const place = findPlace(block.places, record, block.firstLine);
    if (place === undefined) throw new Error(`no place ${record}`);
    const parts = block.notes?.parts?.[record] ?? [[place.start, place.length] as const];
    return {
      bytes: Buffer.concat(
        parts.flatMap(([start, length], index) => [
          ...(index === 0 ? [] : [Buffer.from("\n")]),
          raw.subarray(start, start + length),
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

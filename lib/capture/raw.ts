/** Original bytes out of compressed blocks. (Written by lib/ingest/decode-chunk.ts and places.ts.) */

import { uncompressSync } from "lz4-napi";
import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import type { Sqlite } from "./driver";

export interface RawRecord {
  readonly bytes: Buffer;
  readonly fileId: number;
  readonly fileName: string;
  readonly line: number;
  /** Offset in the unpacked file. */
  readonly offset: number;
}

interface Place {
  readonly start: number;
  readonly length: number;
  readonly line: number;
}

/** The record behind a flow's row id; `undefined` when the capture has no such block or place. */
export function readRaw(database: Sqlite, rowId: number): RawRecord | undefined {
  const block = database
    .prepare(
      `SELECT b.fileId, f.name, b.offset, b.firstLine, b.places, b.data FROM RawBlock b JOIN SourceFile f ON f.id = b.fileId WHERE b.id = ?`,
    )
    .get([Math.floor(rowId / PLACES_PER_BLOCK)]);
  if (block === undefined) return undefined;
  const place = findPlace(block.places as Uint8Array, rowId % PLACES_PER_BLOCK, Number(block.firstLine));
  if (place === undefined) return undefined;
  const bytes = uncompressSync(Buffer.from(block.data as Uint8Array));
  return {
    bytes: bytes.subarray(place.start, place.start + place.length),
    fileId: Number(block.fileId),
    fileName: String(block.name),
    line: place.line,
    offset: Number(block.offset) + place.start,
  };
}

/** Walks the variable-length integers: gap, length, lines, for each record up to the wanted one. */
export function findPlace(places: Uint8Array, wanted: number, firstLine: number): Place | undefined {
  let at = 0;
  let end = 0;
  let line = firstLine;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = places[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  for (let record = 0; at < places.length; record++) {
    const start = end + next();
    const length = next();
    line += next();
    if (record === wanted) return { start, length, line };
    end = start + length;
  }
  return undefined;
}

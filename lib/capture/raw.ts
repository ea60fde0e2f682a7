/** Original bytes out of compressed blocks. (Written by lib/ingest/decode-chunk.ts and places.ts.) */

import { z } from "zod";
import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import type { ReadingContext } from "@/lib/flow/reading-context";
import type { Sqlite } from "./driver";
import { type BlockBytes, type Model, openBytes } from "./likeness";
import { ModelsRead } from "./models-read";

export interface RawRecord {
  readonly bytes: Buffer;
  readonly fileId: number;
  readonly fileName: string;
  readonly line: number;
  /** Offset in the unpacked file. */
  readonly offset: number;
  /** What a row of a table is read with. */
  readonly context: ReadingContext | undefined;
  /** Which of the records in these bytes it is, where they hold several that are no stretches of their own. */
  readonly nth: number | undefined;
}

interface Place {
  readonly start: number;
  readonly length: number;
  readonly line: number;
}

/** The record behind a flow's row id; `undefined` when the capture has no such block or place. */
export function readRaw(database: Sqlite, rowId: number): RawRecord | undefined {
  return openRawBlock(database, Math.floor(rowId / PLACES_PER_BLOCK))?.record(rowId % PLACES_PER_BLOCK);
}

/** A block of original bytes, unpacked once for all its records. */
export interface RawBlockReader {
  /** By its number in the block. */
  record(number: number): RawRecord | undefined;
}

export function openRawBlock(database: Sqlite, blockId: number): RawBlockReader | undefined {
  const block = database
    .prepare(
      `SELECT b.fileId, f.name, b.offset, b.firstLine, b.places, b.notes, b.packing, b.data FROM RawBlock b JOIN SourceFile f ON f.id = b.fileId WHERE b.id = ?`,
    )
    .get([blockId]);
  if (block === undefined) return undefined;
  const places = readPlaces(block.places as Uint8Array, Number(block.firstLine));
  const notes = typeof block.notes === "string" ? notesSchema.parse(JSON.parse(block.notes)) : undefined;
  let bytes: BlockBytes | undefined;
  return {
    record: (number) => {
      const place = places[number];
      if (place === undefined) return undefined;
      bytes ??= openBytes(Number(block.packing), block.data as Uint8Array, (blocks) =>
        modelsOf(database, blockId - blocks),
      );
      return {
        bytes: recordBytes(bytes, place, notes?.parts?.[number]),
        fileId: Number(block.fileId),
        fileName: String(block.name),
        line: place.line,
        offset: Number(block.offset) + place.start,
        context: contextAt(notes, place.start),
        nth: notes?.nth?.[number],
      };
    },
  };
}

/** The original bytes of a block; `undefined` when there is none. */
export function blockBytes(database: Sqlite, blockId: number): BlockBytes | undefined {
  return openBlock(database, blockId, (blocks) => modelsOf(database, blockId - blocks));
}

const modelsRead = new WeakMap<Sqlite, ModelsRead>();

function modelsOf(database: Sqlite, blockId: number): readonly Model[] {
  let kept = modelsRead.get(database);
  if (kept === undefined) {
    kept = new ModelsRead();
    modelsRead.set(database, kept);
  }
  return kept.of(blockId, () => readModels(database, blockId));
}

function readModels(database: Sqlite, blockId: number): readonly Model[] {
  // What stands in a block of models needs no other block.
  return openBlock(database, blockId, () => [])?.models ?? [];
}

function openBlock(
  database: Sqlite,
  blockId: number,
  modelsBefore: (blocks: number) => readonly Model[],
): BlockBytes | undefined {
  const row = database.prepare("SELECT packing, data FROM RawBlock WHERE id = ?").get([blockId]);
  return row && openBytes(Number(row.packing), row.data as Uint8Array, modelsBefore);
}

/** As lib/flow/batch.ts describes them. */
const notesSchema = z.object({
  contexts: z
    .array(
      z.tuple([
        z.number(),
        z
          .object({
            columns: z.array(z.string()),
            separator: z.enum([",", ";", "\t", "|"]).optional(),
            starts: z.array(z.number()).optional(),
          })
          .nullable(),
      ]),
    )
    .optional(),
  parts: z.record(z.string(), z.array(z.tuple([z.number(), z.number()]))).optional(),
  nth: z.record(z.string(), z.number()).optional(),
});
type Notes = z.infer<typeof notesSchema>;

/** The stretch at its place, or its parts as lines. */
function recordBytes(
  block: BlockBytes,
  place: Place,
  parts: readonly (readonly [number, number])[] | undefined,
): Buffer {
  if (parts === undefined) return block.range(place.start, place.start + place.length);
  const [first, ...more] = parts.map(([start, length]) => block.range(start, start + length));
  if (first === undefined || more.length === 0) return first ?? Buffer.alloc(0);
  return Buffer.concat([first, ...more.flatMap((part) => [Buffer.from("\n"), part])]);
}

function contextAt(notes: Notes | undefined, start: number): ReadingContext | undefined {
  return notes?.contexts?.findLast(([from]) => from <= start)?.[1] ?? undefined;
}

/** Walks the variable-length integers: gap, length, lines, for each record. */
function readPlaces(places: Uint8Array, firstLine: number): Place[] {
  const all: Place[] = [];
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
  while (at < places.length) {
    const start = end + next();
    const length = next();
    line += next();
    all.push({ start, length, line });
    end = start + length;
  }
  return all;
}

/** The place of one record. */
export function findPlace(places: Uint8Array, wanted: number, firstLine: number): Place | undefined {
  return readPlaces(places, firstLine)[wanted];
}

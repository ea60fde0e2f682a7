/**
 * Flows on their way from the decoders to a store: columns, not objects, so that they travel between
 * threads as transferable buffers.
 *
 * Dictionary ids in a batch are the decoder's own: entry `n` of a dictionary is the n-th one that this
 * decoder has sent since its last `reset`. The store translates them into its own ids.
 */

import type { Client } from "./client";
import type { ReadingContext } from "./reading-context";

/** Stands for "none" in dictionary and port columns. */
export const NONE = -1;
/** Stands for "no readable time". No real time has this value: it is below the range of the parser. */
export const UNTIMED = -(2n ** 63n);
/** Stands for "no latency". */
export const NO_LATENCY = -1n;
/** Stands for "nothing ties this record to another". */
export const NO_KEY = -(2n ** 63n);

/** A flow's id in its capture is block * PLACES_PER_BLOCK + place, so that it grows in file and line order. */
export const PLACES_PER_BLOCK = 16384;

/**
 * What the places of a block do not say of its records; kept as JSON. Absent for a block of plain lines.
 *
 * A record is otherwise the stretch at its place, and is read by itself.
 */
export interface BlockNotes {
  /** From this byte of the block on, records are read with these columns. */
  readonly contexts?: readonly (readonly [from: number, context: ReadingContext | null])[];
  /** Records that are not, or not only, the stretch at their place: start and length of each of their stretches in the block. */
  readonly parts?: Readonly<Record<number, readonly (readonly [start: number, length: number])[]>>;
  /** Records that are one of several in their document: which one, from 0. */
  readonly nth?: Readonly<Record<number, number>>;
}

export interface FlowColumns {
  /** Number of the record in its block. */
  readonly place: Int32Array;
  readonly timeNs: BigInt64Array;
  readonly kind: Int32Array;
  readonly observer: Int32Array;
  readonly source: Int32Array;
  readonly destination: Int32Array;
  readonly pair: Int32Array;
  readonly sourcePort: Float64Array;
  readonly destinationPort: Float64Array;
  readonly l7Text: Int32Array;
  readonly dnsAnswer: Int32Array;
  readonly policies: Int32Array;
  readonly latencyNs: BigInt64Array;
  readonly events: Float64Array;
  readonly hash: BigInt64Array;
  /** 1 when `hash` is that of a uuid: equal hashes are then the same record within a file too. */
  readonly hasUuid: Uint8Array;
  /** Equal in a request and its answer: 64 bits of X-Request-Id, or Kafka's correlation id. */
  readonly exchangeKey: BigInt64Array;
}

/** A dictionary entry: the first 64 bits of a SHA-256 over its values, and the values by column name. */
export interface DictionaryEntry {
  readonly hash: bigint;
  readonly values: Readonly<Record<string, string | number | null>>;
}

export const DICTIONARIES = ["kind", "observer", "endpoint", "text"] as const;
export type DictionaryName = (typeof DICTIONARIES)[number];

/**
 * A new pair: the n-th one that this decoder has sent since its last reset, like the entries of the dictionaries.
 * Its sides are the decoder's ids of endpoints.
 */
export interface BatchPair extends Client {
  readonly source: number;
  readonly destination: number;
  readonly protocol: string | undefined;
}

export interface BatchOther {
  readonly place: number;
  readonly kind: string;
  readonly timeNs: bigint;
  readonly observer: number;
  readonly lostEvents: bigint | null;
  readonly lostFromNs: bigint | null;
  readonly lostToNs: bigint | null;
  readonly detail: string;
  readonly hash: bigint;
}

/**
 * What few flows have; a row only for those that have any of it, in the order of their places. A row is EXTRA_WORDS words: place;
 * what of it the flow has, a sum of EXTRA_HAS; the decoder's text of its HTTP headers (lib/ingest/headers.ts) or NONE; the halves
 * of 64 bits of the W3C trace id; those of the trace id of an IP option, unsigned; how many bytes of `varied` are its own.
 */
export interface BatchExtras {
  readonly words: Int32Array;
  /** 64 bits of each header whose value is not in the text, for all rows one behind the other. */
  readonly varied: Uint8Array;
}

export const EXTRA_WORDS = 8;
export const EXTRA_HAS = { trace: 1, ipTrace: 2, headers: 4 } as const;

export interface BatchRefusal {
  readonly line: number;
  readonly offset: number;
  readonly code: string;
  readonly reason: string;
  readonly excerpt: string;
}

/**
 * How the original bytes of a block are packed: as they are, or as pieces one behind the other, in both cases with LZ4 around.
 */
export const BLOCK_PACKING = { plain: 0, likeness: 1 } as const;

/**
 * The pieces of a block, in the order of its bytes. All numbers are variable-length integers; each piece begins with its kind.
 *
 * `plain`: length, bytes. `model`, a record that later ones are like: its length, how many cuts it has, for each of them the gap
 * before it, its length and its CUT_KIND; then its bytes. `like` + 2 x name + 1 when a line break stands before it: a record like a
 * model. A name that was not used in this block so far is the next one, and says which model it stands for: how many blocks
 * before this one, and which model there. Then the length of the record, the length of its values, and a value for each cut.
 */
export const BLOCK_PIECE = { plain: 0, model: 1, like: 2 } as const;

/**
 * What stands in a cut. `text`: length, bytes. `uuid`: the same, or 0 and 16 bytes for one of lower-case digits in its usual spelling.
 * `repeated`: the value of the first cut again, so that nothing is kept.
 */
export const CUT_KIND = { text: 0, uuid: 1, repeated: 2 } as const;

/** Compressed original bytes with the places of the records in them. */
export interface BatchBlock {
  /** Offset of the block in the unpacked file. */
  readonly offset: number;
  readonly rawBytes: number;
  readonly records: number;
  readonly firstLine: number;
  readonly places: Uint8Array;
  readonly notes: BlockNotes | undefined;
  /** BLOCK_PACKING. */
  readonly packing: number;
  readonly data: Uint8Array;
}

export interface FlowBatch {
  readonly flows: number;
  readonly columns: FlowColumns;
  readonly dictionaries: Readonly<Record<DictionaryName, readonly DictionaryEntry[]>>;
  readonly pairs: readonly BatchPair[];
  /** True when the decoder began its dictionaries anew with this batch (their size is bounded). */
  readonly reset: boolean;
  readonly others: readonly BatchOther[];
  readonly extras: BatchExtras;
  /** The first refusals of the batch; all are counted in `refusedBy`. */
  readonly refusals: readonly BatchRefusal[];
  readonly refusedBy: Readonly<Record<string, number>>;
  readonly formats: Readonly<Record<string, number>>;
  /** Records seen: flows, others and refused. */
  readonly read: number;
  readonly block: BatchBlock;
}

import { PLACES_PER_BLOCK } from "@/lib/flow/batch";

/** Bounds of reading. Each one that is hit is told to the reader by name. */
export const LIMITS = {
  /** A record is at most this long; longer ones are refused and skipped as a stream. */
  recordBytes: 16 * 1024 * 1024,
  /** Nesting of a record that is scanned: a long one, or one over several lines. Hubble's own stays below 12. */
  depth: 64,
  /** Values in such a record, so that a line of nothing but brackets cannot use up a decoder's memory. */
  values: 100_000,
  /** Shorter lines that open and close with braces are handed on unseen. */
  scannedFrom: 16 * 1024,
  /** Bytes that are cut into one block; a single longer record makes a longer block. */
  blockBytes: 512 * 1024,
  /** Documents that are cut into one block: half of the places, because a line may hold several records. */
  blockDocuments: PLACES_PER_BLOCK / 2,
  /** Refusals listed with line and reason, per block; the rest is counted. */
  refusalsPerBatch: 100,
  excerptChars: 200,
  /** A decoder's dictionaries begin anew beyond this many characters of keys. */
  dictionaryChars: 12_000_000,
} as const;

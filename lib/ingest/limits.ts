/** Bounds of reading. Each one that is hit is told to the reader by name. */
export const LIMITS = {
  /** A record is at most this long; longer ones are refused and skipped as a stream. */
  recordBytes: 16 * 1024 * 1024,
  /** Nesting of a record that spreads over several lines. Hubble's own stays below 12. */
  depth: 64,
  /** Bytes that are cut into one block; a single longer record makes a longer block. */
  blockBytes: 512 * 1024,
  /** Refusals listed with line and reason, per file; the rest is counted. */
  refusalsListed: 1000,
  refusalsPerBatch: 100,
  excerptChars: 200,
  /** A decoder's dictionaries begin anew beyond this many characters of keys. */
  dictionaryChars: 12_000_000,
} as const;

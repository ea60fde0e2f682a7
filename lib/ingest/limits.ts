import { PLACES_PER_BLOCK } from "@/lib/flow/batch";

const MIB = 1024 * 1024;

/** Bounds of reading. Each one that is hit is told to the reader by name. The table stands in docs/formats.md. */
export const LIMITS = {
  /** A record is at most this long; longer ones are refused and skipped as a stream. */
  recordBytes: 16 * MIB,
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

/** Bounds of unpacking one upload. */
export const PACKING_LIMITS = {
  /** What one packed upload may unpack to, all entries together. */
  unpackedBytes: 128 * 1024 * MIB,
  /**
   * What is unpacked from each packed byte, on the average. Flow logs carry times and uuids that do not compress:
   * measured 15 to 60.
   */
  ratio: 250,
  /** The ratio counts from here on: a small log of nothing but equal lines is no bomb. */
  ratioFrom: 64 * MIB,
  /** Packings one in the other; a .gz in a .tar.gz in a .zip are four. */
  layers: 6,
  /** Entries of all archives that are looked at, folders and links included. */
  entries: 100_000,
  /** Entries that are read as files. */
  files: 10_000,
  /** Memory that a zstd frame may ask for. What `zstd -19` writes asks for 8 MiB. */
  zstdWindow: 64 * MIB,
  /**
   * Of so much packed, in gzip or an entry of a zip, all is kept to unpack it again up to where it is damaged. A rotated log is
   * smaller.
   */
  packedKept: 8 * MIB,
  /** A zip within another archive is copied to the disk, because it is read from its end. */
  scratchBytes: 8 * 1024 * MIB,
  /** Longest name or extended header in a tar archive. */
  headerBytes: MIB,
  /** An entry without any record so far is left aside. */
  probeBytes: 4 * MIB,
  /** Of a name that is shown, the end. */
  nameChars: 255,
} as const;

export type PackingLimits = Readonly<Record<keyof typeof PACKING_LIMITS, number>>;

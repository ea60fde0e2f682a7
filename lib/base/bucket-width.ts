/** Widths of buckets of time: a fixed list, aligned to the epoch, so that equal scopes give equal buckets. */

const MS = 1_000_000n;
const SECOND = 1000n * MS;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

/** In nanoseconds. Each that matters to a reader: 1-2-5 below a second, clock parts above. */
export const BUCKET_WIDTHS: readonly bigint[] = [
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n].map((n) => n * MS),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((n) => n * SECOND),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((n) => n * MINUTE),
  ...[1n, 2n, 3n, 6n, 12n].map((n) => n * HOUR),
  ...[1n, 2n, 5n, 10n, 30n, 100n, 365n, 1000n, 3650n, 10_000n, 30_000n, 100_000n].map((n) => n * DAY),
];

/** The narrowest width that cuts the span into at most `buckets`, wherever it begins. */
export function bucketWidth(spanNs: bigint, buckets: number): bigint {
  const most = BigInt(Math.max(2, buckets));
  const fitting = BUCKET_WIDTHS.find((width) => spanNs / width + 2n <= most);
  return fitting ?? (BUCKET_WIDTHS[BUCKET_WIDTHS.length - 1] as bigint);
}

/** The start of the bucket that holds the time; also before 1970. */
export function alignDown(ns: bigint, width: bigint): bigint {
  const rest = ns % width;
  return ns - (rest < 0n ? rest + width : rest);
}

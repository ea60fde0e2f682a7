/** Starts of the buckets between two instants, as an answer gives them; all in decimal nanoseconds. */
export function bucketStarts(fromNs: string | null, toNs: string | null, bucketNs: string): string[] {
  if (fromNs === null || toNs === null) return [];
  const starts: string[] = [];
  for (let start = BigInt(fromNs); start < BigInt(toNs); start += BigInt(bucketNs))
    starts.push(String(start));
  return starts;
}

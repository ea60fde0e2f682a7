/** Lists of numbers as the store adds them up. */

import type { SqlValue } from "@/lib/capture/driver";

/** `640,641,640`: how often each is there; `2:7,3:1,2:1`: how often is said. */
export function bucketCounts(list: SqlValue | undefined): Map<number, number> {
  const counts = new Map<number, number>();
  if (typeof list !== "string") return counts;
  for (const one of list.split(",")) {
    const colon = one.indexOf(":");
    const key = Number(colon < 0 ? one : one.slice(0, colon));
    counts.set(key, (counts.get(key) ?? 0) + (colon < 0 ? 1 : Number(one.slice(colon + 1))));
  }
  return counts;
}

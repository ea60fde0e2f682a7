/** Lists of numbers as the store adds them up. */

import type { SqlValue } from "@/lib/capture/driver";

const COMMA = 44;
const COLON = 58;
const ZERO = 48;

/**
 * `640,641,640`: how often each is there; `2:7,3:1,2:1`: how often is said. Read character by character, because a list can hold a number
 * for each of some hundred thousand connections.
 */
export function bucketCounts(list: SqlValue | undefined): Map<number, number> {
  const counts = new Map<number, number>();
  if (typeof list !== "string" || list === "") return counts;
  let [key, number, isSaid] = [0, 0, false];
  for (let at = 0; at <= list.length; at++) {
    const code = at === list.length ? COMMA : list.charCodeAt(at);
    if (code === COLON) [key, number, isSaid] = [number, 0, true];
    else if (code !== COMMA) number = number * 10 + code - ZERO;
    else {
      if (!isSaid) key = number;
      counts.set(key, (counts.get(key) ?? 0) + (isSaid ? number : 1));
      [number, isSaid] = [0, false];
    }
  }
  return counts;
}

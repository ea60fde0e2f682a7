/** What is open or pinned, as it stands in the link. */

import { parsedOr } from "@/lib/insight/map/focus";
import type { Places } from "@/lib/insight/map/layout";

/** Keys of spots: one is a spot, two are a line from the first to the second. */
export function readKeys(text: string | undefined): readonly string[] {
  const parsed = parsedOr(text, []);
  const isKeys = Array.isArray(parsed) && parsed.every((key) => typeof key === "string");
  return isKeys && parsed.length <= 2 ? parsed : [];
}

export function writeKeys(...keys: readonly string[]): string {
  return JSON.stringify(keys);
}

/** `{"a":[12,-40]}`: places given by hand. */
export function readPins(text: string | undefined): Places {
  const parsed = parsedOr(text, {});
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return new Map();
  return new Map(
    Object.entries(parsed).flatMap(([key, place]) => {
      if (!Array.isArray(place)) return [];
      const [x, y] = place as unknown[];
      return Number.isFinite(x) && Number.isFinite(y) ? [[key, { x: Number(x), y: Number(y) }] as const] : [];
    }),
  );
}

/** Absent when there are none, so that the link stays short. */
export function writePins(pins: Places): string | null {
  if (pins.size === 0) return null;
  return JSON.stringify(
    Object.fromEntries([...pins].map(([key, { x, y }]) => [key, [Math.round(x), Math.round(y)]])),
  );
}

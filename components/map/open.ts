/** What is open, focused or pinned, as it stands in the link. */

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

export type Focus =
  | { readonly kind: "near"; readonly key: string; readonly steps: number }
  | { readonly kind: "ways"; readonly from: string; readonly to: string };

/** `["a",1]`: within one step of a. `["a","b"]`: the ways from a to b. */
export function readFocus(text: string | undefined): Focus | undefined {
  const parsed = parsedOr(text, undefined);
  if (!Array.isArray(parsed) || parsed.length !== 2) return undefined;
  const [first, second] = parsed as unknown[];
  if (typeof first !== "string") return undefined;
  if (second === 1 || second === 2) return { kind: "near", key: first, steps: second };
  return typeof second === "string" ? { kind: "ways", from: first, to: second } : undefined;
}

export function writeFocus(focus: Focus): string {
  return JSON.stringify(focus.kind === "near" ? [focus.key, focus.steps] : [focus.from, focus.to]);
}

/** Groups that are shown whole. */
export function readUnfolded(text: string | undefined): ReadonlySet<string> {
  const parsed = parsedOr(text, []);
  return new Set(Array.isArray(parsed) ? parsed.map(String) : []);
}

export function writeUnfolded(groups: Iterable<string>): string {
  return JSON.stringify([...new Set(groups)].sort());
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

function parsedOr(text: string | undefined, fallback: unknown): unknown {
  if (text === undefined) return fallback;
  try {
    return JSON.parse(text);
  } catch {
    return fallback;
  }
}

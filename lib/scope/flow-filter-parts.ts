/**
 * FlowFilters as conditions. Within a filter members are AND and the values of a member OR; filters of a list are OR. Our filter
 * has no OR between terms, so a list is brought down to one filter, by rules that keep its meaning: two that differ in the
 * values of one member, or in the side of one member.
 */

import type { Side } from "./keys";

/** A member of a FlowFilter: `pod` on the side `from`, with its values. */
export interface Part {
  readonly member: string;
  readonly side: Side | undefined;
  readonly values: readonly unknown[];
}

export interface Parts {
  readonly parts: readonly Part[];
  /** Members that Hubble wants to match on the same side, which ours do not ask for. */
  readonly isLoose: boolean;
}

const key = ({ member, side, values }: Part): string =>
  JSON.stringify([member, side, values.map((value) => JSON.stringify(value)).sort()]);
const name = ({ member, side }: Part): string => `${side ?? ""} ${member}`;

/** As few as can be; their order does not matter. `isExact`: only what means the same. */
export function mergeFilters(filters: readonly Parts[], isExact: boolean): Parts[] {
  const rules = isExact ? [joinValues, joinSides] : [joinValues, joinSides, joinTwins];
  let left = [...filters];
  for (const rule of rules) left = mergeBy(left, rule);
  // What one rule left can be work for another.
  return left.length < filters.length ? mergeFilters(left, isExact) : left;
}

type Rule = (a: Parts, b: Parts) => Parts | undefined;

function mergeBy(filters: readonly Parts[], rule: Rule): Parts[] {
  const merged: Parts[] = [];
  for (const filter of filters) {
    const at = merged.findIndex((other) => rule(other, filter) !== undefined);
    const found = at < 0 ? undefined : rule(merged[at] as Parts, filter);
    if (found === undefined) merged.push(filter);
    else merged[at] = found;
  }
  return merged;
}

/** Parts that only one of both has. */
function differences(a: readonly Part[], b: readonly Part[]): [Part[], Part[]] {
  const [ofA, ofB] = [new Set(a.map(key)), new Set(b.map(key))];
  return [a.filter((part) => !ofB.has(key(part))), b.filter((part) => !ofA.has(key(part)))];
}

/** Equal but for the values of one member: the values of both. Equal ones are one. */
function joinValues(a: Parts, b: Parts): Parts | undefined {
  const [[onlyA, ...moreA], [onlyB, ...moreB]] = differences(a.parts, b.parts);
  const isLoose = a.isLoose || b.isLoose;
  if (onlyA === undefined && onlyB === undefined) return { ...a, isLoose };
  if (onlyA === undefined || onlyB === undefined || moreA.length + moreB.length > 0) return undefined;
  if (name(onlyA) !== name(onlyB)) return undefined;
  const values = [...onlyA.values, ...onlyB.values];
  return { parts: a.parts.map((part) => (part === onlyA ? { ...part, values } : part)), isLoose };
}

/** Equal but for the side of one member: either side. */
function joinSides(a: Parts, b: Parts): Parts | undefined {
  const [[onlyA, ...moreA], [onlyB, ...moreB]] = differences(a.parts, b.parts);
  if (onlyA === undefined || onlyB === undefined || moreA.length + moreB.length > 0) return undefined;
  const sides = new Set([onlyA.side, onlyB.side]);
  if (!sides.has("from") || !sides.has("to")) return undefined;
  if (key({ ...onlyA, side: "either" }) !== key({ ...onlyB, side: "either" })) return undefined;
  const isLoose = a.isLoose || b.isLoose;
  return { parts: a.parts.map((part) => (part === onlyA ? { ...part, side: "either" } : part)), isLoose };
}

/** The two filters that Hubble makes of `--pod A --port 1`: all of it at the source, or all of it at the destination. */
function joinTwins(a: Parts, b: Parts): Parts | undefined {
  const [ofA, ofB] = differences(a.parts, b.parts);
  if (ofA.length < 2 || ofA.length !== ofB.length) return undefined;
  const sides = [new Set(ofA.map(({ side }) => side)), new Set(ofB.map(({ side }) => side))];
  if (
    sides.some(({ size }) => size !== 1) ||
    !sides.some((set) => set.has("from")) ||
    !sides.some((set) => set.has("to"))
  )
    return undefined;
  const either = (part: Part): Part => ({ ...part, side: "either" });
  const wanted = new Set(ofB.map((part) => key(either(part))));
  if (!ofA.every((part) => wanted.has(key(either(part))))) return undefined;
  return { parts: a.parts.map((part) => (ofA.includes(part) ? either(part) : part)), isLoose: true };
}

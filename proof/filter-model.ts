/**
 * Every key of the filter that the records themselves answer, as a slow and obvious program reads it: written from the
 * meaning of the flags of `hubble observe` (docs/filter.md), over the JSON of the model, sharing nothing with the program.
 */

import type { ProofCapture } from "./captures";
import { PLAIN } from "./filter-keys";
import { SIDED, type Side } from "./filter-sides";
import { type ModelFlow, sumEvents } from "./model";

export interface ModelTerm {
  readonly key: string;
  readonly text: string;
  holds(flow: ModelFlow): boolean;
}

const written = (value: string): string =>
  /^[\w.-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;

/** Terms of one value each, as the flows have them; of every key and side, at most so many. */
export function termsOver(flows: readonly ModelFlow[], most: number): ModelTerm[] {
  const few = (values: readonly string[]): string[] => {
    const all = [...new Set(values)].sort();
    const step = Math.max(1, Math.ceil(all.length / most));
    return all.filter((_, index) => index % step === 0);
  };
  const plain = PLAIN.flatMap(({ key, values, holds }) =>
    few(flows.flatMap(values)).map(
      (value): ModelTerm => ({
        key,
        text: `${key}:${key === "tcp-flags" ? value : written(value)}`,
        holds: (flow) => holds(value, flow),
      }),
    ),
  );
  const sides: readonly [string, readonly Side[]][] = [
    ["", ["source", "destination"]],
    ["from-", ["source"]],
    ["to-", ["destination"]],
  ];
  const sided = SIDED.flatMap(({ key, values, holds }) =>
    sides.flatMap(([prefix, at]) =>
      few(flows.flatMap((flow) => at.flatMap((side) => values(flow, side)))).map(
        (value): ModelTerm => ({
          key: `${prefix}${key}`,
          text: `${prefix}${key}:${written(value)}`,
          holds: (flow) => at.some((side) => holds(value, flow, side)),
        }),
      ),
    ),
  );
  return [...plain, ...sided];
}

/** Filters whose answer is another than that of the slow way, with both. */
export function differences(
  proof: ProofCapture,
  flows: readonly ModelFlow[],
  filters: readonly ModelTerm[],
): string[] {
  return filters.flatMap(({ text: q, holds }) => {
    const found = flows.filter(holds);
    const { total } = proof.ask("flows", { q, limit: "1" });
    const told = `${total?.records} records, ${total?.events} events`;
    const expected = `${found.length} records, ${sumEvents(found)} events`;
    return told === expected ? [] : [`${q}: ${told} instead of ${expected}`];
  });
}

/** Each term, every third of them negated, and so many filters of two or three, by a number that begins them. */
export function filtersOver(
  flows: readonly ModelFlow[],
  most: number,
  together: number,
  seed: number,
): ModelTerm[] {
  const terms = termsOver(flows, most);
  const negated = terms.filter((_, index) => index % 3 === 0).map(negate);
  const random = numbersFrom(seed);
  const pick = (): ModelTerm => {
    const all = random() < 0.3 ? negated : terms;
    return all[Math.floor(random() * all.length)] as ModelTerm;
  };
  const combined = Array.from({ length: together }, (): ModelTerm => {
    const parts = Array.from({ length: random() < 0.5 ? 2 : 3 }, pick);
    return {
      key: "",
      text: parts.map((part) => part.text).join(" "),
      holds: (flow) => parts.every((part) => part.holds(flow)),
    };
  });
  return [...terms, ...negated, ...combined];
}

function negate({ key, text: positive, holds }: ModelTerm): ModelTerm {
  return { key, text: `!${positive}`, holds: (flow) => !holds(flow) };
}

/** Numbers from 0 to 1, the same for the same seed. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

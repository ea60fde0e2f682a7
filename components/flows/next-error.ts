/** The next flow that tells of an error, or the one before: dropped, failed, an HTTP status from 500, a DNS error. */

import { capturePath, getJson } from "@/components/frame/api";
import { IS_DROP } from "@/components/frame/flows-address";
import { parsedValue } from "@/components/frame/parsed-value";
import type { FlowRow, FlowsAnswer } from "@/lib/questions/answers";
import { makeTerm, type Term } from "@/lib/scope/filter";
import { encodeScope, type Scope } from "@/lib/scope/link";

/**
 * One of these holds for an error. Each is asked for by itself: a filter joins its terms by AND. What was dropped without a loss is left
 * out, as where drops are counted, and so are attempts of a search list, which are bound to fail.
 */
export const ERRORS: readonly (readonly Term[])[] = [
  [IS_DROP],
  [makeTerm("verdict", [{ type: "enum", name: "ERROR" }])],
  ...statusTerms().map((term) => [term]),
  [
    makeTerm("dns-rcode", [{ type: "enum", name: "NOERROR" }, { type: "none" }, { type: "unknown" }], {
      negated: true,
    }),
    makeTerm("expansion", [{ type: "word", word: "yes" }], { negated: true }),
  ],
];

function statusTerms(): Term[] {
  const value = parsedValue("http-status", "5+");
  return value === undefined ? [] : [makeTerm("http-status", [value])];
}

/** Rows of one instant that are passed over at most. */
const ALIKE = 200;

type Place = Pick<FlowRow, "id" | "time">;
type Ask = (terms: readonly Term[]) => Promise<readonly Place[]>;

/** Nearest behind (or before) the place in the order of time; undefined when there is none. Needs a time. */
export async function nextError(
  captureId: string,
  scope: Scope,
  place: Place,
  direction: "next" | "previous",
): Promise<string | undefined> {
  const { time } = place;
  if (time === null) return undefined;
  const order = direction === "next" ? "asc" : "desc";
  return nearest(place, direction, async (terms) => {
    const params = encodeScope({ ...scope, filter: { terms: [...scope.filter.terms, ...terms] } });
    for (const [name, value] of Object.entries({ order, at: time, limit: String(ALIKE), total: "false" }))
      params.set(name, value);
    return (await getJson<FlowsAnswer>(capturePath(captureId, "/flows"), { params })).flows;
  });
}

/** `ask` gives rows at the place's time or beyond it, in the order of the direction. */
export async function nearest(
  place: Place,
  direction: "next" | "previous",
  ask: Ask,
): Promise<string | undefined> {
  const answers = await Promise.all(ERRORS.map(ask));
  const first = answers
    .flatMap((rows) => {
      // Behind the place itself, where it is an error too; rows of the same instant before it were passed already.
      const at = rows.findIndex(({ id }) => id === place.id);
      return rows
        .slice(at + 1)
        .filter(({ time }) => at >= 0 || time !== place.time)
        .slice(0, 1);
    })
    .sort((a, b) => compare(a.time ?? "", b.time ?? "") * (direction === "next" ? 1 : -1))[0];
  return first?.id;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

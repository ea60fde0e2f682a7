/** What has no place of its own in a picture: its sum over time, and filters that find exactly its drops. */

import type { DropRow, DropsAnswer, DropsBy } from "@/lib/questions/answers-drops";
import { formatFilter, formatValue, type Term } from "@/lib/scope/filter";
import { filterTerms } from "./drop-words";

export interface Others {
  /** Rows with most drops. */
  readonly shown: readonly DropRow[];
  /** How many rows there are besides, the folded ones among them. */
  readonly rows: number;
  readonly drops: number;
  readonly trend: DropRow["trend"];
  /** Each drop of the others is found by one of them, and by no other. */
  readonly parts: readonly OthersPart[];
}

interface OthersPart {
  /** Where the others are told apart by it: two terms cannot be turned round as one. */
  readonly decidedBy: DropsAnswer["decided"][number]["decidedBy"] | null;
  readonly filter: string;
}

export function othersOf(by: DropsBy, answer: DropsAnswer, most: number): Others {
  const sorted = [...answer.rows].sort((a, b) => b.drops - a.drops);
  const [shown, rest] = [sorted.slice(0, most), sorted.slice(most)];
  const rows = rest.length + answer.folded.rows;
  return {
    shown,
    rows,
    drops: sumOf(rest) + answer.folded.drops,
    trend: addUp([...rest, answer.folded]),
    parts: rows === 0 ? [] : by === "policy" ? decidedParts(answer, shown) : [partBut(shown, null)],
  };
}

/** A row by policy is what decided and the policies that were named: what decided is kept, the policies are turned round. */
function decidedParts({ decided }: DropsAnswer, shown: readonly DropRow[]): OthersPart[] {
  return decided.flatMap(({ decidedBy, drops }) => {
    const same = shown.filter(({ key }) => key.decidedBy === decidedBy);
    return drops > sumOf(same) ? [partBut(same, decidedBy)] : [];
  });
}

function partBut(rows: readonly DropRow[], decidedBy: OthersPart["decidedBy"]): OthersPart {
  const told = rows.flatMap(({ filter }) => filterTerms(filter).filter(({ key }) => !KEPT.includes(key)));
  const kept = ["drop:yes", ...(decidedBy === null ? [] : [`decided-by:${decidedBy}`])];
  const [first] = told;
  const but =
    first === undefined ? [] : [`!${first.key}:${[...new Set(told.flatMap(valueTexts))].join(",")}`];
  return { decidedBy, filter: formatFilter({ terms: filterTerms([...kept, ...but].join(" ")) }) };
}

const KEPT: readonly string[] = ["drop", "decided-by"];

function valueTexts(term: Term): string[] {
  // The values belong to the key of their term; the union of all terms cannot say so to the compiler.
  return term.values.map((value) => formatValue(term.key, value as never));
}

function sumOf(rows: readonly { readonly drops: number }[]): number {
  return rows.reduce((sum, { drops }) => sum + drops, 0);
}

function addUp(rows: readonly Pick<DropRow, "trend">[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const { trend } of rows)
    for (const [start, count] of trend) sums.set(start, (sums.get(start) ?? 0) + count);
  return [...sums];
}

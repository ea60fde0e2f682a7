/**
 * Left to right by who asks whom, for graphs that are too large for a layout with bends: columns of spots, ordered by those
 * whom they talk to. Its time grows with the number of lines; the same graph gives the same places.
 */

import { groupBy } from "@/lib/base/group";
import type { LayoutInput, Place, Places } from "./layout";

const COLUMN = 230;
const ROW = 34;
/** Steps from left to right at most; longer ways share some. */
const MOST_STEPS = 9;
/** Rows of a column; more spots of one step stand in columns side by side. */
const MOST_ROWS = 40;
const SWEEPS = 6;

interface Link {
  readonly from: number;
  readonly to: number;
}

export function columns({ spots, lines }: LayoutInput): Places {
  const links = forwards(
    spots.length,
    lines.flatMap(([from, to]) => (from === to ? [] : [{ from, to }])),
  );
  const steps = stepsOf(spots.length, links);
  const order = ordered(steps, links);
  const places = new Map<string, Place>();
  let column = 0;
  for (const step of [...order.keys()].sort((a, b) => a - b)) {
    const members = order.get(step) ?? [];
    const beside = Math.ceil(members.length / MOST_ROWS);
    members.forEach((at, nth) => {
      const row = Math.floor(nth / beside) - members.length / beside / 2;
      places.set(spots[at]?.key ?? "", { x: (column + (nth % beside)) * COLUMN, y: row * ROW });
    });
    column += beside;
  }
  return places;
}

/** Without those against the stream, as few as a greedy order leaves (Eades, Lin and Smyth): no way leads back then. */
function forwards(count: number, links: readonly Link[]): Link[] {
  const position = new Array<number>(count).fill(0);
  streamOrder(count, links).forEach((at, nth) => {
    position[at] = nth;
  });
  return links.filter(({ from, to }) => (position[from] ?? 0) < (position[to] ?? 0));
}

/** Who is asked by nobody left comes first, who asks nobody left last; else first who asks most more than it is asked. */
function streamOrder(count: number, links: readonly Link[]): number[] {
  const after = groupBy(links, ({ from }) => from);
  const before = groupBy(links, ({ to }) => to);
  const asks = Array.from({ length: count }, (_, at) => after.get(at)?.length ?? 0);
  const asked = Array.from({ length: count }, (_, at) => before.get(at)?.length ?? 0);
  const left = new Set(asks.keys());
  const [first, last]: [number[], number[]] = [[], []];
  const take = (at: number, into: number[]): void => {
    left.delete(at);
    into.push(at);
    for (const { to } of after.get(at) ?? []) asked[to] = (asked[to] ?? 0) - 1;
    for (const { from } of before.get(at) ?? []) asks[from] = (asks[from] ?? 0) - 1;
  };
  while (left.size > 0) {
    let most: number | undefined;
    let isTaken = false;
    for (const at of left) {
      const into = asked[at] === 0 ? first : asks[at] === 0 ? last : undefined;
      if (into !== undefined) {
        take(at, into);
        isTaken = true;
      } else if (most === undefined || lead(at) > lead(most)) most = at;
    }
    if (!isTaken && most !== undefined) take(most, first);
  }
  return [...first, ...last.reverse()];

  function lead(at: number): number {
    return (asks[at] ?? 0) - (asked[at] ?? 0);
  }
}

/** The longest way to each spot, squeezed into a few steps. */
function stepsOf(count: number, links: readonly Link[]): number[] {
  const after = groupBy(links, ({ from }) => from);
  const open = new Array<number>(count).fill(0);
  for (const { to } of links) open[to] = (open[to] ?? 0) + 1;
  const steps = new Array<number>(count).fill(0);
  const ready = open.flatMap((n, at) => (n === 0 ? [at] : []));
  for (let at = ready.pop(); at !== undefined; at = ready.pop())
    for (const { to } of after.get(at) ?? []) {
      steps[to] = Math.max(steps[to] ?? 0, (steps[at] ?? 0) + 1);
      open[to] = (open[to] ?? 0) - 1;
      if (open[to] === 0) ready.push(to);
    }
  const most = steps.reduce((a, b) => Math.max(a, b), 0);
  return most <= MOST_STEPS ? steps : steps.map((step) => Math.round((step * MOST_STEPS) / most));
}

/** Spots of each step; each next to the middle of those whom it talks to, by turns from the left and from the right. */
function ordered(steps: readonly number[], links: readonly Link[]): Map<number, number[]> {
  const order = groupBy([...steps.keys()], (at) => steps[at] ?? 0);
  const rows = new Array<number>(steps.length).fill(0);
  const number = (members: readonly number[]) =>
    members.forEach((at, row) => {
      rows[at] = row - members.length / 2;
    });
  for (const members of order.values()) number(members);
  const before = groupBy(links, ({ to }) => to);
  const after = groupBy(links, ({ from }) => from);
  const middle = (at: number, fromLeft: boolean): number => {
    const others = fromLeft
      ? (before.get(at) ?? []).map(({ from }) => from)
      : (after.get(at) ?? []).map(({ to }) => to);
    if (others.length === 0) return rows[at] ?? 0;
    return others.reduce((sum, other) => sum + (rows[other] ?? 0), 0) / others.length;
  };
  const left = [...order.keys()].sort((a, b) => a - b);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const fromLeft = sweep % 2 === 0;
    for (const step of fromLeft ? left : [...left].reverse()) {
      const members = order.get(step) ?? [];
      const wanted = new Map(members.map((at) => [at, middle(at, fromLeft)]));
      members.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || a - b);
      number(members);
    }
  }
  return order;
}

/** Who is near whom on the map, and the ways between two. */

import { groupBy } from "@/lib/base/group";

interface Link {
  readonly from: string;
  readonly to: string;
}

/** Everyone within so many steps, whichever way the lines go. */
export function within(links: readonly Link[], start: string, steps: number): Set<string> {
  const reached = new Set([start]);
  for (let step = 0; step < steps; step++) {
    const before = new Set(reached);
    for (const { from, to } of links) {
      if (before.has(from)) reached.add(to);
      if (before.has(to)) reached.add(from);
    }
  }
  return reached;
}

/**
 * The links on all shortest ways from one to the other along the lines; where there is none, from the other to the one, and
 * else whichever way the lines go. Empty: they are not connected.
 */
export function waysBetween<L extends Link>(links: readonly L[], a: string, b: string): L[] {
  const there = shortest(links, a, b);
  if (there.length > 0) return there;
  const back = shortest(links, b, a);
  if (back.length > 0) return back;
  const turned = links.map((link) => ({ from: link.to, to: link.from, link }));
  const both = [...links.map((link) => ({ from: link.from, to: link.to, link })), ...turned];
  return [...new Set(shortest(both, a, b).map(({ link }) => link))];
}

function shortest<L extends Link>(links: readonly L[], a: string, b: string): L[] {
  const away = steps(links, a);
  const home = steps(
    links.map(({ from, to }) => ({ from: to, to: from })),
    b,
  );
  const length = away.get(b);
  if (length === undefined || a === b) return [];
  return links.filter(({ from, to }) => {
    const [before, after] = [away.get(from), home.get(to)];
    return before !== undefined && after !== undefined && before + 1 + after === length;
  });
}

function steps(links: readonly Link[], start: string): Map<string, number> {
  const after = groupBy(links, ({ from }) => from);
  const found = new Map([[start, 0]]);
  let edge = [start];
  for (let step = 1; edge.length > 0; step++) {
    const next: string[] = [];
    for (const key of edge)
      for (const { to } of after.get(key) ?? [])
        if (!found.has(to)) {
          found.set(to, step);
          next.push(to);
        }
    edge = next;
  }
  return found;
}

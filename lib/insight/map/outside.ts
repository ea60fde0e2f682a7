/** Places of what is not inside the cluster: columns of clients and servers, a row of what belongs to nodes. */

import { groupBy } from "@/lib/base/group";
import type { LayoutInput, LayoutSpot, Place } from "./layout";

/** Between the cluster and a column, between columns, between rows, and above a domain for its name. */
const MARGIN = 190;
const COLUMN = 230;
const ROW = 34;
const HEAD = 38;
/** From the cluster to the row below. */
const BELOW = 105;
/** Between spots of that row. */
const STEP = 120;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function boxOf(inside: ReadonlyMap<string, Place>): Box {
  const xs = [...inside.values()].map(({ x }) => x);
  const ys = [...inside.values()].map(({ y }) => y);
  if (xs.length === 0) return { left: 0, right: 0, top: 0, bottom: 0 };
  return least(xs, ys);
}

function least(xs: readonly number[], ys: readonly number[]): Box {
  return {
    left: xs.reduce((a, b) => Math.min(a, b)),
    right: xs.reduce((a, b) => Math.max(a, b)),
    top: ys.reduce((a, b) => Math.min(a, b)),
    bottom: ys.reduce((a, b) => Math.max(a, b)),
  };
}

/** Domains stand beside those whom they talk to most. */
export function placeSides(input: LayoutInput, inside: ReadonlyMap<string, Place>): Map<string, Place> {
  const box = boxOf(inside);
  const pull = pulls(input, inside, "y");
  const places = new Map<string, Place>();
  for (const zone of ["clients", "servers"] as const) {
    const groups = groupsOf(input, zone, pull);
    const edge = zone === "clients" ? box.left - MARGIN : box.right + MARGIN;
    const away = zone === "clients" ? -COLUMN : COLUMN;
    stack(groups, box).forEach((column, at) => {
      const height = column.reduce((sum, group) => sum + HEAD + group.length * ROW, 0);
      let y = (box.top + box.bottom) / 2 - height / 2;
      for (const group of column) {
        y += HEAD;
        for (const { key } of group) {
          places.set(key, { x: edge + at * away, y });
          y += ROW;
        }
      }
    });
  }
  return places;
}

/** Columns as high as the cluster, at least a few rows. */
function stack(groups: readonly (readonly LayoutSpot[])[], { top, bottom }: Box): LayoutSpot[][][] {
  const most = Math.max(bottom - top, 520);
  const columns: LayoutSpot[][][] = [];
  let height = Number.POSITIVE_INFINITY;
  for (const group of groups) {
    const own = HEAD + group.length * ROW;
    if (height + own > most) {
      columns.push([]);
      height = 0;
    }
    columns.at(-1)?.push([...group]);
    height += own;
  }
  return columns;
}

function groupsOf(
  { spots }: LayoutInput,
  zone: "clients" | "servers",
  pull: ReadonlyMap<string, number>,
): LayoutSpot[][] {
  const groups = groupBy(
    spots.filter((spot) => spot.zone === zone),
    ({ group }) => group,
  );
  const order = (spot: LayoutSpot): number => pull.get(spot.key) ?? 0;
  const middle = (group: readonly LayoutSpot[]) =>
    group.reduce((sum, spot) => sum + order(spot), 0) / group.length;
  return [...groups.values()]
    .map((group) => group.sort((a, b) => order(a) - order(b) || (a.key < b.key ? -1 : 1)))
    .sort((a, b) => middle(a) - middle(b) || ((a[0]?.key ?? "") < (b[0]?.key ?? "") ? -1 : 1));
}

/** The mean place of those inside whom a spot talks to. */
function pulls(
  { spots, lines }: LayoutInput,
  inside: ReadonlyMap<string, Place>,
  axis: "x" | "y",
): Map<string, number> {
  const sums = new Map<string, { sum: number; n: number }>();
  const add = (own: LayoutSpot | undefined, other: LayoutSpot | undefined) => {
    const place = other && inside.get(other.key);
    if (own === undefined || place === undefined || own.zone === "inside") return;
    const before = sums.get(own.key) ?? { sum: 0, n: 0 };
    sums.set(own.key, { sum: before.sum + place[axis], n: before.n + 1 });
  };
  for (const [from, to] of lines) {
    add(spots[from], spots[to]);
    add(spots[to], spots[from]);
  }
  return new Map([...sums].map(([key, { sum, n }]) => [key, sum / n]));
}

/** In the order of those above them, as near as there is room. */
export function placeGround(input: LayoutInput, inside: ReadonlyMap<string, Place>): Map<string, Place> {
  const box = boxOf(inside);
  const pull = pulls(input, inside, "x");
  const middle = (box.left + box.right) / 2;
  const spots = input.spots
    .filter(({ zone }) => zone === "ground")
    .sort((a, b) => (pull.get(a.key) ?? middle) - (pull.get(b.key) ?? middle) || (a.key < b.key ? -1 : 1));
  const wanted = spots.map(({ key }) => pull.get(key) ?? middle);
  let last = Number.NEGATIVE_INFINITY;
  const xs = wanted.map((x) => {
    last = Math.max(x, last + STEP);
    return last;
  });
  const shift = (wanted.reduce((a, b) => a + b, 0) - xs.reduce((a, b) => a + b, 0)) / Math.max(1, xs.length);
  return new Map(
    spots.map(({ key }, at) => [key, { x: (xs[at] ?? 0) + shift, y: box.bottom + BELOW }] as const),
  );
}

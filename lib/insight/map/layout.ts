/**
 * Where the spots of the map stand. Each namespace is laid out by itself, then the namespaces as circles, so that they do
 * not overlap; whoever is outside stands in columns at both sides, clients left, servers right; what belongs to nodes in a
 * row below.
 *
 * Seeded and stable: no randomness, no clock; the same graph gives the same places. A graph that is part of a larger one
 * (`home`, the whole capture) keeps the places of that one, so that a filter moves nothing; when little is left of it, it is
 * laid out anew, beginning from there.
 */

import {
  type Force,
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationNodeDatum,
} from "d3-force";
import { groupBy } from "@/lib/base/group";
import type { Zone } from "./fold";
import { placeGround, placeSides } from "./outside";

export interface LayoutSpot {
  readonly key: string;
  readonly zone: Zone;
  readonly group: string;
  readonly cluster: string;
}

/** By numbers of spots. */
export type LayoutLine = readonly [from: number, to: number, weight: number];

export interface LayoutInput {
  readonly spots: readonly LayoutSpot[];
  readonly lines: readonly LayoutLine[];
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

export type Places = ReadonlyMap<string, Place>;

/** Half of the room that a spot with its label takes. */
const ROOM = 42;
/** Between two namespaces, and between two clusters. */
const GAP = 34;
const CLUSTER_GAP = 140;
const MOST_TICKS = 120;
/** Screens are much wider than high. */
const WIDEN = 1.5;

export function layout(input: LayoutInput, home?: Places): Places {
  const inside = (home && keepHome(input, home)) ?? placeInside(input, home);
  const around = new Map([...placeSides(input, inside), ...placeGround(input, inside)]);
  return new Map([...inside, ...around]);
}

/** Inside, the places of the larger graph when half of it is there and it knows all; else undefined. */
function keepHome({ spots }: LayoutInput, home: Places): ReadonlyMap<string, Place> | undefined {
  const inside = spots.filter(({ zone }) => zone === "inside");
  if (inside.length === 0 || inside.length * 2 < home.size) return undefined;
  if (inside.some(({ key }) => !home.has(key))) return undefined;
  return new Map(inside.map(({ key }) => [key, home.get(key) as Place]));
}

interface Circle extends SimulationNodeDatum {
  readonly key: string;
  readonly cluster: string;
  readonly radius: number;
  readonly members: Map<string, Place>;
}

function placeInside(input: LayoutInput, home: Places | undefined): Map<string, Place> {
  const inside = input.spots.flatMap(({ zone }, at) => (zone === "inside" ? [at] : []));
  const groups = groupBy(inside, (at) => (input.spots[at] as LayoutSpot).group);
  const circles = [...groups].map(([key, members]) => toCircle(input, key, members, home));
  placeCircles(input, circles);
  turnCircles(input, circles);
  const places = new Map<string, Place>();
  for (const { members, x = 0, y = 0 } of circles)
    for (const [key, place] of members) places.set(key, { x: x + place.x, y: y + place.y });
  return places;
}

interface Point extends SimulationNodeDatum {
  readonly key: string;
}

function toCircle(input: LayoutInput, key: string, members: readonly number[], home?: Places): Circle {
  const points = members.map((at, order): Point => {
    const spot = input.spots[at] as LayoutSpot;
    return { key: spot.key, ...(home?.get(spot.key) ?? spiral(order)) };
  });
  const numberOf = new Map(members.map((at, order) => [at, order]));
  const links = input.lines.flatMap(([from, to]) => {
    const [source, target] = [numberOf.get(from), numberOf.get(to)];
    return source === undefined || target === undefined || source === target ? [] : [{ source, target }];
  });
  const simulation = forceSimulation(points)
    .force(
      "link",
      forceLink(links)
        .distance(2.1 * ROOM)
        .strength(0.25),
    )
    .force("repel", forceManyBody().strength(-160).distanceMax(400))
    .force("room", forceCollide(ROOM).strength(0.9).iterations(2))
    .force("x", forceX(0).strength(0.06))
    .force("y", forceY(0).strength(0.1))
    .alphaDecay(coolingIn(ticksFor(points.length)))
    .stop();
  simulation.tick(ticksFor(points.length));
  const [cx, cy] = centre(points);
  const placed = new Map(points.map(({ key: id, x = 0, y = 0 }) => [id, { x: x - cx, y: y - cy }]));
  const radius = Math.max(...[...placed.values()].map(({ x, y }) => Math.hypot(x, y))) + ROOM;
  const first = input.spots[members[0] as number] as LayoutSpot;
  return { key, cluster: first.cluster, radius, members: placed, ...(home && { x: cx, y: cy }) };
}

/** Fewer steps for many, so that the time stays bounded. */
function ticksFor(points: number): number {
  return Math.max(40, Math.min(MOST_TICKS, Math.round(60_000 / Math.max(1, points))));
}

/** So that everything has come to rest with the last step. */
function coolingIn(ticks: number): number {
  return 1 - 0.001 ** (1 / ticks);
}

/** As seeds of a sunflower: even, and the same each time. */
function spiral(order: number): Place {
  const distance = ROOM * Math.sqrt(order + 0.5);
  const angle = order * Math.PI * (3 - Math.sqrt(5));
  return { x: distance * Math.cos(angle), y: distance * Math.sin(angle) };
}

function centre(points: readonly SimulationNodeDatum[]): [number, number] {
  const n = Math.max(1, points.length);
  const sum = (of: "x" | "y") => points.reduce((total, point) => total + (point[of] ?? 0), 0);
  return [sum("x") / n, sum("y") / n];
}

function placeCircles(input: LayoutInput, circles: readonly Circle[]): void {
  const weights = weightsBetween(input);
  const clusters = [...new Set(circles.map(({ cluster }) => cluster))].sort();
  let left = 0;
  for (const cluster of clusters) {
    const own = circles.filter((circle) => circle.cluster === cluster);
    simulateCircles(own, weights);
    const least = Math.min(...own.map(({ x = 0, radius }) => x - radius));
    const most = Math.max(...own.map(({ x = 0, radius }) => x + radius));
    for (const circle of own) circle.x = (circle.x ?? 0) - least + left;
    left += most - least + CLUSTER_GAP;
  }
}

function simulateCircles(circles: readonly Circle[], weights: ReadonlyMap<string, number>): void {
  const largest = Math.max(...circles.map(({ radius }) => radius));
  circles.forEach((circle, order) => {
    const start = spiral(order);
    circle.x ??= start.x * (largest / ROOM);
    circle.y ??= start.y * (largest / ROOM);
  });
  const links = circles.flatMap((a, source) =>
    circles.slice(source + 1).flatMap((b, offset) => {
      const weight = (weights.get(`${a.key}\n${b.key}`) ?? 0) + (weights.get(`${b.key}\n${a.key}`) ?? 0);
      return weight > 0 ? [{ source, target: source + 1 + offset, weight }] : [];
    }),
  );
  const room = forceCollide<Circle>(({ radius }) => radius + GAP / 2)
    .strength(1)
    .iterations(4);
  const ticks = ticksFor(circles.length);
  const close = forceLink<Circle, (typeof links)[number]>(links)
    .distance(({ source, target }) => radiusOf(source) + radiusOf(target) + GAP)
    .strength(({ weight }) => Math.min(0.5, 0.05 + 0.05 * weight));
  simulate(circles, ticks, {
    close,
    room,
    x: forceX<Circle>(0).strength(0.02),
    y: forceY<Circle>(0).strength(0.1),
  });
  const wide = new Map(
    circles.map((circle) => [circle, { x: (circle.x ?? 0) * WIDEN, y: (circle.y ?? 0) / WIDEN }]),
  );
  simulate(circles, ticks, {
    room,
    x: forceX<Circle>((circle) => wide.get(circle)?.x ?? 0).strength(0.1),
    y: forceY<Circle>((circle) => wide.get(circle)?.y ?? 0).strength(0.3),
  });
}

function simulate(
  circles: readonly Circle[],
  ticks: number,
  forces: Readonly<Record<string, Force<Circle, undefined>>>,
): void {
  const simulation = forceSimulation([...circles])
    .alphaDecay(coolingIn(ticks))
    .stop();
  for (const [name, force] of Object.entries(forces)) simulation.force(name, force);
  simulation.tick(ticks);
}

/** d3 has put the circles into the links by then. */
function radiusOf(end: unknown): number {
  return (end as Circle).radius;
}

function weightsBetween({ spots, lines }: LayoutInput): Map<string, number> {
  const weights = new Map<string, number>();
  for (const [from, to, weight] of lines) {
    const key = `${spots[from]?.group}\n${spots[to]?.group}`;
    weights.set(key, (weights.get(key) ?? 0) + weight);
  }
  return weights;
}

const TURNS = 12;
/** Of one circle, looked at for each turn. */
const MOST_PULLS = 400;

/** Turns each circle so that lines to others are short. The order is fixed, and two rounds are enough. */
function turnCircles({ spots, lines }: LayoutInput, circles: readonly Circle[]): void {
  const circleOf = new Map(circles.map((circle) => [circle.key, circle]));
  const pulls = lines.flatMap(([from, to]) => {
    const [a, b] = [spots[from], spots[to]];
    const [first, second] = [circleOf.get(a?.group ?? ""), circleOf.get(b?.group ?? "")];
    if (!a || !b || !first || !second || first === second) return [];
    return [
      { circle: first, own: a.key, other: b.key, at: second },
      { circle: second, own: b.key, other: a.key, at: first },
    ];
  });
  const crossing = groupBy(pulls, ({ circle }) => circle);
  for (let round = 0; round < 2; round++)
    for (const [circle, own] of crossing) turn(circle, own.slice(0, MOST_PULLS));
}

function turn(
  circle: Circle,
  pulls: readonly { readonly own: string; readonly other: string; readonly at: Circle }[],
): void {
  const costs = Array.from({ length: TURNS }, (_, step) => {
    const angle = (step / TURNS) * 2 * Math.PI;
    return pulls.reduce((sum, { own, other, at }) => {
      const mine = turned(circle.members.get(own) as Place, angle);
      const theirs = at.members.get(other) as Place;
      const dx = (circle.x ?? 0) + mine.x - (at.x ?? 0) - theirs.x;
      return sum + Math.hypot(dx, (circle.y ?? 0) + mine.y - (at.y ?? 0) - theirs.y);
    }, 0);
  });
  const best = costs.indexOf(Math.min(...costs));
  if (best === 0) return;
  const angle = (best / TURNS) * 2 * Math.PI;
  for (const [key, place] of circle.members) circle.members.set(key, turned(place, angle));
}

function turned({ x, y }: Place, angle: number): Place {
  return {
    x: x * Math.cos(angle) - y * Math.sin(angle),
    y: x * Math.sin(angle) + y * Math.cos(angle),
  };
}

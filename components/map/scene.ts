/** The picture before it is drawn: places in the world, sizes in pixels, words. The canvas and the exported picture share it. */

import { formatCount, formatQuantity } from "@/components/ui/format";
import { groupBy } from "@/lib/base/group";
import type { Counts } from "@/lib/insight/map/counts";
import { hurtOf } from "@/lib/insight/map/counts";
import { hullAround } from "@/lib/insight/map/geometry";
import type { Graph, Group, Line, Spot } from "@/lib/insight/map/graph";
import type { Place, Places } from "@/lib/insight/map/layout";
import { isBlocked, type Measure, measureOf, share, type Tone, toneOf } from "@/lib/insight/map/measure";
import { momentOf, type Replay } from "@/lib/insight/map/replay";
import type { Drawn, DrawnLine, DrawnSpot, Hull, Shape } from "./drawn";
import { COUNT_NAMES, clusterTitle, countText, groupTitle, spotLabel } from "./words";

export interface SceneSpot extends DrawnSpot {
  readonly spot: Spot;
}

export interface SceneLine extends DrawnLine {
  readonly line: Line;
  readonly from: SceneSpot;
  readonly to: SceneSpot;
}

export interface Scene extends Drawn {
  readonly spots: readonly SceneSpot[];
  readonly lines: readonly SceneLine[];
}

export interface SceneOptions {
  readonly measure: Measure;
  readonly isNew: (line: Line) => boolean;
  /** Undefined: nothing is looked for, and nothing is dimmed. */
  readonly found?: { readonly spots: ReadonlySet<string>; readonly lines: ReadonlySet<Line> };
  /** Namespaces are not drawn round what is laid out by layers. */
  readonly hasHulls: boolean;
}

/** The same places, as the lines were in one bucket of time: those without events are dim. */
export function sceneAt(scene: Scene, replay: Replay, bucket: number): Scene {
  const moments = scene.lines.map((line) => ({ line, moment: momentOf(replay, line.line, bucket) }));
  const most = moments.reduce((top, { moment }) => Math.max(top, moment.events), 0);
  const lines = moments.map(({ line, moment }): SceneLine => {
    const { label: _label, ...rest } = line;
    return {
      ...rest,
      tone: moment.tone,
      isBlocked: moment.drops > 0 && moment.drops >= moment.events,
      isDim: moment.events === 0,
      width: 1 + 4.5 * share(moment.events, most),
      ...(moment.drops > 0 && { label: formatQuantity(moment.drops, "drop") }),
    };
  });
  lines.sort((a, b) => rankOf(a) - rankOf(b));
  const seen = new Set(lines.flatMap(({ isDim, from, to }) => (isDim ? [] : [from.spot.key, to.spot.key])));
  const spots = scene.spots.map((spot) => ({ ...spot, isDim: !seen.has(spot.spot.key) }));
  return { ...scene, lines, spots };
}

const MOST_LABELS = 14;

export function toScene(graph: Graph, places: Places, options: SceneOptions): Scene {
  const { measure, isNew, found } = options;
  const amountOf = (line: Line): number => measureOf(line.counts, measure, isNew(line));
  const most = graph.lines.reduce((top, line) => Math.max(top, amountOf(line)), 0);
  const heaviest = graph.spots.reduce((top, { counts }) => Math.max(top, counts.events), 0);
  const spots = graph.spots.flatMap((spot): SceneSpot[] => {
    const at = places.get(spot.key);
    if (at === undefined) return [];
    return [
      {
        spot,
        at,
        radius: radiusOf(spot, heaviest),
        shape: shapeOf(spot),
        label: spotLabel(spot),
        side: options.hasHulls ? sideOf(spot) : "right",
        hasDrops: spot.counts.drops > 0,
        isHurt: hurtOf(spot.counts) > 0,
        isDim: found !== undefined && !found.spots.has(spot.key),
        weight: (spot.counts.drops > 0 ? 2 : 0) + share(spot.counts.events, heaviest),
      },
    ];
  });
  const byKey = new Map(spots.map((spot) => [spot.spot.key, spot]));
  const labelled = labelledLines(graph.lines, measure, amountOf);
  const lines = graph.lines.flatMap((line): SceneLine[] => {
    const [from, to] = [byKey.get(line.from.key), byKey.get(line.to.key)];
    if (from === undefined || to === undefined) return [];
    const value = amountOf(line);
    return [
      {
        line,
        from,
        to,
        width: 1 + 4.5 * share(value, most),
        tone: toneOf(line.edges, line.counts),
        isBlocked: isBlocked(line.edges),
        isDim: found === undefined ? measure !== "events" && value === 0 : !found.lines.has(line),
        ...(labelled.has(line) && { label: lineLabel(line, measure, value) }),
      },
    ];
  });
  lines.sort((a, b) => rankOf(a) - rankOf(b));
  return { spots, lines, hulls: options.hasHulls ? toHulls(graph, byKey) : [] };
}

/** What hurts, where all events are measured; else what is measured. */
function lineLabel({ counts }: Line, measure: Measure, value: number): string {
  return measure === "events" ? formatQuantity(counts.drops, "drop") : formatCount(value);
}

const RANK: Readonly<Record<Tone, number>> = { calm: 0, good: 1, warn: 2, both: 3, bad: 3 };

function rankOf({ tone, isDim }: SceneLine): number {
  return isDim ? -1 : RANK[tone];
}

/** The largest of what hurts, or of what is measured. */
function labelledLines(
  lines: readonly Line[],
  measure: Measure,
  amountOf: (line: Line) => number,
): ReadonlySet<Line> {
  const weight = measure === "events" ? (line: Line) => line.counts.drops : amountOf;
  const hurt = lines.filter((line) => weight(line) > 0).sort((a, b) => weight(b) - weight(a));
  return new Set(hurt.slice(0, MOST_LABELS));
}

function radiusOf({ counts, isFold, zone }: Spot, heaviest: number): number {
  if (isFold) return 9;
  return (zone === "inside" ? 7 : 5.5) + 5 * share(counts.events, heaviest);
}

function shapeOf({ isFold, zone, nodes }: Spot): Shape {
  if (isFold) return "stack";
  if (zone === "clients" || zone === "servers") return "diamond";
  if (zone === "ground") return "hexagon";
  const [node] = nodes;
  return node?.level === "namespace" && node.kind === "namespace" ? "square" : "circle";
}

function sideOf({ zone }: Spot): SceneSpot["side"] {
  return zone === "clients" ? "left" : zone === "servers" ? "right" : "below";
}

const ROOM = { cluster: 62, namespace: 34, outside: 16 } as const;

/** Clusters lie below their namespaces; one alone is not drawn. */
function toHulls({ groups }: Graph, byKey: ReadonlyMap<string, SceneSpot>): Hull[] {
  const placesOf = (group: Group): Place[] => group.spots.flatMap(({ key }) => byKey.get(key)?.at ?? []);
  const inside = groupBy(
    groups.filter(({ zone }) => zone === "inside"),
    ({ cluster }) => cluster,
  );
  const clusters = [...inside].flatMap(([cluster, members]) =>
    hullOf("cluster", inside.size > 1 ? clusterTitle(cluster) : null, members.flatMap(placesOf)),
  );
  const others = groups.flatMap((group) =>
    hullOf(group.zone === "inside" ? "namespace" : "outside", groupTitle(group), placesOf(group)),
  );
  return [...clusters, ...others];
}

function hullOf(kind: Hull["kind"], title: string | null, places: readonly Place[]): Hull[] {
  if (title === null || places.length === 0) return [];
  return [{ kind, polygon: hullAround(places, ROOM[kind]), title }];
}

/** What a line or spot says of its counts, shortest first. */
export function countsText(counts: Counts): string[] {
  return COUNT_NAMES.flatMap((name) =>
    counts[name] > 0 || name === "events" ? [countText(name, counts[name])] : [],
  );
}

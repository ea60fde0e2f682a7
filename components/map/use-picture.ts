"use client";

import { useMemo } from "react";
import { useCapture } from "@/components/frame/queries";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { formatTime, parseTime } from "@/lib/base/time";
import type { MapEdge, MapNode } from "@/lib/insight/map/answer";
import { type Find, parseFind } from "@/lib/insight/map/find";
import { edgesNear, type Focus, readFocus, readUnfolded } from "@/lib/insight/map/focus";
import { FOLD_LIMITS } from "@/lib/insight/map/fold";
import { buildGraph, type Graph, type Line } from "@/lib/insight/map/graph";
import { edgeKey, MEASURES, type Measure } from "@/lib/insight/map/measure";
import { type Replay, toReplay } from "@/lib/insight/map/replay";
import { type Hide, readHide } from "@/lib/scope/map-hide";
import type { LayoutKind } from "./layout-worker";
import { readPins } from "./open";
import { type MapPage, useMap } from "./queries";
import { type Scene, toScene } from "./scene";
import { useLayout } from "./use-layout";
import { LEVEL_LABELS, type Level, spotName } from "./words";

/** What the link says of the map. */
export interface MapChoice {
  readonly level: Level;
  readonly isLayered: boolean;
  readonly measure: Measure;
  readonly hide: Hide;
  readonly focus: Focus | undefined;
  readonly find: string;
  readonly unfolded: ReadonlySet<string>;
  /** Edges before those that are drawn, where one map does not hold all. */
  readonly skip: number;
}

export function readChoice({ view }: ScopeHandle): MapChoice {
  const levels = Object.keys(LEVEL_LABELS) as Level[];
  return {
    level: levels.find((level) => level === view.level) ?? "workload",
    isLayered: view.layout === "layered",
    measure: MEASURES.find((measure) => measure === view.measure) ?? "events",
    hide: readHide(view.hide),
    focus: readFocus(view.focus),
    find: view.find ?? "",
    unfolded: readUnfolded(view.unfold),
    skip: Number(view.skip ?? 0),
  };
}

export interface Picture {
  readonly answer: MapPage | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
  /** What is drawn; undefined until it is laid out. */
  readonly scene: Scene | undefined;
  /** How that is laid out: not yet as the link says, right after the reader chose another way. */
  readonly drawnAs: LayoutKind | undefined;
  readonly graph: Graph | undefined;
  /** The graph has all edges of the scope: none is beyond what one map holds, or outside of the part that is looked at. */
  readonly isWhole: boolean;
  /** Edges that are not drawn because the reader looks at a part. */
  readonly unfocusedEdges: readonly MapEdge[];
  readonly find: ReturnType<typeof parseFind>;
  readonly foundLines: number;
  readonly isNew: (line: Line) => boolean;
  /** Since when an edge is new. */
  readonly newSince: bigint | undefined;
  /** When it is played back. */
  readonly replay: Replay | undefined;
}

/** Steps of a play back at most. */
const BUCKETS = 120;

/** `scope`: without what is hidden. */
export function usePicture(
  captureId: string,
  scope: ScopeHandle,
  choice: MapChoice,
  isReplayed: boolean,
): Picture {
  const { level, focus, measure, unfolded, isLayered, skip } = choice;
  const map = useMap(captureId, scope.scope && scope.query, level, { skip });
  const wholeQuery = scope.scope && revisionOnly(scope.query);
  const whole = useMap(captureId, wholeQuery, level);
  const answer = map.data;
  const timedQuery = isReplayed && scope.scope ? scope.query : undefined;
  const timed = useMap(captureId, timedQuery, level, { skip, buckets: BUCKETS }).data;
  const replay = useMemo(
    () => (isReplayed && timed?.bucketNs ? toReplay(timed.edges, timed.bucketNs) : undefined),
    [timed, isReplayed],
  );
  const find = useMemo(() => parseFind(choice.find), [choice.find]);
  const fresh = useFresh(captureId, scope, choice, measure === "new" || (find.ok && usesNew(find.value)));
  const shown = answer?.edges;
  const full = useGraph(answer?.nodes, shown, unfolded);
  const near = useMemo(() => full && focus && edgesNear(full, focus), [full, focus]);
  const focused = useMemo(
    () => (shown && near ? shown.filter((edge) => near.has(edge)) : shown),
    [shown, near],
  );
  const part = useGraph(answer?.nodes, near && focused, unfolded);
  const graph = near ? part : full;
  // The same answer twice makes one graph.
  const isWhole = whole.data === answer;
  const homeGraph = useGraph(isWhole ? undefined : whole.data?.nodes, whole.data?.edges, unfolded);
  const home = isWhole ? full : homeGraph;
  const laid = useLayout(graph, home, isLayered ? "layered" : "force");
  const pins = useMemo(() => readPins(scope.view.pins), [scope.view.pins]);
  const found = useMemo(() => laid && foundIn(laid.graph, find, fresh.isNew), [laid, find, fresh.isNew]);
  const scene = useMemo(
    () =>
      laid &&
      toScene(laid.graph, new Map([...laid.places, ...pins]), {
        measure,
        isNew: fresh.isNew,
        found,
        hasHulls: laid.kind === "force",
      }),
    [laid, pins, measure, fresh.isNew, found],
  );
  const kept = new Set(focused);
  return {
    answer,
    error: answer === undefined ? map.error : null,
    retry: () => void map.refetch(),
    scene,
    drawnAs: laid?.kind,
    graph,
    isWhole: focus === undefined && answer?.folded.edges === 0,
    unfocusedEdges: shown && near ? shown.filter((edge) => !kept.has(edge)) : [],
    find,
    foundLines: found?.lines.size ?? 0,
    isNew: fresh.isNew,
    newSince: fresh.since,
    replay,
  };
}

function revisionOnly(query: string): string {
  const revision = new URLSearchParams(query).get("revision");
  return revision === null ? "" : `revision=${revision}`;
}

function useGraph(
  nodes: readonly MapNode[] | undefined,
  edges: readonly MapEdge[] | undefined,
  unfolded: ReadonlySet<string>,
): Graph | undefined {
  const key = [...unfolded].join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the set is another object each time, its members seldom are
  return useMemo(
    () => nodes && edges && buildGraph(nodes, edges, FOLD_LIMITS, unfolded),
    [nodes, edges, key],
  );
}

const usesNew = (find: Find): boolean => find.by === "line" && find.usesNew;

function foundIn(
  graph: Graph,
  find: Picture["find"],
  isNew: (line: Line) => boolean,
): { readonly spots: ReadonlySet<string>; readonly lines: ReadonlySet<Line> } | undefined {
  if (!find.ok) return undefined;
  const { value } = find;
  if (value.by === "name") {
    if (value.text === "") return undefined;
    const spots = new Set(
      graph.spots.flatMap((spot) => (spotName(spot).toLowerCase().includes(value.text) ? [spot.key] : [])),
    );
    const lines = graph.lines.filter(({ from, to }) => spots.has(from.key) || spots.has(to.key));
    return { spots, lines: new Set(lines) };
  }
  const lines = graph.lines.filter((line) =>
    value.holds({
      client: spotName(line.from),
      server: spotName(line.to),
      counts: line.counts,
      ports: line.edges.map(({ port }) => port),
      protocols: line.edges.map(({ protocol }) => protocol),
      isNew: isNew(line),
    }),
  );
  return {
    spots: new Set(lines.flatMap(({ from, to }) => [from.key, to.key])),
    lines: new Set(lines),
  };
}

const NEVER_NEW = () => false;

/**
 * An edge is new when the same filter found none before the range of the scope; where there is no range, in the first
 * quarter of the capture. So it is on the overview, too.
 */
function useFresh(
  captureId: string,
  { scope, query }: ScopeHandle,
  { level, skip }: MapChoice,
  isAsked: boolean,
) {
  const { first, last } = useCapture(captureId).data ?? {};
  const since = scope?.from ?? firstQuarter(first, last, scope?.to);
  const asked = isAsked && scope !== undefined && since !== undefined;
  const told = useMap(captureId, asked ? query : undefined, level, {
    skip,
    ...(asked && { since: formatTime(since) }),
  }).data;
  const fresh = useMemo(() => told && new Set(told.edges.filter(({ isNew }) => isNew).map(edgeKey)), [told]);
  return useMemo(
    () => ({
      since,
      isNew:
        fresh === undefined || !isAsked
          ? NEVER_NEW
          : (line: Line) => line.edges.some((edge) => fresh.has(edgeKey(edge))),
    }),
    [fresh, isAsked, since],
  );
}

function firstQuarter(
  first: string | null | undefined,
  last: string | null | undefined,
  end: bigint | undefined,
): bigint | undefined {
  const [from, to] = [first ? parseTime(first) : undefined, last ? parseTime(last) : undefined];
  if (from === undefined || to === undefined) return undefined;
  return from + ((end !== undefined && end < to ? end : to) - from) / 4n;
}

/** What lines of the map show: how much, and how well. */

import type { MapEdge } from "./answer";
import { type Counts, sumCounts } from "./counts";

export const MEASURES = ["events", "drops", "l7-errors", "dns-errors", "unanswered", "new"] as const;
export type Measure = (typeof MEASURES)[number];

/** How much a line has of a measure. `new`: its events, when it is new. */
export function measureOf(counts: Counts, measure: Measure, isNew = false): number {
  switch (measure) {
    case "events":
      return counts.events;
    case "drops":
      return counts.drops;
    case "l7-errors":
      return counts.l7Errors;
    case "dns-errors":
      return counts.dnsErrors;
    case "unanswered":
      return counts.unanswered;
    case "new":
      return isNew ? counts.events : 0;
  }
}

/** The worst that happened. `both`: drops and errors. `calm`: nothing was forwarded, and nothing went wrong either. */
export type Tone = "good" | "bad" | "warn" | "both" | "calm";

export function toneOf(edges: readonly MapEdge[], counts: Counts = sumCounts(edges)): Tone {
  const hasErrors = counts.audited + counts.l7Errors + counts.dnsErrors > 0;
  if (counts.drops > 0) return hasErrors ? "both" : "bad";
  if (hasErrors || counts.unanswered > 0) return "warn";
  return edges.some(({ verdicts }) => (verdicts.FORWARDED ?? 0) > 0) ? "good" : "calm";
}

/** Nothing came through: drops, and no event was forwarded. */
export function isBlocked(edges: readonly MapEdge[]): boolean {
  return (
    edges.some(({ drops }) => drops > 0) && edges.every(({ verdicts }) => (verdicts.FORWARDED ?? 0) === 0)
  );
}

/** From 0 to 1 by orders of magnitude, so that small ones are seen beside large ones. */
export function share(value: number, most: number): number {
  return most <= 0 ? 0 : Math.log1p(value) / Math.log1p(most);
}

/** One edge, whatever else is counted on it: the same in two answers. */
export function edgeKey({ client, server, port, protocol }: MapEdge): string {
  return JSON.stringify([client, server, port, protocol]);
}

/** From facts to judgements, and from judgements to what a colleague would say. */

import { type Advice, adviceFor } from "./advice";
import type { Layer7Facts, QualityFacts, ToldLoss } from "./facts";
import { type SuspectedFilter, suspectFilters } from "./filters";
import { type Missing, whatIsRuledOut } from "./masks";
import { type Sentence, sentencesFor } from "./sentences";
import { findSilences, type Silence } from "./silence";
import { findSkew, type Skew } from "./skew";

/** Differences of clocks below this are normal between nodes and change no order that is shown. */
const SKEW_NS = 10_000_000n;

export interface Judgement {
  readonly silences: readonly Silence[];
  readonly told: readonly ToldLoss[];
  readonly skews: readonly Skew[];
  readonly missing: readonly Missing[];
  readonly filters: readonly SuspectedFilter[];
  readonly aggregation: Aggregation | null;
  readonly monitorAggregation: MonitorAggregation;
  readonly layer7: readonly Layer7Facts[];
}

export interface Aggregation {
  readonly flows: number;
  readonly events: number;
  readonly withoutCounters: number;
  /** Guessed from the times; null when they do not show it. */
  readonly intervalNs: bigint | null;
}

/** `none`: from-* points are there. `some`: trace events without them. `unknown`: no trace events. */
export type MonitorAggregation = "none" | "some" | "unknown";

export interface Quality extends Judgement {
  readonly sentences: readonly Sentence[];
  readonly advice: readonly Advice[];
}

export function judgeQuality(facts: QualityFacts): Quality {
  const judgement: Judgement = {
    silences: findSilences(facts.nodes, facts.buckets),
    told: facts.told,
    skews: findSkew(facts.passages, SKEW_NS),
    // Of no flows nothing is missing.
    missing: facts.flows === 0 ? [] : whatIsRuledOut(facts.neverPresent),
    filters: suspectFilters(facts.files),
    aggregation: aggregationOf(facts),
    monitorAggregation: monitorAggregationOf(facts.points),
    layer7: facts.layer7,
  };
  return { ...judgement, sentences: sentencesFor(facts, judgement), advice: adviceFor(facts, judgement) };
}

/** Intervals that people set, in seconds; ACNS has 30. */
const INTERVALS = [5, 10, 15, 20, 30, 60, 120, 300, 600].map((seconds) => BigInt(seconds) * 1_000_000_000n);

/**
 * A group comes once per interval at most. The commonest one comes in nearly each, so the usual interval that is next below
 * the distance of its records is taken; a little more is allowed, because the first and last one wander within theirs.
 */
function aggregationOf({ aggregation }: QualityFacts): Aggregation | null {
  if (aggregation === null) return null;
  const { distanceNs, ...counts } = aggregation;
  const interval =
    distanceNs === null ? undefined : INTERVALS.findLast((usual) => usual <= (distanceNs * 6n) / 5n);
  return { ...counts, intervalNs: interval ?? null };
}

/** Any level of monitor aggregation suppresses all from-* points (flow-formats 8.1). */
function monitorAggregationOf(points: QualityFacts["points"]): MonitorAggregation {
  const names = Object.keys(points);
  if (names.some((point) => point.startsWith("FROM_"))) return "none";
  return names.length > 0 ? "some" : "unknown";
}

/** The quality report: what arrived, what was lost or left out, and what cannot be concluded from it. */

import { ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import { readFiles } from "@/lib/capture/files";
import { summarise } from "@/lib/capture/summarise";
import type { QualityFacts } from "@/lib/insight/quality/facts";
import { judgeQuality, type Quality } from "@/lib/insight/quality/judge";
import type { QuestionFailure } from "../failure";
import type { OpenCapture } from "../open-capture";
import type { ReportAnswer } from "./answer";
import { readFacts } from "./read-facts";

/** Gaps listed at most. */
const GAPS = 500;

export function readReport(capture: OpenCapture): Result<ReportAnswer, QuestionFailure> {
  const files = readFiles(capture.database);
  const { firstNs, lastNs } = summarise(capture.database);
  const facts = readFacts(capture);
  const quality = capture.keep("quality", () => judgeQuality(facts));
  const gaps = gapsOf(quality);
  const total = (of: "read" | "accepted" | "duplicate" | "otherKinds" | "refused"): number =>
    files.reduce((sum, file) => sum + file[of], 0);
  return ok({
    meta: capture.meta("records"),
    read: total("read"),
    accepted: total("accepted"),
    duplicate: total("duplicate"),
    otherKinds: total("otherKinds"),
    refused: total("refused"),
    refusedBy: added(files.map(({ refusedBy }) => refusedBy)),
    formats: added(files.map(({ formats }) => formats)),
    first: firstNs === null ? null : formatTime(firstNs),
    last: lastNs === null ? null : formatTime(lastNs),
    files,
    sentences: quality.sentences.map((sentence) => ({ ...sentence })),
    nodes: nodesOf(facts),
    gaps: gaps.slice(0, GAPS),
    moreGaps: Math.max(0, gaps.length - GAPS),
    clockSkew: quality.skews.map(({ ns, ...skew }) => ({ ...skew, differenceNs: String(ns) })),
    missing: quality.missing.map((missing) => ({ ...missing })),
    filters: quality.filters.map((filter) => ({ ...filter })),
    aggregation: quality.aggregation && {
      ...quality.aggregation,
      intervalNs: quality.aggregation.intervalNs === null ? null : String(quality.aggregation.intervalNs),
    },
    monitorAggregation: quality.monitorAggregation,
    layer7: quality.layer7.map((found) => ({ ...found, namespaces: [...found.namespaces] })),
    advice: quality.advice.map((advice) => ({ ...advice })),
  });
}

function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, n] of counts.flatMap((count) => Object.entries(count)))
    sums[name] = (sums[name] ?? 0) + n;
  return sums;
}

function nodesOf({ nodes, told, toldUntimed }: QualityFacts): ReportAnswer["nodes"] {
  return nodes.map(({ name, flows, events, span }) => {
    const seconds = span === null ? 0 : Number(span.lastNs - span.firstNs) / 1e9;
    return {
      name,
      flows,
      events,
      first: span && formatTime(span.firstNs),
      last: span && formatTime(span.lastNs),
      flowsPerSecond: seconds > 0 ? Number((flows / seconds).toPrecision(3)) : null,
      lost: [...told, ...toldUntimed].reduce(
        (sum, { node, lost }) => sum + (node === name ? (lost ?? 0) : 0),
        0,
      ),
    };
  });
}

/** In the order of time. */
function gapsOf({ told, silences }: Quality): ReportAnswer["gaps"] {
  const gaps = [
    ...told.map(({ node, fromNs, toNs, lost, detail }) => ({
      kind: lost === null ? ("node-away" as const) : ("lost-events" as const),
      node,
      fromNs,
      toNs,
      // A record of a loss may leave out how much was lost.
      missing: lost || null,
      text: detail,
    })),
    ...silences.map(({ node, firstNs, lastNs, expected }) => ({
      kind: "silence" as const,
      node,
      fromNs: firstNs,
      toNs: lastNs,
      missing: expected,
      text: "No flow, where the node's own rate makes that improbable",
    })),
  ].sort((a, b) => (a.fromNs < b.fromNs ? -1 : a.fromNs > b.fromNs ? 1 : 0));
  return gaps.map(({ fromNs, toNs, ...gap }) => ({
    ...gap,
    from: formatTime(fromNs),
    to: formatTime(toNs),
  }));
}

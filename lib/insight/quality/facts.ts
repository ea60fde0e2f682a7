/**
 * What is known about the quality of a capture: counts that the log itself gives, no judgement yet. The
 * judgements (silence, skew, filters, what is ruled out) stand beside this file, the sentences in sentences.ts.
 */

import type { PresentField } from "@/lib/flow/presence";

/** Nanoseconds since the epoch throughout. */
export interface Span {
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

/** A file's flows, for what its exporter may have left out. */
export interface FileFacts {
  readonly name: string;
  readonly flows: number;
  /** Flows by verdict name. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** Flows by `Type` (L3_L4, L7, SOCK). */
  readonly types: Readonly<Record<string, number>>;
  /** Namespaces that each single flow has on one of its sides; empty when there is none or flows have no namespace. */
  readonly commonNamespaces: readonly string[];
  /** Different namespaces on any side. */
  readonly namespaces: number;
}

/** Events of a node over time, in equal buckets. */
export interface NodeFacts {
  /** As in the record, `cluster/node`; null where the records do not say. */
  readonly name: string | null;
  readonly flows: number;
  readonly events: number;
  /** Null when none of its flows has a time. */
  readonly span: Span | null;
  /** Flows per bucket; the first bucket begins at `bucketsFrom`. Buckets without flows are left out. */
  readonly buckets: readonly (readonly [number: number, flows: number])[];
}

export interface Buckets {
  readonly fromNs: bigint;
  readonly widthNs: bigint;
}

/** The record says that events were lost, or that a node was away, and not when. */
export interface UntimedLoss {
  readonly node: string | null;
  /** Null for a node that was away: how many is not known. 0 where the record of a loss has no number. */
  readonly lost: number | null;
  readonly detail: string;
}

/** The same, and when. */
export interface ToldLoss extends UntimedLoss {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** One packet seen on its way from one node to another. */
export interface Passage {
  readonly from: string;
  readonly to: string;
  /** Time at the receiving node minus time at the sending node. */
  readonly ns: bigint;
}

export interface AggregationFacts {
  readonly flows: number;
  readonly events: number;
  /** Aggregated records without counters: each stands for at least one event. */
  readonly withoutCounters: number;
  /** Usual time between two records of the commonest group; null when no group came twice. */
  readonly distanceNs: bigint | null;
}

export interface Layer7Facts {
  /** dns, http or kafka. */
  readonly protocol: string;
  readonly flows: number;
  /** Namespaces of the pods whose traffic was looked into; empty when the records do not say. */
  readonly namespaces: readonly string[];
}

export interface QualityFacts {
  readonly flows: number;
  readonly events: number;
  readonly untimed: number;
  readonly refused: number;
  readonly files: readonly FileFacts[];
  readonly buckets: Buckets;
  readonly nodes: readonly NodeFacts[];
  readonly told: readonly ToldLoss[];
  /** As old command lines and printed logs have it. */
  readonly toldUntimed: readonly UntimedLoss[];
  readonly passages: readonly Passage[];
  /** Members that no flow has. */
  readonly neverPresent: readonly PresentField[];
  readonly aggregation: AggregationFacts | null;
  /** Flows by observation point, of trace events. */
  readonly points: Readonly<Record<string, number>>;
  /** Flows by event type number. */
  readonly eventTypes: Readonly<Record<string, number>>;
  readonly layer7: readonly Layer7Facts[];
  /** All namespaces of the capture. */
  readonly namespaces: readonly string[];
  /** Names of the formats met. */
  readonly formats: readonly string[];
  /** Kinds of values that records say are masked in them. */
  readonly masked: readonly string[];
}

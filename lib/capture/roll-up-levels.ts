/** What a roll-up holds beside the flows themselves, and the questions about it. */

/** Counted at one flow each: columns of RollUp. */
export const ANCHORED = ["attempts", "requests", "l7Errors", "drops"] as const;
export type Anchored = (typeof ANCHORED)[number];

/** The same of one flow: SQL over its alias. */
export const OF_ONE: Readonly<Record<Anchored, (flow: string) => string>> = {
  attempts: (flow) => `(SELECT count(*) FROM Attempt a WHERE a.id = ${flow}.id AND a.outcome <> 0)`,
  requests: (flow) =>
    `coalesce((SELECT e.requests FROM L7Exchange e WHERE e.id = ${flow}.id AND e.counted = 1), 0)`,
  l7Errors: (flow) =>
    `coalesce((SELECT e.error * max(e.requests, e.responses) FROM L7Exchange e WHERE e.id = ${flow}.id AND e.counted = 1), 0)`,
  drops: (flow) => `coalesce((SELECT j.drops FROM JoinedDrop j WHERE j.id = ${flow}.id), 0)`,
};

/** Numbers of `RollUp.level`. They are stored; 1 and 5 were others. */
export const ROLL_UP = {
  /** The whole capture, by kind, observer, pair and the record's policies: so are all levels by pair. */
  whole: 0,
  /** Buckets, by kind, observer and pair: what settling looks up edges in. */
  pairs: 2,
  /** The same in wider buckets, where `pairs` would be as large as the flows. */
  coarsePairs: 3,
  /** Narrow buckets, by node alone: the first observer of each stands for it. */
  nodes: 4,
  /** Narrow buckets by kind, observer and pair, as bytes: they stand in FlowBucket and PortBucket. */
  buckets: 6,
} as const;

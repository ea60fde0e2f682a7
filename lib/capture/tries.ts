/** Over `f` (Flow) and `k` (Kind): a drop by which attempts can be told apart. Never NULL. */
export const HAS_TRIES =
  "(coalesce(k.protocol IN ('TCP', 'UDP', 'SCTP'), 0) AND f.sourcePort IS NOT NULL AND f.destinationPort IS NOT NULL AND f.timeNs IS NOT NULL)";

/**
 * Attempts among drops, in SQL over `j` (JoinedDrop), `f` (Flow) and `k` (Kind): each counts at its first drop. NULL when no flow
 * has both ports and a time, because then none can be told from the next.
 */
export const TRIES_OF_DROPS = `sum(j.opens) FILTER (WHERE ${HAS_TRIES})`;

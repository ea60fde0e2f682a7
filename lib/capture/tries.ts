/**
 * Attempts among drops, in SQL over `j` (JoinedDrop), `f` (Flow) and `k` (Kind): each counts at its first drop. NULL when no flow
 * has both ports, because then none can be told from the next.
 */
export const TRIES_OF_DROPS =
  "sum(j.opens) FILTER (WHERE k.protocol IN ('TCP', 'UDP', 'SCTP') AND f.sourcePort IS NOT NULL AND f.destinationPort IS NOT NULL)";

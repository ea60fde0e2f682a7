/**
 * By what a time line can be told apart. Each gives every event exactly one key, so that the series add up: `-` where
 * there is no such value, `?` where the record left it out.
 */

import { DNS_RCODE, enumName } from "@/lib/flow/enums";
import { PRESENT } from "@/lib/flow/presence";

export const TIMELINE_BY = [
  "verdict",
  "reason",
  "protocol",
  "rcode",
  "status",
  "namespace",
  "drops",
] as const;
export type TimelineBy = (typeof TIMELINE_BY)[number];

interface Series {
  /** `drops` are counted once each, at their anchor. */
  readonly unit: "events" | "drops";
  /** Tables beside `Flow f` and `Kind k`. */
  readonly join: string;
  /** SQL of the key. */
  readonly key: string;
  readonly name?: (key: string) => string;
}

const REASON = `coalesce(k.dropReason, CASE WHEN k.verdict = 'DROPPED' AND k.type <> 'L7' AND k.eventType IS NOT 5 THEN '?' ELSE '-' END)`;
/** Of a record without a value: left out of it, or none. */
const ABSENT = `CASE WHEN k.present & ${PRESENT.Type} = 0 THEN '?' ELSE '-' END`;

export const SERIES: Readonly<Record<TimelineBy, Series>> = {
  verdict: { unit: "events", join: "", key: "k.verdict" },
  reason: { unit: "events", join: "", key: REASON },
  protocol: {
    unit: "events",
    join: "",
    key: `coalesce(k.l7Protocol, k.protocol, ${ABSENT})`,
  },
  rcode: {
    unit: "events",
    join: "",
    key: `coalesce(k.dnsRcode, ${ABSENT})`,
    name: (key) => (key === "-" || key === "?" ? key : enumName(DNS_RCODE, Number(key))),
  },
  status: { unit: "events", join: "", key: `coalesce((nullif(k.httpCode, 0) / 100) || 'xx', ${ABSENT})` },
  // Of the server: one of both sides, replies turned round, so that nothing counts twice.
  namespace: {
    unit: "events",
    join: "LEFT JOIN Pair p ON p.id = f.pairId LEFT JOIN Actor a ON a.id = p.serverId",
    key: "coalesce(a.namespaceKey, '?')",
  },
  drops: { unit: "drops", join: "", key: REASON },
};

/** Series drawn at most; the smallest beyond it are one. */
export const MOST_SERIES = 24;
export const FOLDED = "…";

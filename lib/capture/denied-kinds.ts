/** Which records are records of a drop (product.md, "Drop"): their kind alone says it. */

import { NOT_A_LOSS } from "@/lib/flow/losses";
import { type Condition, ofKind } from "./conditions";

/** Types of event of the agent's records that say what a policy decided, and of those of L7. */
export const POLICY_VERDICT = 5;
const L7_EVENT = 129;

/** SQL over Kind, never NULL. */
export const IS_L7 = `(coalesce(type, '') = 'L7' OR coalesce(eventType, 0) = ${L7_EVENT})`;

/**
 * SQL over Kind, never NULL: DROPPED, and something was lost. A refused request is one drop; what the proxy answered to it is
 * not another. Settling makes each of them part of exactly one JoinedDrop (settle/drops.ts).
 */
export const IS_DENIED = `(coalesce(verdict, '') = 'DROPPED' AND coalesce(dropCode, -1) NOT IN (${[...NOT_A_LOSS].join(", ")})
  AND NOT (${IS_L7} AND coalesce(l7Type, '') IN ('RESPONSE', 'SAMPLE')))`;

/** Both records of each drop of the capture. */
export const OF_ANY_DROP: Condition = ofKind(IS_DENIED);

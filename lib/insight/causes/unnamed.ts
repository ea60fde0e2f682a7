/** Why no policy is named for drops (flow-formats 8.3); null where one is, or none could be. */

import type { DecidedBy } from "./drop-key";

export interface UnnamedFacts {
  readonly decidedBy: DecidedBy | null;
  readonly isNamed: boolean;
  /** A verdict record agrees with at least one of the drops. */
  readonly isCertain: boolean;
  /** Records of these drops went through a field mask, or are aggregated. */
  readonly isMasked: boolean;
  /** The capture holds verdict records of denials at all. */
  readonly hasVerdicts: boolean;
}

export function whyUnnamed({
  decidedBy,
  isNamed,
  isCertain,
  isMasked,
  hasVerdicts,
}: UnnamedFacts): string | null {
  if (isNamed || (decidedBy !== "default-deny" && decidedBy !== "policy")) return null;
  if (isCertain)
    return decidedBy === "default-deny"
      ? "Default deny: no rule matched, so there is none to name. Cilium up to 1.18 does not name the policies that select the pod."
      : "The verdict record names no policy: Cilium before 1.16 does not, and later versions cannot for every rule (port ranges, rules without labels).";
  if (isMasked) return "Not named in this capture: a field mask or aggregation left the policies out.";
  return hasVerdicts
    ? "Not named in this capture: the policy-verdict records of these drops are missing; they were lost or filtered out."
    : "Not named in this capture: it holds no policy-verdict records of denials, and only they name policies.";
}

/** What cannot be concluded from a capture whose flows never have a member (flow-formats 0, 3.4, 4.2). */

import type { PresentField } from "@/lib/flow/presence";

export interface Missing {
  readonly field: PresentField;
  /** A sentence. */
  readonly rulesOut: string;
}

/**
 * `l7` and `is_reply` are not here: without an L7 policy the one is rightly absent, and drops never have the
 * other. `verdict` neither: VERDICT_UNKNOWN is its zero and left out.
 */
const RULES_OUT: Partial<Record<PresentField, string>> = {
  time: "Nothing can be placed in time: no time line, no order, no attempts.",
  uuid: "The same event exported twice is recognised by its bytes only.",
  IP: "No addresses: peers outside the cluster cannot be told apart, connections cannot be followed.",
  l4: "No protocols and no ports.",
  source: "It is not known who sent.",
  destination: "It is not known who received.",
  Type: "Whether a record is of a packet or of a request is inferred from its other members.",
  node_name: "It is not known which node saw a flow; drops and verdicts of one packet cannot be joined.",
  event_type: "Drops, policy verdicts and traces cannot be told apart, so drops are counted as at most.",
  traffic_direction: "It is not known whether the sender's or the receiver's policies decided.",
  identity: "Security identities are not known.",
  labels: "Policies select by labels, which are not known.",
  namespace: "Namespaces are not known.",
  pod_name: "Pods are not known; workloads stand for them.",
  workloads: "Workloads are guessed from labels and pod names.",
};

/** In the order of the presence mask. */
export function whatIsRuledOut(neverPresent: readonly PresentField[]): Missing[] {
  return neverPresent.flatMap((field) => {
    const rulesOut = RULES_OUT[field];
    return rulesOut === undefined ? [] : [{ field, rulesOut }];
  });
}

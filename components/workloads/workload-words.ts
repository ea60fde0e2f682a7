/** Words of the Workloads view. */

import { formatSpan } from "@/components/ui/format";
import { UNEVEN } from "@/lib/insight/imbalance";
import type { ImbalanceReason } from "@/lib/insight/imbalance-reason";
import type { ConnectionsBy, WorkloadRow } from "@/lib/questions/answers-workloads";
import type { ConnectionWord } from "@/lib/scope/outcome-kinds";

export const OUTCOME_LABELS: Readonly<Record<ConnectionWord, string>> = {
  answered: "answered",
  refused: "refused",
  "dropped-at-client": "dropped at the client's side",
  "dropped-at-server": "dropped at the server's side",
  "dropped-somewhere": "dropped, side not known",
  "no-reply": "no reply seen",
  gap: "no reply, beside a gap in the log",
  open: "no reply yet when the log ended",
  unknowable: "the log holds no replies",
  "open-already": "open before the log began",
  "reset-by-client": "reset by the client",
  "reset-by-server": "reset by the server",
  closed: "ended with a FIN",
  timed: "with a known length",
};

export const BY_LABELS: Readonly<Record<ConnectionsBy, string>> = {
  edge: "Who to whom",
  client: "Client",
  "client-pod": "Client pod",
  server: "Server",
  pod: "Server pod",
};

export const REASON_LABELS: Readonly<Record<ImbalanceReason, string>> = {
  even: "even",
  drops: "drops",
  "shorter life": "pod there for a part of the time",
  "one heavy client": "one heavy client",
  "session affinity": "session affinity",
  "long connections": "long-lived connections",
  "node skew": "traffic stays on the node",
  "headless DNS": "headless DNS",
  connections: "uneven connections",
  "not knowable here": "not knowable here",
};

/** Two figures for the same spread; what is below the smallest sample is said to be. */
export function scoreText({ imbalance, pods }: Pick<WorkloadRow, "imbalance" | "pods">): string {
  if (imbalance !== null) {
    const text = imbalance.toFixed(2);
    // 0.246 is even, and would stand there as the least that is not.
    return imbalance < UNEVEN && Number(text) >= UNEVEN ? imbalance.toFixed(3) : text;
  }
  if (pods.length === 0) return "no pod names";
  return pods.length === 1 ? "one pod" : "too few events";
}

export function lengthText(ns: string | null): string {
  return ns === null ? "not known" : formatSpan(BigInt(ns));
}

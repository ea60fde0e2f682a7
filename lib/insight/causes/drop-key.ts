/** What drops must share to be one cause (product.md), and what decided them. */

import { z } from "zod";
import type { DecidedBy } from "@/lib/flow/decided-by";
import { causeIdOf } from "./cause";

export { DECIDED_BY, type DecidedBy } from "@/lib/flow/decided-by";

const POLICY_DENIED = 133;
const POLICY_DENY = 181;
const AUTH_REQUIRED = 189;

export function decidedBy(isRequest: boolean, code: number | null): DecidedBy {
  if (isRequest) return "l7-rule";
  if (code === null || code === 0) return "unknown";
  if (code === POLICY_DENIED) return "default-deny";
  if (code === POLICY_DENY) return "policy";
  return code === AUTH_REQUIRED ? "authentication" : "datapath";
}

export const dropPolicySchema = z.object({
  kind: z.string().nullable(),
  namespace: z.string().nullable(),
  name: z.string().nullable(),
});
export type DropPolicy = z.infer<typeof dropPolicySchema>;

const reference = z.object({
  kind: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
});
const lists = z.object({
  egressDeniedBy: z.array(reference).optional(),
  ingressDeniedBy: z.array(reference).optional(),
});

/**
 * The policies that denied, sorted, each once. `text` is the JSON of a verdict record's lists; those of the drop's direction
 * count, both when it has none. An entry without a name (a rule without the labels that name it) says nothing.
 */
export function denyingPolicies(text: string | null, direction: string): DropPolicy[] {
  if (text === null) return [];
  const { egressDeniedBy = [], ingressDeniedBy = [] } = lists.parse(JSON.parse(text));
  const both = [...egressDeniedBy, ...ingressDeniedBy];
  const named = direction === "EGRESS" ? egressDeniedBy : direction === "INGRESS" ? ingressDeniedBy : both;
  const policies = new Map<string, DropPolicy>();
  for (const { kind, namespace, name } of named) {
    if (name === undefined || name === "") continue;
    const policy = { kind: kind || null, namespace: namespace || null, name };
    policies.set(policyText(policy), policy);
  }
  return [...policies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, policy]) => policy);
}

/** `CiliumNetworkPolicy shop/deny-all`, as a reader writes it. */
export function policyText({ kind, namespace, name }: DropPolicy): string {
  return `${kind ?? "policy"} ${namespace === null ? "" : `${namespace}/`}${name ?? "without a name"}`;
}

/** Drops of equal key are one cause. */
export interface DropKey {
  readonly direction: string;
  readonly reason: string | null;
  readonly decidedBy: DecidedBy;
  readonly policies: readonly DropPolicy[];
  readonly clientKey: string | null;
  readonly serverKey: string | null;
  readonly port: number | null;
  readonly protocol: string | null;
  /** The packet went from the server to the client: no rule is missing for it. */
  readonly isReply: boolean;
}

/** Everything but the policies. */
export function keyWithoutPolicies(key: DropKey): (string | number | null)[] {
  const { direction, reason, decidedBy, clientKey, serverKey, port, protocol, isReply } = key;
  const parts = [direction, reason, decidedBy, clientKey, serverKey, port, protocol];
  return isReply ? [...parts, "reply"] : parts;
}

export function dropCauseId(key: DropKey): string {
  return causeIdOf("drop", [...keyWithoutPolicies(key), ...key.policies.map(policyText)]);
}

/** What one side of a flow is called, and why when it has no name. */

import { visible } from "@/components/ui/text";
import { RESERVED_IDENTITY } from "@/lib/flow/enums";
import type { Party } from "@/lib/questions/answers";

/** Which member gave the name. */
export type PartyKind = "workload" | "pod" | "dns" | "reserved" | "label" | "ip" | "unknown";

export interface PartyName {
  readonly kind: PartyKind;
  readonly namespace?: string;
  readonly name: string;
  /** Stands behind the name, quieter. */
  readonly beside?: string;
}

/** Labels that say what a pod is, the recommended one first. */
const NAME_LABELS = ["k8s:app.kubernetes.io/name", "k8s:k8s-app", "k8s:app", "k8s:name"] as const;
const NAMESPACE_LABEL = "k8s:io.kubernetes.pod.namespace";

/**
 * Workload, else pod, else the first DNS name, else the reserved identity, else the app's label, else the
 * address. The order is fixed, so that a party is called the same in every row.
 */
export function partyName(party: Party): PartyName {
  const { namespace, workload, pod, names, identity, ip } = party;
  const inNamespace = namespace === null ? {} : { namespace: visible(namespace) };
  if (workload?.name) return { kind: "workload", ...inNamespace, name: visible(workload.name) };
  if (pod !== null) return { kind: "pod", ...inNamespace, name: visible(pod) };
  const beside = ip === null ? {} : { beside: visible(ip) };
  if (names[0] !== undefined) return { kind: "dns", name: visible(names[0]), ...beside };
  const reserved = identity === null ? undefined : RESERVED_IDENTITY.get(identity);
  if (reserved !== undefined && identity !== 0) return { kind: "reserved", name: reserved, ...beside };
  const label = labelled(party.labels);
  if (label !== undefined) return { kind: "label", ...inNamespace, ...label, ...beside };
  if (ip !== null) return { kind: "ip", name: visible(ip) };
  return { kind: "unknown", name: "unknown" };
}

function labelled(labels: readonly string[] | null): { name: string; namespace?: string } | undefined {
  const value = (key: string) => labels?.find((label) => label.startsWith(`${key}=`))?.slice(key.length + 1);
  const name = NAME_LABELS.map(value).find((found) => found !== undefined && found !== "");
  if (name === undefined) return undefined;
  const namespace = value(NAMESPACE_LABEL);
  return { name: visible(name), ...(namespace !== undefined && { namespace: visible(namespace) }) };
}

const REASONS: Readonly<Record<PartyKind, string>> = {
  workload: "named by its workload",
  pod: "named by its pod; the record names no workload",
  dns: "named by the DNS name its address was resolved from",
  reserved: "named by its reserved identity",
  label: "named by its labels; the record names neither pod nor workload",
  ip: "named by its address; the record names nothing else",
  unknown: "The record does not say who this is: the export left it out.",
};

/** Everything known of a party, one line each, for a tooltip. */
export function partyTitle(party: Party): string {
  const { kind } = partyName(party);
  const identity = party.identity === null ? null : `${party.identity}${reservedNote(party.identity)}`;
  const lines: readonly (readonly [string, string | null])[] = [
    ["workload", party.workload && [party.workload.kind, party.workload.name].filter(Boolean).join(" ")],
    ["pod", party.pod && [party.namespace, party.pod].filter(Boolean).join("/")],
    ["service", party.service && [party.service.namespace, party.service.name].filter(Boolean).join("/")],
    ["DNS names", party.names.length > 0 ? party.names.join(", ") : null],
    ["identity", identity],
    ["address", party.ip],
  ];
  const known = lines.flatMap(([name, value]) => (value ? [`${name}: ${visible(value)}`] : []));
  return [...known, kind === "unknown" ? REASONS.unknown : `(${REASONS[kind]})`].join("\n");
}

function reservedNote(identity: number): string {
  const name = RESERVED_IDENTITY.get(identity);
  return name === undefined ? "" : ` (reserved: ${name})`;
}

/**
 * Whom one side of a flow stands for, and its lasting name (flow-formats 2.10 and 8.8).
 *
 * A pod is a pod whatever its identity. Reserved identities are themselves; 2, 9 and 10 are the world, which is split by
 * DNS name, then prefix, then address. Identities of prefixes are numbered by each node for itself, so they are known
 * by their labels, never by their number.
 */

import { RESERVED_IDENTITY } from "@/lib/flow/enums";
import { labelValue, workloadOfLabels } from "./workload-name";

/** One side as a record gave it. */
export interface Side {
  readonly cluster: string;
  readonly identity: number | undefined;
  readonly namespace: string | undefined;
  readonly pod: string | undefined;
  readonly workloadKind: string | undefined;
  readonly workloadName: string | undefined;
  readonly labels: readonly string[];
  readonly ip: string | undefined;
  readonly names: readonly string[];
  readonly serviceName: string | undefined;
  readonly serviceNamespace: string | undefined;
}

/** What the whole capture knows of the side's address. */
export interface AddressKnowledge {
  readonly dnsName: string | undefined;
  readonly cidr: string | undefined;
}

export type WorkloadBy = "record" | "labels" | "pod-name";

export interface PodWorkload {
  readonly kind: string | undefined;
  readonly name: string;
  readonly by: WorkloadBy;
}

export const ACTOR_KINDS = [
  "pod",
  "workload",
  "namespace",
  "service",
  "world",
  "reserved",
  "unknown",
] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

export interface ActorValue {
  readonly key: string;
  readonly workloadKey: string;
  readonly namespaceKey: string;
  readonly kind: ActorKind;
  readonly cluster: string;
  readonly namespace: string | undefined;
  readonly pod: string | undefined;
  readonly workload: PodWorkload | undefined;
  readonly name: string;
}

/** The cluster of a record that names none; it is left out of keys. */
export const DEFAULT_CLUSTER = "default";
const UNKNOWN = "?";
/** Reserved names that other labels of the same side outrank: the others say more. */
const LEAST = ["world", "world-ipv4", "world-ipv6", "remote-node"];
const WORLD = new Set(["world", "world-ipv4", "world-ipv6"]);
const REMOTE_NODE_SCOPE = 2;
const CIDR_SCOPE = 1;
/** Well-known components begin here; below are the reserved ones. */
const FIRST_CLUSTER_WIDE = 100;

/** The namespace that the record names, else the one in the labels. */
export function namespaceOf(side: Side): string | undefined {
  return side.namespace ?? labelValue(side.labels, "io.kubernetes.pod.namespace");
}

/** `workloadOf` answers with what all records of the pod, or of the identity, know together. */
export function actorOf(
  side: Side,
  address: AddressKnowledge | undefined,
  workloadOf: (side: Side) => PodWorkload | undefined,
): ActorValue {
  const namespace = namespaceOf(side);
  if (side.pod !== undefined) return podActor(side, namespace, side.pod, workloadOf(side));
  const reserved = reservedName(side);
  if (reserved !== undefined && WORLD.has(reserved)) return worldActor(side, address);
  if (reserved !== undefined) return plainActor(side, "reserved", `reserved:${reserved}`, reserved);
  return workloadActor(side, namespace, workloadOf(side)) ?? lesserActor(side, address);
}

function podActor(
  side: Side,
  namespace: string | undefined,
  pod: string,
  workload: PodWorkload | undefined,
): ActorValue {
  return {
    key: keyOf(side.cluster, `${namespace ?? UNKNOWN}/${pod}`),
    workloadKey: keyOf(side.cluster, `${namespace ?? UNKNOWN}/${workload?.name ?? pod}`),
    namespaceKey: keyOf(side.cluster, namespace ?? UNKNOWN),
    kind: "pod",
    cluster: side.cluster,
    namespace,
    pod,
    workload,
    name: pod,
  };
}

/** The name of a reserved identity: by its number, else by the labels. */
function reservedName({ identity, labels }: Side): string | undefined {
  if (identity !== undefined && identity > 0) {
    const name = RESERVED_IDENTITY.get(identity);
    if (name !== undefined) return name;
    if (identity >>> 24 === REMOTE_NODE_SCOPE) return "remote-node";
  }
  const names = labels.flatMap((label) => (label.startsWith("reserved:") ? [label.slice(9)] : [])).sort();
  const known = names.filter((name) => name !== "unknown");
  const best =
    known.find((name) => !LEAST.includes(name)) ?? known.find((name) => !WORLD.has(name)) ?? known[0];
  if (best !== undefined) return best;
  const isPrefix = identity !== undefined && identity >>> 24 === CIDR_SCOPE;
  return isPrefix || labels.some((label) => /^(cidr|fqdn):/.test(label)) ? "world" : undefined;
}

/** DNS name (the record's own, else one known for the address), then prefix, then address. */
function worldActor(side: Side, address: AddressKnowledge | undefined): ActorValue {
  const dnsName = firstName(side.names) ?? address?.dnsName;
  if (dnsName !== undefined) return plainActor(side, "world", `dns:${dnsName}`, dnsName, "world");
  const cidr = address === undefined ? longestPrefix(side.labels) : address.cidr;
  if (cidr !== undefined) return plainActor(side, "world", `cidr:${cidr}`, cidr, "world");
  if (side.ip !== undefined) return plainActor(side, "world", `ip:${side.ip}`, side.ip, "world");
  return plainActor(side, "world", "reserved:world", "world");
}

function workloadActor(
  side: Side,
  namespace: string | undefined,
  workload: PodWorkload | undefined,
): ActorValue | undefined {
  if (workload === undefined && namespace === undefined) return undefined;
  const key = keyOf(side.cluster, `${namespace ?? UNKNOWN}/${workload?.name ?? UNKNOWN}`);
  return {
    key,
    workloadKey: key,
    namespaceKey: keyOf(side.cluster, namespace ?? UNKNOWN),
    kind: workload === undefined ? "namespace" : "workload",
    cluster: side.cluster,
    namespace,
    pod: undefined,
    workload,
    name: workload?.name ?? namespace ?? UNKNOWN,
  };
}

/** The workload that one record names or whose labels name one. */
export function workloadOfSide(side: Side): PodWorkload | undefined {
  if (side.workloadName !== undefined)
    return { kind: side.workloadKind, name: side.workloadName, by: "record" };
  const name = workloadOfLabels(side.labels);
  return name === undefined ? undefined : { kind: undefined, name, by: "labels" };
}

/** An identity that stands for the same labels on every node: a pod's (flow-formats 2.10). */
export function isClusterWide(identity: number | undefined): identity is number {
  return identity !== undefined && identity >= FIRST_CLUSTER_WIDE && identity >>> 24 === 0;
}

/** Neither pod nor workload nor reserved: a service, a name, an address, a bare identity, or nothing at all. */
function lesserActor(side: Side, address: AddressKnowledge | undefined): ActorValue {
  if (side.serviceName !== undefined) {
    const name = `${side.serviceNamespace ?? UNKNOWN}/${side.serviceName}`;
    return { ...plainActor(side, "service", `service:${name}`, name), namespace: side.serviceNamespace };
  }
  const dnsName = firstName(side.names) ?? address?.dnsName;
  if (dnsName !== undefined) return plainActor(side, "unknown", `dns:${dnsName}`, dnsName);
  if (side.ip !== undefined) return plainActor(side, "unknown", `ip:${side.ip}`, side.ip);
  if (side.identity !== undefined && side.identity > 0)
    return plainActor(side, "unknown", `identity:${side.identity}`, String(side.identity));
  return plainActor(side, "unknown", "unknown", "unknown");
}

function plainActor(side: Side, kind: ActorKind, text: string, name: string, reserved?: string): ActorValue {
  const key = keyOf(side.cluster, text);
  return {
    key,
    workloadKey: key,
    namespaceKey: reserved === undefined ? key : keyOf(side.cluster, `reserved:${reserved}`),
    kind,
    cluster: side.cluster,
    namespace: undefined,
    pod: undefined,
    workload: undefined,
    name,
  };
}

function keyOf(cluster: string, text: string): string {
  return cluster === DEFAULT_CLUSTER ? text : `${text}@${cluster}`;
}

/** A DNS name as names are compared: lower case, no final dot; undefined when nothing is left. */
export function normalName(name: string): string | undefined {
  const normal = name.toLowerCase().replace(/\.$/, "");
  return normal === "" ? undefined : normal;
}

/** The first by alphabet, so that it does not matter in which order they came. */
export function firstName(names: readonly string[]): string | undefined {
  return names
    .flatMap((name) => normalName(name) ?? [])
    .sort()
    .at(0);
}

/** The longest prefix that `cidr:` labels give, as an address writes it; neither a whole address nor everything is a prefix. */
export function longestPrefix(labels: readonly string[]): string | undefined {
  const prefixes = labels.flatMap((label) => {
    const match = /^cidr:([0-9a-fA-F.:-]+)\/(\d{1,3})$/.exec(label);
    if (match?.[1] === undefined) return [];
    const isIpv6 = match[1].includes("-") || match[1].includes(":");
    const bits = Number(match[2]);
    if (bits === 0 || bits === (isIpv6 ? 128 : 32)) return [];
    return [{ text: `${match[1].replaceAll("-", ":")}/${bits}`, bits }];
  });
  return prefixes.sort((a, b) => b.bits - a.bits || (a.text < b.text ? -1 : 1))[0]?.text;
}

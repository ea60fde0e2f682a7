/** Rules as policies: one for each workload that they select, as objects and as a file. */

import {
  type AllowWish,
  ciliumRules,
  kubernetesRules,
  type PolicySide,
  type SelectedPods,
} from "./allow-rule";
import { toYaml, type Yaml } from "./yaml";

export const POLICY_DIALECTS = ["cilium", "kubernetes"] as const;
export type PolicyDialect = (typeof POLICY_DIALECTS)[number];

export interface PolicyFile {
  /** `shop/web` */
  readonly workload: string;
  readonly fileName: string;
  /** The policy as an object. */
  readonly policy: Yaml;
  readonly yaml: string;
  /** What it allows. */
  readonly wishes: readonly AllowWish[];
}

interface Group {
  readonly owner: SelectedPods;
  /** By their text: what several causes ask for is written once. */
  readonly rules: Readonly<Record<PolicySide, Map<string, Yaml>>>;
  readonly wishes: AllowWish[];
}

function newGroup(owner: SelectedPods): Group {
  return { owner, rules: { egress: new Map(), ingress: new Map() }, wishes: [] };
}

/** One policy for each selected workload. What cannot be said in this dialect is left out, with the reason. */
export function policyFiles(
  dialect: PolicyDialect,
  wishes: readonly AllowWish[],
): { readonly files: readonly PolicyFile[]; readonly leftOut: ReadonlyMap<AllowWish, string> } {
  const groups = new Map<string, Group>();
  const leftOut = new Map<AllowWish, string>();
  for (const wish of wishes) {
    const written = (dialect === "cilium" ? ciliumRules : kubernetesRules)(wish);
    if (!written.ok) {
      leftOut.set(wish, written.why);
      continue;
    }
    const { owner } = wish;
    const key = JSON.stringify([owner.namespace, Object.entries(owner.labels).sort()]);
    const group = groups.get(key) ?? newGroup(owner);
    for (const rule of written.rules) group.rules[wish.side].set(JSON.stringify(rule), rule);
    group.wishes.push(wish);
    groups.set(key, group);
  }
  return { files: [...groups.values()].map((group) => toFile(dialect, group)), leftOut };
}

/** All in one file; null where there are none. */
export function yamlOf(files: readonly PolicyFile[]): string | null {
  return files.length === 0 ? null : files.map(({ yaml }) => yaml).join("---\n");
}

function peerName({ peer }: AllowWish): string {
  if (peer.kind === "names") return peer.names[0] ?? "name";
  return peer.kind === "prefix" ? peer.prefix : peer.name;
}

function toFile(dialect: PolicyDialect, { owner, rules, wishes }: Group): PolicyFile {
  // Of one rule the name says whom it allows; of several only whose they are.
  const [only, ...more] = wishes;
  const peer = only === undefined || more.length > 0 ? [] : [only.side, peerName(only)];
  const name = objectName(["allow", owner.name, ...peer]);
  const sides = (["ingress", "egress"] as const).filter((side) => rules[side].size > 0);
  const listed = Object.fromEntries(sides.map((side) => [side, [...rules[side].values()]]));
  const metadata = { name, namespace: owner.namespace };
  const policy: Yaml =
    dialect === "cilium"
      ? {
          apiVersion: "cilium.io/v2",
          kind: "CiliumNetworkPolicy",
          metadata,
          spec: { endpointSelector: { matchLabels: owner.labels }, ...listed },
        }
      : {
          apiVersion: "networking.k8s.io/v1",
          kind: "NetworkPolicy",
          metadata,
          spec: {
            podSelector: { matchLabels: owner.labels },
            policyTypes: sides.map((side) => (side === "egress" ? "Egress" : "Ingress")),
            ...listed,
          },
        };
  return {
    workload: `${owner.namespace}/${owner.name}`,
    fileName: `${objectName([owner.namespace, owner.name])}.yaml`,
    policy,
    yaml: toYaml(policy),
    wishes,
  };
}

/** A name that Kubernetes takes, whatever the parts hold. */
function objectName(parts: readonly string[]): string {
  const name = parts
    .map((part) => part.toLowerCase().replace(/[^a-z0-9]+/g, "-"))
    .join("-")
    .replace(/-+/g, "-")
    .slice(0, 63)
    .replace(/^-|-$/g, "");
  return name === "" ? "allow" : name;
}

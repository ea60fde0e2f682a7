/** Kinds of value that name a Kubernetes thing: pod, service, workload, policy, node. */

import { type Glob, globText, parseGlob } from "./glob";
import { anyOf, behind, openEnd } from "./value-forms";
import {
  escapePart,
  type ParsedValue,
  parsed,
  refused,
  shown,
  splitEscaped,
  unescapePart,
  type ValueKind,
} from "./value-kind";

/**
 * A pod or service by the beginning of its name (Hubble's meaning), or by its whole name when `isExact`.
 * No `namespace`: in any. An empty `name` with a namespace: all of it.
 */
interface PrefixValue<Type extends string> {
  readonly type: Type;
  readonly namespace?: string;
  readonly name: string;
  readonly isExact: boolean;
}
export type PodValue = PrefixValue<"pod">;
export type ServiceValue = PrefixValue<"service">;

/** A workload or policy by its exact name; what is absent may be anything, and at least one is present. */
interface OwnedValue<Type extends string> {
  readonly type: Type;
  readonly namespace?: string;
  readonly kind?: string;
  readonly name?: string;
}
export type WorkloadValue = OwnedValue<"workload">;

/** `node_name` is `cluster/node`, a bare one counts as cluster `default`; what is absent may be anything. */
export interface NodeValue {
  readonly type: "node";
  readonly cluster?: Glob;
  readonly node?: Glob;
}

/** `node_name` as cluster and node. A name that does not name both counts as one of cluster `default`. */
export function splitNodeName(name: string): readonly [cluster: string, node: string] {
  const slash = name.indexOf("/");
  const isBare = slash <= 0 || slash === name.length - 1;
  return isBare ? ["default", name] : [name.slice(0, slash), name.slice(slash + 1)];
}

function prefixKind<const Type extends string>(type: Type): ValueKind<PrefixValue<Type>> {
  return {
    describe: `\`namespace/prefix\`, \`prefix\` in any namespace, \`namespace/\` for all its ${type}s; a final \`$\` ends the name`,
    words: [],
    forms: anyOf(
      behind("/", `all ${type}s of this namespace`, /^[^/]+$/),
      behind("$", "exactly this name, and no longer one", /[^/$\\]$/),
    ),
    parse({ text }) {
      const parts = splitEscaped(text, "/", 2);
      const [namespace, rest] = parts.length === 1 ? ["", parts[0] ?? ""] : [parts[0] ?? "", parts[1] ?? ""];
      const isExact = /(?:^|[^\\])(?:\\\\)*\$$/.test(rest);
      const name = unescapePart(isExact ? rest.slice(0, -1) : rest);
      if (name === "" && (isExact || namespace === "")) {
        return refused(`A ${type}'s name or namespace is missing.`, {
          hint: `For example ${type}:shop/web or ${type}:shop/.`,
        });
      }
      if (namespace === "") return parsed({ type, name, isExact });
      return parsed({ type, namespace: unescapePart(namespace), name, isExact });
    },
    format({ namespace, name, isExact }) {
      const inNamespace = namespace === undefined ? "" : `${escapePart(namespace)}/`;
      return { text: `${inNamespace}${escapePart(name)}${isExact ? "$" : ""}` };
    },
  };
}

export const podKind = prefixKind("pod");
export const serviceKind = prefixKind("service");

/** Kinds that own pods, and kinds of policies; written in lower case they are almost surely meant as a kind. */
const USUAL_KINDS = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
  "Job",
  "CronJob",
  "Pod",
  "Rollout",
  "CiliumNetworkPolicy",
  "CiliumClusterwideNetworkPolicy",
  "NetworkPolicy",
];

/** Kubernetes kinds begin with a capital letter, namespaces cannot contain one. */
const LOOKS_LIKE_KIND = /^[A-Z]/;

/**
 * `name`, `Kind/name`, `Kind/` (Hubble's forms), `namespace/name`, `namespace/` and the full
 * `namespace/Kind/name`, in which any part may be empty: a namespace and a kind that look like each other
 * are told apart by it.
 */
function ownedKind<const Type extends string>(
  type: Type,
  example: string,
  kindExample: string,
): ValueKind<OwnedValue<Type>> {
  const built = (namespace: string, kind: string, name: string): ParsedValue<OwnedValue<Type>> => {
    if (namespace === "" && kind === "" && name === "") {
      return refused(`A ${type}'s name is missing.`, {
        hint: `For example ${type}:${example} or ${type}:${kindExample}.`,
      });
    }
    return parsed({
      type,
      ...(namespace === "" ? {} : { namespace: unescapePart(namespace) }),
      ...(kind === "" ? {} : { kind: unescapePart(kind) }),
      ...(name === "" ? {} : { name: unescapePart(name) }),
    });
  };
  return {
    describe: "`name`, `Kind/name`, `Kind/`, `namespace/name`, `namespace/`, `namespace/Kind/name`",
    words: [],
    forms: behind("/", "all of this namespace or kind", /^[^/]+$/),
    parse({ text }) {
      const parts = splitEscaped(text, "/");
      if (parts.length > 3) {
        return refused(`\`${shown(text)}\` has too many slashes for a ${type}.`, {
          hint: "The longest form is namespace/Kind/name; write \\/ for a slash inside a name.",
        });
      }
      const [first = "", second = "", third = ""] = parts;
      if (parts.length === 1) return built("", "", first);
      if (parts.length === 3) return built(first, second, third);
      if (LOOKS_LIKE_KIND.test(first)) return built("", first, second);
      const kind = usualKind(first);
      if (kind === undefined) return built(first, "", second);
      return refused(
        `\`${shown(first)}\` reads like a kind of ${type}, and kinds are written with capitals.`,
        {
          hint: `For a namespace of that name write ${first}//${second}.`,
          suggestion: `${kind}/${second}`,
        },
      );
    },
    format({ namespace, kind, name }) {
      const [inNamespace, ofKind, named] = [namespace, kind, name].map((part) => escapePart(part ?? ""));
      if (namespace === undefined && kind === undefined) return { text: named ?? "" };
      if (namespace === undefined && LOOKS_LIKE_KIND.test(kind ?? "")) return { text: `${ofKind}/${named}` };
      const isPlain = namespace !== undefined && !LOOKS_LIKE_KIND.test(namespace) && !usualKind(namespace);
      if (kind === undefined && isPlain) return { text: `${inNamespace}/${named}` };
      return { text: `${inNamespace}/${ofKind}/${named}` };
    },
  };
}

export const workloadKind = ownedKind("workload", "shop/web", "Deployment/web");
export const policyKind = ownedKind("policy", "shop/allow-web", "CiliumNetworkPolicy/allow-web");

function usualKind(text: string): string | undefined {
  return USUAL_KINDS.find((kind) => kind.toLowerCase() === text);
}

/** Hubble's node pattern: `[cluster/]node`, `*` for any run of characters; without a cluster, any cluster. */
export const nodeKind: ValueKind<NodeValue> = {
  describe: "`node` or `cluster/node`; `*` stands for any run of characters",
  words: [],
  forms: anyOf(openEnd, behind("/", "all nodes of this cluster", /^[^/]+$/)),
  parse({ text }) {
    const parts = splitEscaped(text, "/");
    if (parts.length > 2) {
      return refused(`\`${shown(text)}\` has too many slashes for a node.`, {
        hint: "The longest form is cluster/node.",
      });
    }
    const [cluster, node] = parts.length === 1 ? ["", parts[0] ?? ""] : [parts[0] ?? "", parts[1] ?? ""];
    if (cluster === "" && node === "") {
      return refused("A node's name is missing.", {
        hint: "For example node-name:aks-np-* or node-name:prod/aks-np-01.",
      });
    }
    return parsed({
      type: "node",
      ...(cluster === "" ? {} : { cluster: parseGlob(cluster) }),
      ...(node === "" ? {} : { node: parseGlob(node) }),
    });
  },
  format({ cluster, node }) {
    const name = node === undefined ? "" : globText(node);
    return { text: cluster === undefined ? name : `${globText(cluster)}/${name}` };
  },
};

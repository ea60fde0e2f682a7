/** Kinds of value that name a Kubernetes thing: pod, workload, node. */

import { type Glob, globText, parseGlob } from "./glob";
import { escapePart, parsed, refused, shown, splitEscaped, unescapePart, type ValueKind } from "./value-kind";

/**
 * A pod by the beginning of its name (Hubble's meaning), or by its whole name when `isExact`.
 * No `namespace`: in any. An empty `name` with a namespace: every pod of it.
 */
export interface PodValue {
  readonly type: "pod";
  readonly namespace?: string;
  readonly name: string;
  readonly isExact: boolean;
}

/** A workload by its exact name; what is absent may be anything, and at least one is present. */
export interface WorkloadValue {
  readonly type: "workload";
  readonly namespace?: string;
  readonly kind?: string;
  readonly name?: string;
}

/** `node_name` is `cluster/node`, a bare one counts as cluster `default`; what is absent may be anything. */
export interface NodeValue {
  readonly type: "node";
  readonly cluster?: Glob;
  readonly node?: Glob;
}

export const podKind: ValueKind<PodValue> = {
  describe:
    "`namespace/prefix`, `prefix` in any namespace, `namespace/` for all its pods; a final `$` ends the name",
  words: [],
  parse({ text }) {
    const parts = splitEscaped(text, "/", 2);
    const [namespace, rest] = parts.length === 1 ? ["", parts[0] ?? ""] : [parts[0] ?? "", parts[1] ?? ""];
    const isExact = /(?:^|[^\\])(?:\\\\)*\$$/.test(rest);
    const name = unescapePart(isExact ? rest.slice(0, -1) : rest);
    if (name === "" && (isExact || namespace === "")) {
      return refused("A pod's name or namespace is missing.", {
        hint: "For example pod:shop/web or pod:shop/.",
      });
    }
    if (namespace === "") return parsed({ type: "pod", name, isExact });
    return parsed({ type: "pod", namespace: unescapePart(namespace), name, isExact });
  },
  format({ namespace, name, isExact }) {
    const inNamespace = namespace === undefined ? "" : `${escapePart(namespace)}/`;
    return { text: `${inNamespace}${escapePart(name)}${isExact ? "$" : ""}` };
  },
};

/** Kinds that own pods; written in lower case they are almost surely meant as a kind. */
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
];

/** Kubernetes kinds begin with a capital letter, namespaces cannot contain one. */
const LOOKS_LIKE_KIND = /^[A-Z]/;

/**
 * `name`, `Kind/name`, `Kind/` (Hubble's forms), `namespace/name`, `namespace/` and the full
 * `namespace/Kind/name`, in which any part may be empty: a namespace and a kind that look like each other
 * are told apart by it.
 */
export const workloadKind: ValueKind<WorkloadValue> = {
  describe: "`name`, `Kind/name`, `Kind/`, `namespace/name`, `namespace/`, `namespace/Kind/name`",
  words: [],
  parse({ text }) {
    const parts = splitEscaped(text, "/");
    if (parts.length > 3) {
      return refused(`\`${shown(text)}\` has too many slashes for a workload.`, {
        hint: "The longest form is namespace/Kind/name; write \\/ for a slash inside a name.",
      });
    }
    const [first = "", second = "", third = ""] = parts;
    if (parts.length === 1) return workload("", "", first);
    if (parts.length === 3) return workload(first, second, third);
    if (LOOKS_LIKE_KIND.test(first)) return workload("", first, second);
    const kind = usualKind(first);
    if (kind === undefined) return workload(first, "", second);
    return refused(
      `\`${shown(first)}\` reads like a kind of workload, and kinds are written with capitals.`,
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

function workload(namespace: string, kind: string, name: string): ReturnType<typeof workloadKind.parse> {
  if (namespace === "" && kind === "" && name === "") {
    return refused("A workload's name is missing.", {
      hint: "For example workload:shop/web or workload:Deployment/web.",
    });
  }
  return parsed({
    type: "workload",
    ...(namespace === "" ? {} : { namespace: unescapePart(namespace) }),
    ...(kind === "" ? {} : { kind: unescapePart(kind) }),
    ...(name === "" ? {} : { name: unescapePart(name) }),
  });
}

function usualKind(text: string): string | undefined {
  return USUAL_KINDS.find((kind) => kind.toLowerCase() === text);
}

/** Hubble's node pattern: `[cluster/]node`, `*` for any run of characters; without a cluster, any cluster. */
export const nodeKind: ValueKind<NodeValue> = {
  describe: "`node` or `cluster/node`; `*` stands for any run of characters",
  words: [],
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

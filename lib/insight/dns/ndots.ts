/**
 * What would spare a workload the attempts of its search list, and the piece of its spec to change.
 *
 * `ndots` is the number of dots from which a name is asked for as it is first; Kubernetes sets 5, so that nearly every
 * name goes through the list. A final dot keeps one name out of it.
 */

export interface Saved {
  /** Queries that would not have been asked; negative: so many more. */
  readonly ndots1: number;
  readonly ndots2: number;
  readonly dot: number;
}

/** The value of `ndots` that saves more. Of equal ones 2, which leaves `service.namespace` to the search list; null when none saves anything. */
export function bestNdots({ ndots1, ndots2 }: Saved): 1 | 2 | null {
  const best = ndots1 > ndots2 ? 1 : 2;
  return Math.max(ndots1, ndots2) > 0 ? best : null;
}

/** Where the spec of its pods is, in the manifest of each kind (Kubernetes API 1.34). */
const POD_SPEC: Readonly<Record<string, readonly string[]>> = {
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
  Pod: ["spec"],
};
const TEMPLATE = ["spec", "template", "spec"];
const TEMPLATED = new Set(["DaemonSet", "Deployment", "Job", "ReplicaSet", "StatefulSet"]);

/** For the manifest of this kind; of an unknown kind, for the spec of the pod. */
export function ndotsYaml(kind: string | null, ndots: 1 | 2): string {
  const path = POD_SPEC[kind ?? ""] ?? (TEMPLATED.has(kind ?? "") ? TEMPLATE : ["spec"]);
  const lines = [...path, "dnsConfig", "options"].map((word, depth) => `${"  ".repeat(depth)}${word}:`);
  const indent = "  ".repeat(path.length + 1);
  return [...lines, `${indent}- name: ndots`, `${indent}  value: "${ndots}"`, ""].join("\n");
}

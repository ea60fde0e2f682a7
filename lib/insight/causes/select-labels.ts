/**
 * Labels by which a policy selects a workload: few, lasting from rollout to rollout, and, as far as the capture can tell,
 * those of no other workload.
 */

/** A workload's pods as the log shows them. */
export interface LabelledPods {
  readonly name: string;
  /** One list for each set of labels that was seen: `k8s:app=web`. */
  readonly labelSets: readonly (readonly string[])[];
}

export interface Selection {
  readonly labels: Readonly<Record<string, string>>;
  /** Other workloads of the namespace that have these labels too. */
  readonly alsoSelects: readonly string[];
}

/** Labels that name an application, best first. */
const NAMING = [
  "app.kubernetes.io/name",
  "k8s-app",
  "app",
  "name",
  "app.kubernetes.io/component",
  "component",
  "app.kubernetes.io/instance",
  "tier",
  "role",
];

/** Change with a rollout, a pod, a node or a version. */
const FLEETING =
  /(?:hash|uid|version|revision|generation|pod-name|pod-index|job-name|chart|heritage|managed-by|zone|region|hostname)$|^(?:io\.kubernetes|io\.cilium|topology\.kubernetes\.io|batch\.kubernetes\.io)[./]/;

/** What a selector takes as a value, and as a key; what a hostile log holds beyond is no label of Kubernetes. */
const VALUE = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const KEY = /^[A-Za-z0-9][-A-Za-z0-9_./]{0,316}$/;

/** Undefined where all pods share no lasting label. */
export function selectLabels(own: LabelledPods, others: readonly LabelledPods[]): Selection | undefined {
  const candidates = commonLabels(own);
  const [first] = candidates;
  if (first === undefined) return undefined;
  const chosen = [first];
  let also = selected(others, chosen);
  for (const candidate of candidates.slice(1)) {
    if (also.length === 0) break;
    const fewer = selected(also, [...chosen, candidate]);
    if (fewer.length === also.length) continue;
    chosen.push(candidate);
    also = fewer;
  }
  return { labels: Object.fromEntries(chosen), alsoSelects: also.map(({ name }) => name).sort() };
}

type Label = readonly [key: string, value: string];

function selected(pods: readonly LabelledPods[], labels: readonly Label[]): LabelledPods[] {
  return pods.filter(({ labelSets }) =>
    labelSets.some((set) => {
      const has = new Map(set.flatMap(labelOf));
      return labels.every(([key, value]) => has.get(key) === value);
    }),
  );
}

/** Lasting labels that every set has, the best first. */
function commonLabels({ labelSets }: LabelledPods): Label[] {
  const [first = [], ...more] = labelSets.map((set) => new Map(set.flatMap(labelOf)));
  const rank = ([key]: Label): number => {
    const at = NAMING.indexOf(key);
    return at < 0 ? NAMING.length : at;
  };
  return [...first]
    .filter(
      ([key, value]) =>
        KEY.test(key) &&
        VALUE.test(value) &&
        !FLEETING.test(key) &&
        more.every((set) => set.get(key) === value),
    )
    .sort((a, b) => rank(a) - rank(b) || (a[0] < b[0] ? -1 : 1));
}

/** Of pods only: `k8s:key=value`. */
function labelOf(label: string): Label[] {
  const text = /^(?:k8s|any):(.*)$/s.exec(label)?.[1] ?? (label.includes(":") ? "" : label);
  const at = text.indexOf("=");
  return at <= 0 ? [] : [[text.slice(0, at), text.slice(at + 1)]];
}

/**
 * The name of a workload when no record names one (flow-formats 8.8): from labels, then from the pod's name.
 */

/** Label keys that name an application, best first; with or without their source (`k8s:`). */
const NAMING_LABELS = ["app.kubernetes.io/name", "k8s-app", "app", "name", "app.kubernetes.io/instance"];

/** What the naming labels say; undefined when there are none. */
export function workloadOfLabels(labels: readonly string[]): string | undefined {
  for (const key of NAMING_LABELS) {
    const value = labelValue(labels, key);
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}

/** The value of a pod's label; of several (that cannot be), the first by alphabet. */
export function labelValue(labels: readonly string[], key: string): string | undefined {
  const found = labels.flatMap((label) => {
    const text = label.startsWith("k8s:")
      ? label.slice(4)
      : label.startsWith("any:")
        ? label.slice(4)
        : label;
    return text.startsWith(`${key}=`) ? [text.slice(key.length + 1)] : [];
  });
  return found.sort()[0];
}

/** The letters of generated names: no vowels, no 0, 1 and 3 (Kubernetes, apimachinery `util/rand`). */
const RANDOM = "[bcdfghjklmnpqrstvwxz2456789]";
const REPLICA_SET = new RegExp(`^(.+)-${RANDOM}{6,10}-${RANDOM}{5}$`);
const CRON_JOB = new RegExp(`^(.+)-\\d{8,11}-${RANDOM}{5}$`);
const GENERATED = new RegExp(`^(.+)-${RANDOM}{5}$`);
const ORDINAL = /^(.+)-\d{1,5}$/;

/** A pod's name without ReplicaSet hash and random suffix, or StatefulSet ordinal. A guess. */
export function workloadOfPodName(pod: string): string {
  for (const pattern of [CRON_JOB, REPLICA_SET, GENERATED, ORDINAL]) {
    const name = pattern.exec(pod)?.[1];
    if (name !== undefined) return name;
  }
  return pod;
}

/** What pods of one owner share: the name without random suffix or ordinal, ReplicaSet hash included. */
export function ownerOfPodName(pod: string): string | undefined {
  return GENERATED.exec(pod)?.[1] ?? ORDINAL.exec(pod)?.[1];
}

/** What changed about the pods of an edge, told from what the log holds of them. */

/** What one endpoint of a record said of a pod, and when such records were seen. */
export interface Sighting {
  readonly pod: string;
  readonly identity: number | null;
  /** Sorted as the record has them; null: left out. */
  readonly labels: readonly string[] | null;
  readonly ip: string | null;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

export interface Change {
  readonly atNs: bigint;
  readonly says: string;
}

/** Pods that are first seen behind `seenFromNs`, and pods whose identity, labels or address is another than before. */
export function podChanges(sightings: readonly Sighting[], seenFromNs: bigint): Change[] {
  const pods = new Map<string, Sighting[]>();
  for (const sighting of sightings) pods.set(sighting.pod, [...(pods.get(sighting.pod) ?? []), sighting]);
  return [...pods].flatMap(([pod, seen]) => {
    const sorted = seen.sort((a, b) => (a.firstNs < b.firstNs ? -1 : a.firstNs > b.firstNs ? 1 : 0));
    const first = sorted[0]?.firstNs;
    const isNew = first !== undefined && first > seenFromNs;
    return [
      ...(isNew ? [{ atNs: first, says: `Pod ${pod} is seen for the first time.` }] : []),
      ...replaced(sorted, ({ ip }) => ip).map(({ before, after, atNs }) => ({
        atNs,
        says: `Pod ${pod} has another address: ${after}, before ${before}. It was started anew.`,
      })),
      ...replaced(sorted, ({ identity }) => (identity === null ? null : String(identity))).map(
        ({ before, after, atNs }) => ({
          atNs,
          says: `Pod ${pod} has another identity: ${after}, before ${before}.`,
        }),
      ),
      ...replaced(sorted, ({ labels }) => (labels === null ? null : JSON.stringify(labels))).map(
        ({ before, after, atNs }) => ({
          atNs,
          says: `Labels of pod ${pod} changed: ${labelsText(before, after)}.`,
        }),
      ),
    ];
  });
}

/** One value ends before another begins. Values that alternate are two views of one thing. */
function replaced(
  seen: readonly Sighting[],
  of: (sighting: Sighting) => string | null,
): { readonly before: string; readonly after: string; readonly atNs: bigint }[] {
  const spans = new Map<string, { first: bigint; last: bigint }>();
  for (const sighting of seen) {
    const value = of(sighting);
    if (value === null) continue;
    const span = spans.get(value);
    if (span === undefined) spans.set(value, { first: sighting.firstNs, last: sighting.lastNs });
    else if (sighting.lastNs > span.last) span.last = sighting.lastNs;
  }
  const ordered = [...spans].sort(([, a], [, b]) => (a.first < b.first ? -1 : 1));
  return ordered.flatMap(([after, span], at) => {
    const before = ordered[at - 1];
    return before === undefined || before[1].last >= span.first
      ? []
      : [{ before: before[0], after, atNs: span.first }];
  });
}

function labelsText(before: string, after: string): string {
  const [old, now] = [before, after].map((text) => new Set(JSON.parse(text) as string[]));
  const gone = [...(old ?? [])].filter((label) => !now?.has(label));
  const come = [...(now ?? [])].filter((label) => !old?.has(label));
  return [
    ...(come.length > 0 ? [`now ${come.join(", ")}`] : []),
    ...(gone.length > 0 ? [`no longer ${gone.join(", ")}`] : []),
  ].join("; ");
}

const POLICY_LABEL = (name: string) =>
  new RegExp(`(?:^|[ ,])(?:k8s:)?io\\.cilium\\.k8s\\.policy\\.${name}=([^, ]*)`);

/**
 * An agent event as the store holds it in words (lib/formats/hubble-other.ts); undefined where it can have nothing to do
 * with these pods. `namespaces` are those of both sides, `pods` theirs as `namespace/name`.
 */
export function agentChange(
  detail: string,
  namespaces: ReadonlySet<string>,
  pods: ReadonlySet<string>,
): string | undefined {
  const [type = "", rest = ""] = [detail.split(" ", 1)[0] ?? "", detail.slice(detail.indexOf(" ") + 1)];
  switch (type) {
    case "POLICY_UPDATED":
    case "POLICY_DELETED": {
      const [kind, namespace, name] = ["derived-from", "namespace", "name"].map(
        (label) => POLICY_LABEL(label).exec(detail)?.[1],
      );
      if (namespace !== undefined && !namespaces.has(namespace)) return undefined;
      const path = [namespace, name].filter((part) => part !== undefined).join("/");
      const what = path === "" ? "a policy that is not named" : `${kind ?? "policy"} ${path}`;
      return type === "POLICY_UPDATED" ? `The agent took in ${what}.` : `The agent removed ${what}.`;
    }
    case "ENDPOINT_CREATED":
    case "ENDPOINT_DELETED":
      return pods.has(rest)
        ? `Endpoint of ${rest} was ${type === "ENDPOINT_CREATED" ? "made" : "removed"}.`
        : undefined;
    case "AGENT_STARTED":
      return "The agent of this node started.";
    default:
      return undefined;
  }
}

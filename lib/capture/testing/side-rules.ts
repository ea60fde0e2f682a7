/** What the keys with sides mean, at one end of one record: who, where, by which name. */

import type { SidedKey } from "@/lib/scope/keys";
import { FLOWS, type FlowJson } from "./records";
import { isAbsent, isMasked, type Rules, said, saidAmong } from "./rule";
import { isWithin, saidSelector } from "./values";

type Side = NonNullable<FlowJson["source"]>;

interface Workload {
  readonly name: string;
  readonly kind?: string;
}

/** Which packet has which actor, only settling knows. */
export const SIDE_RULES: Rules<Exclude<SidedKey, "actor">> = {
  namespace: saidAmong(
    (json, end) =>
      [json[end]?.namespace, json[`${end}_service`]?.namespace].filter((name) => name !== undefined),
    (name, { text }) => name === text,
  ),
  pod: said((json, end) => named(json[end]?.pod_name, json[end]?.namespace), beginsAs),
  service: said(
    (json, end) => named(json[`${end}_service`]?.name, json[`${end}_service`]?.namespace),
    beginsAs,
  ),
  workload: (json, value, end) => {
    const { pod_name: pod, namespace } = json[end] ?? {};
    const known = workloadsOf(json[end] ?? {});
    if (value.type === "none") return known.length === 0 && pod === undefined && !isMasked(json);
    if (value.type === "unknown") return known.length === 0 && (pod !== undefined || isMasked(json));
    return known.some(
      ({ name, kind }) =>
        (value.name === undefined || value.name === name) &&
        (value.kind === undefined || value.kind === kind) &&
        (value.namespace === undefined || value.namespace === namespace),
    );
  },
  cluster: said(
    (json, end) => json[end]?.cluster_name,
    (cluster, { text }) => cluster === text,
  ),
  identity: (json, value, end) => {
    const said = json[end]?.identity;
    if (value.type !== "identity") return said === undefined && isAbsent(json, value.type);
    // Hubble leaves 0 out.
    return said === value.identity || (said === undefined && value.identity === 0 && !isMasked(json));
  },
  label: saidSelector((json, end) => json[end]?.labels),
  fqdn: saidAmong(
    (json, end) => json[`${end}_names`],
    (name, { pieces }) => {
      const expression = pieces.map((piece) => piece.replaceAll(".", "[.]")).join("[-.0-9a-z]*");
      return new RegExp(`^${expression}$`).test(name.toLowerCase().replace(/[.]$/, ""));
    },
  ),
  port: said(
    (json, end) => Object.values(json.l4 ?? {})[0]?.[`${end}_port`],
    (said, { port }) => said === port,
  ),
  ip: said((json, end) => json.IP?.[end], isWithin),
};

interface Named {
  readonly name: string;
  readonly namespace: string | undefined;
}

function named(name: string | undefined, namespace: string | undefined): Named | undefined {
  return name === undefined ? undefined : { name, namespace };
}

interface ValueWithName {
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly isExact: boolean;
}

function beginsAs({ name, namespace }: Named, wanted: ValueWithName): boolean {
  if (wanted.namespace !== undefined && wanted.namespace !== namespace) return false;
  return wanted.isExact ? name === wanted.name : name.startsWith(wanted.name);
}

const saidOf = (end: Side): Workload[] =>
  (end.workloads ?? []).slice(0, 1).flatMap(({ name, kind }) => (name === undefined ? [] : [{ name, kind }]));
const podOf = ({ cluster_name, namespace, pod_name }: Side): string =>
  JSON.stringify([cluster_name ?? "", namespace ?? "", pod_name]);

/** What any record says of each pod. */
const LEARNED = new Map<string, Workload[]>();
for (const end of FLOWS.flatMap((json) => [json.source ?? {}, json.destination ?? {}]))
  if (end.pod_name !== undefined)
    LEARNED.set(podOf(end), [...(LEARNED.get(podOf(end)) ?? []), ...saidOf(end)]);

export function workloadsOf(end: Side): readonly Workload[] {
  const own = saidOf(end);
  return own.length > 0 || end.pod_name === undefined ? own : (LEARNED.get(podOf(end)) ?? []);
}

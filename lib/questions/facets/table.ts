/** How each key's values are told from the store: as texts that can stand in a filter behind the key. */

import type { SqlRow } from "@/lib/capture/driver";
import type { StoredPolicy } from "@/lib/capture/policy-conditions";
import { listOf } from "@/lib/capture/side-conditions";
import { DNS_RCODE, enumName } from "@/lib/flow/enums";
import { NOT_A_LOSS } from "@/lib/flow/losses";
import { PRESENT } from "@/lib/flow/presence";
import { formatAddress, parseAddress } from "@/lib/scope/address";
import { formatValue } from "@/lib/scope/filter";
import { wholePattern } from "@/lib/scope/http-kinds";
import type { FilterKey, ValueOf } from "@/lib/scope/keys";
import { type LabelRequirement, labelKind, matchesSelector, parseLabel } from "@/lib/scope/label-kind";
import { fqdnKind } from "@/lib/scope/packet-kinds";

/** In a record that a field mask was at work on, what is absent is unknown. */
export function isMasked(kind: SqlRow): boolean {
  return (Number(kind.present) & PRESENT.Type) === 0;
}

export const UNKNOWN = "?";
export const NONE = "-";

/** No values: unknown in a masked record, else none. */
export function orAbsent(values: readonly string[], masked: boolean): readonly string[] {
  return values.length > 0 ? values : [masked ? UNKNOWN : NONE];
}

function text<Key extends FilterKey>(key: Key, value: ValueOf<Key>): string {
  return formatValue(key, value);
}

type TextKey =
  | "namespace"
  | "cluster"
  | "interface"
  | "client-namespace"
  | "server-namespace"
  | "route"
  | "cause";
export function plainText(key: TextKey, value: unknown): string[] {
  return typeof value === "string" ? [text(key, { type: "text", text: value })] : [];
}

type EnumKey = "verdict" | "traffic-direction" | "drop-reason-desc" | "trace-point" | "dns-rcode";
function enumText(key: EnumKey, name: unknown): string[] {
  return typeof name === "string" ? [text(key, { type: "enum", name })] : [];
}

function yesNo(answer: boolean | undefined): string[] {
  return answer === undefined ? [UNKNOWN] : [answer ? "yes" : "no"];
}

const L4_WORDS: Readonly<Record<string, string>> = {
  TCP: "tcp",
  UDP: "udp",
  SCTP: "sctp",
  ICMPv4: "icmpv4",
  ICMPv6: "icmpv6",
  VRRP: "vrrp",
  IGMP: "igmp",
};

/** Values of what stands in Kind; never empty. */
export const KIND_FACETS = {
  verdict: (kind) => (Number(kind.present) & PRESENT.verdict ? enumText("verdict", kind.verdict) : [UNKNOWN]),
  "traffic-direction": (kind) =>
    kind.trafficDirection === "TRAFFIC_DIRECTION_UNKNOWN"
      ? [UNKNOWN]
      : enumText("traffic-direction", kind.trafficDirection),
  "drop-reason-desc": (kind) => {
    if (kind.dropReason !== null) return enumText("drop-reason-desc", kind.dropReason);
    const isUnknown = kind.verdict === "DROPPED" && kind.type !== "L7" && kind.eventType !== 5;
    return [isUnknown ? UNKNOWN : NONE];
  },
  // A transport that the filter has no word for has no value; none at all is one beside that of L7.
  protocol: (kind) => [
    ...(kind.protocol === null
      ? orAbsent([], isMasked(kind))
      : [L4_WORDS[String(kind.protocol)] ?? []].flat()),
    ...(typeof kind.l7Protocol === "string" ? [kind.l7Protocol] : []),
  ],
  type: (kind) =>
    typeof kind.eventType === "number" ? [text("type", { type: "event", event: kind.eventType })] : [UNKNOWN],
  reply: (kind) => yesNo(kind.isReply === null ? undefined : kind.isReply === 1),
  "tcp-flags": (kind) => {
    const flags = String(kind.tcpFlags ?? "")
      .split(",")
      .filter((flag) => flag !== "");
    if (flags.length > 0) return flags;
    const isUnknown = kind.tcpFlags === null && isMasked(kind) && (kind.protocol ?? "TCP") === "TCP";
    return [isUnknown ? UNKNOWN : NONE];
  },
  "ip-version": (kind) => {
    const words: Readonly<Record<string, string>> = { IPv4: "v4", IPv6: "v6", IP_NOT_USED: "none" };
    if (typeof kind.ipVersion === "string")
      return [words[kind.ipVersion] ?? ""].filter((word) => word !== "");
    return [isMasked(kind) ? UNKNOWN : "none"];
  },
  "http-method": (kind) =>
    orAbsent(
      typeof kind.httpMethod === "string"
        ? [text("http-method", { type: "method", method: kind.httpMethod.toUpperCase() })]
        : [],
      isMasked(kind),
    ),
  "http-status": (kind) => {
    const code = Number(kind.httpCode ?? 0);
    if (code >= 100 && code <= 599) return [String(code)];
    return code === 0 ? orAbsent([], isMasked(kind)) : [];
  },
  encrypted: (kind) => {
    if (kind.encrypted === 1) return ["yes"];
    const isUnknown = kind.encrypted === null && isMasked(kind) && (Number(kind.present) & PRESENT.IP) === 0;
    return [isUnknown ? UNKNOWN : "no"];
  },
  "trace-point": (kind) => {
    if (kind.observationPoint !== null) return enumText("trace-point", kind.observationPoint);
    return [kind.eventType === null && isMasked(kind) ? UNKNOWN : NONE];
  },
  "dns-rcode": (kind) =>
    orAbsent(
      typeof kind.dnsRcode === "number" ? enumText("dns-rcode", enumName(DNS_RCODE, kind.dnsRcode)) : [],
      isMasked(kind),
    ),
  aggregated: (kind) => yesNo(kind.aggregated !== 0),
  "not-a-loss": (kind) =>
    yesNo(kind.verdict === "DROPPED" && typeof kind.dropCode === "number" && NOT_A_LOSS.has(kind.dropCode)),
} satisfies Partial<Record<FilterKey, (kind: SqlRow) => readonly string[]>>;

/** Values of what stands in Observer; empty: none. */
export const OBSERVER_FACETS = {
  "node-name": ({ nodeName }) => {
    if (typeof nodeName !== "string") return [];
    const slash = nodeName.indexOf("/");
    const [cluster, node] =
      slash < 0 ? ["default", nodeName] : [nodeName.slice(0, slash), nodeName.slice(slash + 1)];
    const part = (of: string) => (of === "" ? undefined : [of]);
    return [text("node-name", { type: "node", cluster: part(cluster), node: part(node) })];
  },
  interface: ({ interfaceName }) => plainText("interface", interfaceName),
  "node-label": ({ nodeLabels }) =>
    typeof nodeLabels === "string" ? selectors("node-label", nodeLabels) : [],
} satisfies Partial<Record<FilterKey, (observer: SqlRow) => readonly string[]>>;

/** Sources whose labels have no value. */
const WITHOUT_VALUE: ReadonlySet<string> = new Set(["reserved", "cidr", "fqdn", "cidrgroup"]);

/** Labels that a selector can say; a label with a comma or a space cannot be asked for. */
function selectors(key: "label" | "node-label", json: string): string[] {
  return [...new Set(listOf(json))].flatMap((label) => {
    const parsed = labelKind.parse({ text: label, quoted: false });
    // A comma parts two conditions, which a single label does not mean.
    if (!parsed.ok || !matchesSelector(parsed.value, [parseLabel(label)])) return [];
    return [text(key, { type: "label", requirements: parsed.value.requirements.map(withValue) })];
  });
}

/** A key alone would find the label with any value. */
function withValue(requirement: LabelRequirement): LabelRequirement {
  if (requirement.operator !== "exists" || WITHOUT_VALUE.has(requirement.source)) return requirement;
  return { ...requirement, operator: "in", values: [""] };
}

export interface Workload {
  readonly kind: string | null;
  readonly name: string;
}

/** Values of what stands in Endpoint; empty: none. `learned`: workloads that other records of the same pod name. */
export const SIDE_FACETS = {
  namespace: ({ namespace, serviceNamespace }) => [
    ...new Set([...plainText("namespace", namespace), ...plainText("namespace", serviceNamespace)]),
  ],
  pod: ({ namespace, pod }) =>
    typeof pod === "string"
      ? [text("pod", { type: "pod", ...within(namespace), name: pod, isExact: true })]
      : [],
  service: ({ serviceNamespace, serviceName }) =>
    typeof serviceName === "string"
      ? [text("service", { type: "service", ...within(serviceNamespace), name: serviceName, isExact: true })]
      : [],
  workload: ({ namespace, workloadName, workloadKind }, learned) => {
    const known =
      typeof workloadName === "string"
        ? [{ name: workloadName, kind: typeof workloadKind === "string" ? workloadKind : null }]
        : learned;
    return known.map(({ name, kind }) =>
      text("workload", { type: "workload", ...within(namespace), ...(kind === null ? {} : { kind }), name }),
    );
  },
  cluster: ({ cluster }) => plainText("cluster", cluster),
  identity: ({ identity }) =>
    typeof identity === "number" ? [text("identity", { type: "identity", identity })] : [],
  ip: ({ ip }) => addressText("ip", ip),
  label: ({ labels }) => (typeof labels === "string" ? selectors("label", labels) : []),
  fqdn: ({ names }) =>
    typeof names === "string"
      ? [...new Set(listOf(names))].flatMap((name) => {
          const parsed = fqdnKind.parse({ text: name, quoted: false });
          // A star would stand for any run.
          return parsed.ok && !name.includes("*") ? [text("fqdn", parsed.value)] : [];
        })
      : [],
} satisfies Partial<Record<FilterKey, (endpoint: SqlRow, learned: readonly Workload[]) => readonly string[]>>;

function within(namespace: unknown): { readonly namespace?: string } {
  return typeof namespace === "string" ? { namespace } : {};
}

function addressText(key: "ip" | "snat-ip", ip: unknown): string[] {
  const address = typeof ip === "string" ? parseAddress(ip) : undefined;
  if (address === undefined) return [];
  return [text(key, { type: "ip", version: address.version, address: formatAddress(address) })];
}

export function policyTexts(policies: readonly StoredPolicy[]): string[] {
  return policies.flatMap(({ kind, namespace, name }) =>
    name === undefined || name === null
      ? []
      : [
          text("policy", {
            type: "policy",
            ...within(namespace),
            ...(typeof kind === "string" ? { kind } : {}),
            name,
          }),
        ],
  );
}

/** A text as a pattern that finds it alone. */
export function exactPattern(key: "dns-query" | "http-path" | "http-url", whole: string): string {
  return text(key, wholePattern(whole));
}

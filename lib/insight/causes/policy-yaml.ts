/**
 * A CiliumNetworkPolicy that allows what was dropped, to start from.
 *
 * Everything that comes from the log is written as a quoted text: it can be anything.
 */

import { labelValue } from "../workload-name";

export type PolicySide = "egress" | "ingress";

export type Target =
  | {
      readonly kind: "pods";
      readonly namespace: string;
      readonly name: string;
      readonly labels: readonly string[];
    }
  | { readonly kind: "entity"; readonly name: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "prefix"; readonly prefix: string };

export interface PolicyRequest {
  readonly side: PolicySide;
  readonly owner: { readonly namespace: string; readonly name: string; readonly labels: readonly string[] };
  readonly target: Target;
  readonly port: number | null;
  readonly protocol: string | null;
  readonly icmp: { readonly type: number; readonly family: "IPv4" | "IPv6" } | null;
  readonly request: {
    readonly protocol: string;
    readonly method: string | null;
    readonly text: string | null;
  } | null;
}

/** Labels that select an application, best first. */
const SELECTING = ["app.kubernetes.io/name", "k8s-app", "app", "name", "app.kubernetes.io/instance"];

/** Entities that a rule can name (Cilium 1.19, `pkg/policy/api/entity.go`). */
const ENTITIES = new Set([
  "world",
  "world-ipv4",
  "world-ipv6",
  "host",
  "remote-node",
  "kube-apiserver",
  "health",
  "ingress",
  "init",
  "unmanaged",
]);

/** Null when the labels of a pod select nothing, or the protocol cannot be written in a rule. */
export function policyYaml(wanted: PolicyRequest): string | null {
  const owner = selectorOf(wanted.owner.labels);
  const peer = peerLines(wanted);
  const way = wayLines(wanted);
  if (owner === undefined || peer === undefined || way === undefined) return null;
  const name = objectName(["allow", wanted.owner.name, wanted.side, targetName(wanted.target)]);
  return [
    "apiVersion: cilium.io/v2",
    "kind: CiliumNetworkPolicy",
    "metadata:",
    `  name: ${name}`,
    `  namespace: ${quoted(wanted.owner.namespace)}`,
    "spec:",
    "  endpointSelector:",
    "    matchLabels:",
    `      ${quoted(owner.key)}: ${quoted(owner.value)}`,
    `  ${wanted.side}:`,
    ...indented(["- ", "  "], [...peer, ...way]),
    "",
  ].join("\n");
}

/** The first line after a dash, the others below it. */
function indented([first, other]: readonly [string, string], lines: readonly string[]): string[] {
  return lines.map((line, at) => `  ${at === 0 ? first : other}${line}`);
}

function selectorOf(labels: readonly string[]): { key: string; value: string } | undefined {
  for (const key of SELECTING) {
    const value = labelValue(labels, key);
    if (value !== undefined && value !== "") return { key, value };
  }
  return undefined;
}

function peerLines({ side, target }: PolicyRequest): string[] | undefined {
  const to = side === "egress" ? "to" : "from";
  switch (target.kind) {
    case "entity":
      return ENTITIES.has(target.name) ? [`${to}Entities:`, `- ${target.name}`] : undefined;
    case "name":
      return ["toFQDNs:", `- matchName: ${quoted(target.name)}`];
    case "prefix":
      return [`${to}CIDR:`, `- ${quoted(target.prefix)}`];
    case "pods": {
      const selector = selectorOf(target.labels);
      if (selector === undefined) return undefined;
      return [
        `${to}Endpoints:`,
        "- matchLabels:",
        `    ${quoted("k8s:io.kubernetes.pod.namespace")}: ${quoted(target.namespace)}`,
        `    ${quoted(`k8s:${selector.key}`)}: ${quoted(selector.value)}`,
      ];
    }
  }
}

const WITH_PORTS = ["TCP", "UDP", "SCTP"];

function wayLines({ port, protocol, icmp, request }: PolicyRequest): string[] | undefined {
  if (icmp !== null) return ["icmps:", "- fields:", `  - type: ${icmp.type}`, `    family: ${icmp.family}`];
  if (port === null || protocol === null || !WITH_PORTS.includes(protocol)) return undefined;
  const ports = ["toPorts:", "- ports:", `  - port: "${port}"`, `    protocol: ${protocol}`];
  return request === null ? ports : [...ports, ...ruleLines(request)];
}

function ruleLines({ protocol, method, text }: NonNullable<PolicyRequest["request"]>): string[] {
  if (protocol === "dns")
    return [
      "  rules:",
      "    dns:",
      text === null ? `    - matchPattern: "*"` : `    - matchName: ${quoted(text)}`,
    ];
  if (protocol !== "http") return [];
  const path = text === null ? undefined : pathOf(text);
  return [
    "  rules:",
    "    http:",
    `    - method: ${quoted(method ?? "GET")}`,
    // A path in a rule is a regular expression.
    ...(path === undefined ? [] : [`      path: ${quoted(path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))}`]),
  ];
}

function pathOf(url: string): string | undefined {
  const path = url.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/, "");
  return path.startsWith("/") ? path : undefined;
}

function targetName(target: Target): string {
  return target.kind === "prefix" ? target.prefix : target.name;
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

/** JSON's texts are YAML's double-quoted ones; what would act on a terminal is written out. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * "To see X, capture it like this": settings for what a capture lacks, ready to be copied.
 *
 * Flags and Helm values are those of Cilium 1.19 (flow-formats 3.4), the resource that of ACNS (4.3).
 */

import type { QualityFacts } from "./facts";
import type { Judgement } from "./judge";

export interface Advice {
  readonly title: string;
  readonly why: string;
  readonly code: string;
  readonly language: "yaml" | "sh";
}

export function adviceFor(facts: QualityFacts, judgement: Judgement): Advice[] {
  if (facts.flows === 0) return [];
  return [
    ...(judgement.missing.length > 0 || judgement.filters.length > 0 ? [exportEverything(judgement)] : []),
    ...(judgement.aggregation === null ? [] : [withoutAggregation()]),
    ...(isAzure(facts) ? [azureLogs(facts)] : []),
    ...([...facts.told, ...facts.toldUntimed].some(({ lost }) => lost !== null) ? [largerBuffers()] : []),
    ...(has(facts, "dns") ? [] : [dnsRule(facts)]),
    ...(has(facts, "http") ? [] : [httpRule(facts)]),
  ];
}

const has = ({ layer7 }: QualityFacts, protocol: string): boolean =>
  layer7.some((found) => found.protocol === protocol);

const isAzure = ({ formats }: QualityFacts): boolean =>
  formats.some((format) => /log-analytics|acns|retina-network/.test(format));

/** A field mask that keeps what the views need, for those who must have one. */
const MASK = [
  "time",
  "uuid",
  "verdict",
  "drop_reason_desc",
  "auth_type",
  "IP",
  "l4",
  "source",
  "destination",
  "Type",
  "node_name",
  "source_names",
  "destination_names",
  "l7",
  "is_reply",
  "event_type",
  "source_service",
  "destination_service",
  "traffic_direction",
  "policy_match_type",
  "trace_observation_point",
  "trace_reason",
  "egress_allowed_by",
  "ingress_allowed_by",
  "egress_denied_by",
  "ingress_denied_by",
];

function exportEverything({ missing, filters }: Judgement): Advice {
  const lacks = [
    ...(missing.length > 0 ? [`members are left out (${missing.map(({ field }) => field).join(", ")})`] : []),
    ...(filters.length > 0 ? ["flows seem to be filtered at export"] : []),
  ].join(", and ");
  const code = [
    "hubble:",
    "  export:",
    "    static:",
    "      enabled: true",
    "      filePath: /var/run/cilium/hubble/events.log",
    "      allowList: []   # every flow",
    "      denyList: []",
    "      # Empty keeps every member. Where the volume forces a mask, keep at least these:",
    `      # fieldMask: [${MASK.join(", ")}]`,
    "      fieldMask: []",
  ].join("\n");
  return {
    title: "Export every flow with every member",
    why: `In this capture ${lacks}. Helm values of Cilium:`,
    code,
    language: "yaml",
  };
}

function withoutAggregation(): Advice {
  return {
    title: "See single flows instead of aggregated records",
    why: "Aggregated records have no pod names, addresses or DNS names. While you reproduce a problem, read the flows themselves:",
    code: 'hubble observe -f -o json | eyepiece ingest - --name "reproduced"',
    language: "sh",
  };
}

function azureLogs({ namespaces }: QualityFacts): Advice {
  const pods = namespaces.slice(0, 5).map((namespace) => `          - ${quoted(`${namespace}/`)}`);
  const code = [
    "apiVersion: acn.azure.com/v1alpha1",
    "kind: ContainerNetworkLog",
    "metadata:",
    "  name: eyepiece",
    "spec:",
    "  includefilters:",
    "    - name: everything-of-these-namespaces   # no protocol and no verdict: all of them",
    "      from:",
    "        namespacedPod:",
    ...(pods.length > 0 ? pods : ['          - "default/"']),
  ].join("\n");
  return {
    title: "Log more on AKS",
    why: "Nothing is logged that no ContainerNetworkLog asks for. This one asks for all that pods of these namespaces send:",
    code,
    language: "yaml",
  };
}

function largerBuffers(): Advice {
  const code = [
    "hubble:",
    '  eventBufferCapacity: "65535"   # a power of two minus one',
    "  eventQueueSize: 65536",
  ].join("\n");
  return {
    title: "Lose fewer events",
    why: "Buffers of the agent were full. Helm values of Cilium; both cost memory on each node:",
    code,
    language: "yaml",
  };
}

function dnsRule({ namespaces }: QualityFacts): Advice {
  return {
    title: "See DNS names and errors",
    why: "Hubble sees DNS only of pods under a policy with a DNS rule. This one allows and shows all names; it also makes egress of these pods default deny except what other policies allow, so try it on one workload first:",
    code: [
      ...policyHead("eyepiece-dns", namespaces),
      "  egress:",
      "    - toEndpoints:",
      "        - matchLabels:",
      "            k8s:io.kubernetes.pod.namespace: kube-system",
      "            k8s-app: kube-dns   # node-local-dns where a local redirect policy is in force",
      "      toPorts:",
      "        - ports:",
      '            - port: "53"',
      "              protocol: ANY",
      "          rules:",
      "            dns:",
      '              - matchPattern: "*"',
      "    - toEntities:   # keeps everything else allowed",
      "        - all",
    ].join("\n"),
    language: "yaml",
  };
}

function httpRule({ namespaces }: QualityFacts): Advice {
  return {
    title: "See HTTP requests",
    why: "Hubble sees HTTP only where a policy sends the traffic through the proxy. This one shows all requests to one port and leaves everything else allowed; change labels and port:",
    code: [
      ...policyHead("eyepiece-http", namespaces),
      "  ingress:",
      "    - toPorts:",
      "        - ports:",
      '            - port: "8080"',
      "              protocol: TCP",
      "          rules:",
      "            http:",
      "              - {}",
      "    - fromEntities:   # keeps everything else allowed",
      "        - all",
    ].join("\n"),
    language: "yaml",
  };
}

function policyHead(name: string, namespaces: readonly string[]): string[] {
  return [
    "apiVersion: cilium.io/v2",
    "kind: CiliumNetworkPolicy",
    "metadata:",
    `  name: ${name}`,
    `  namespace: ${quoted(namespaces.find((namespace) => namespace !== "kube-system") ?? "default")}`,
    "spec:",
    "  endpointSelector:",
    "    matchLabels:",
    "      app: my-app   # the workload to look into",
  ];
}

/** A namespace comes from the log: only what Kubernetes allows stands in YAML as it is. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

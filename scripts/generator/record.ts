import type { Party } from "./cluster.ts";
import { hex } from "./random.ts";

/** Monitor message types (`event_type.type`). Lost and agent lines carry no flow. */
export const DROP = 1;
export const TRACE = 4;
export const VERDICT = 5;
export const SOCK = 7;
export const L7 = 129;
export const AGENT = 130;
export const LOST = -1;

/** TCP flags as bits. */
export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

export type Direction = "" | "INGRESS" | "EGRESS";
/** Absent (unknown), false, true. */
type Reply = "" | "no" | "yes";
export type Protocol = "TCP" | "UDP" | "ICMPv4" | "ICMPv6";

/** One denied packet. Its drop record and its verdict record point to the same object. */
export interface Denial {
  /** Short name of the story it belongs to. */
  readonly cause: string;
  readonly direction: Direction;
  readonly reason: string;
  readonly decidedBy: "default-deny" | "policy" | "l7-rule" | "datapath";
  readonly policies: readonly string[];
  readonly client: string | null;
  readonly server: string | null;
  readonly port: number | null;
  readonly protocol: Protocol;
  readonly attempt: Attempt | null;
  /** Time of the record that anchors the drop. */
  readonly at: number;
  seen: boolean;
}

/** One connection attempt, shared by the denials of its retries. */
export interface Attempt {
  counted: boolean;
}

export interface DnsNote {
  readonly type: "dns";
  readonly exchange: object;
  readonly client: string;
  readonly query: string;
  readonly response: boolean;
  readonly rcode: number;
  readonly expansion: boolean;
  readonly latency: number;
  readonly refused: boolean;
}

export interface HttpNote {
  readonly type: "http";
  /** The request and its answer, on whichever sides they are logged. */
  readonly exchange: { requestCounted: boolean; responseCounted: boolean };
  readonly client: string;
  readonly server: string;
  readonly serverPod: string;
  readonly response: boolean;
  readonly status: number;
  readonly latency: number;
  readonly grpc: boolean;
}

/** A record that is planned and not yet written. Compact: many wait at once. */
export interface Planned {
  /** Place in the file, as a time: when the record reaches the exporter. */
  order: number;
  /** When it happened, on the clock of the node. */
  time: number;
  node: number;
  event: number;
  subType: number;
  verdict: string;
  source: Party | null;
  destination: Party | null;
  /** Replaces the endpoint of the source when it is not known as such. */
  sourceJson: string;
  /** Addresses, when not those of the parties. */
  sourceIp: string;
  protocol: Protocol;
  sourcePort: number;
  destinationPort: number;
  /** TCP flags, or the ICMP type. */
  flags: number;
  direction: Direction;
  reply: Reply;
  point: string;
  traceReason: string;
  matchType: number;
  /** `,"egress_allowed_by":[...]` and the like. */
  policies: string;
  dropReason: number;
  dropText: string;
  dropFile: string;
  /** `"ethernet":{...},` */
  ethernet: string;
  device: string;
  proxyPort: number;
  /** `"source_names":[...],` and the like. */
  names: string;
  services: string;
  translated: string;
  /** `"l7":{...},` */
  l7: string;
  traceId: string;
  /** SOCK fields with a comma before. */
  sock: string;
  summary: string;
  /** Payload of a line that is no flow. */
  payload: string;
  denial: Denial | null;
  note: DnsNote | HttpNote | null;
}

/** Every planned record has the same fields in the same order, which keeps the engine fast. */
export function blank(time: number, node: number, event: number): Planned {
  return {
    order: time,
    time,
    node,
    event,
    subType: 0,
    verdict: "FORWARDED",
    source: null,
    destination: null,
    sourceJson: "",
    sourceIp: "",
    protocol: "TCP",
    sourcePort: 0,
    destinationPort: 0,
    flags: 0,
    direction: "",
    reply: "",
    point: "",
    traceReason: "",
    matchType: 0,
    policies: "",
    dropReason: 0,
    dropText: "",
    dropFile: "",
    ethernet: "",
    device: "",
    proxyPort: 0,
    names: "",
    services: "",
    translated: "",
    l7: "",
    traceId: "",
    sock: "",
    summary: "",
    payload: "",
    denial: null,
    note: null,
  };
}

export interface PolicyRef {
  readonly kind: "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy" | "NetworkPolicy";
  readonly namespace: string;
  readonly name: string;
}

/** The labels that Cilium puts on the rules it derives from a policy object. */
export function policyLabels(policy: PolicyRef): string[] {
  const prefix = "k8s:io.cilium.k8s.policy";
  const namespace = policy.namespace ? [`${prefix}.namespace=${policy.namespace}`] : [];
  return [
    `${prefix}.derived-from=${policy.kind}`,
    `${prefix}.name=${policy.name}`,
    ...namespace,
    `${prefix}.uid=${policyUid(policy)}`,
  ];
}

/** `{"name":...}` as in `egress_allowed_by`. */
export function policyJson(policy: PolicyRef, revision: number): string {
  const namespace = policy.namespace ? `"namespace":"${policy.namespace}",` : "";
  const labels = JSON.stringify(policyLabels(policy));
  return `{"name":"${policy.name}",${namespace}"labels":${labels},"revision":"${revision}","kind":"${policy.kind}"}`;
}

/** A stable made-up uid, so that a policy has the same one everywhere. */
function policyUid(policy: PolicyRef): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (const character of `${policy.kind}/${policy.namespace}/${policy.name}`) {
    a = Math.imul(a ^ character.charCodeAt(0), 0x01000193) >>> 0;
    b = Math.imul(b ^ character.charCodeAt(0), 0x85ebca6b) >>> 0;
  }
  const low = hex(b);
  return `${hex(a)}-${low.slice(0, 4)}-4${low.slice(5, 8)}-a${low.slice(1, 4)}-${hex(a ^ b)}${low.slice(4, 8)}`;
}

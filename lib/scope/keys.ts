/**
 * Every key of the filter, one row each: the grammar, completion, the guide (`docs/filter.md`) and the type
 * of a term all come from this table. To make a key available, give its row a `kind` and set `available`;
 * the compiler then points at every switch over terms that does not know it yet.
 *
 * Keys with `hubble: true` are flags of `hubble observe` (Cilium 1.19.4) without the dashes and mean the
 * same; the others are ours.
 */

import { DROP_REASON, TRAFFIC_DIRECTION, VERDICT } from "@/lib/flow/enums";
import { addressKind } from "./address-kind";
import { eventKind } from "./event-kind";
import { nodeKind, podKind, workloadKind } from "./name-kinds";
import { enumKind, portKind, textKind, wordKind } from "./simple-kinds";
import type { SpecialValue, ValueKind } from "./value-kind";

/** The side of the packet: `pod:` is either, `from-pod:` the source, `to-pod:` the destination. */
export type Side = "either" | "from" | "to";

interface RowBase {
  readonly key: string;
  /** Other words accepted on input; they take `from-` and `to-` like the key. */
  readonly aliases?: readonly string[];
  readonly hubble: boolean;
  /** Has `from-` and `to-` forms. */
  readonly sided: boolean;
  /** For chips and menus. */
  readonly label: string;
  /** One sentence, shown in completion and in the guide. */
  readonly help: string;
  /** A whole term. */
  readonly example: string;
}

interface AvailableKey extends RowBase {
  readonly available: true;
  readonly kind: ValueKind<unknown>;
  /** False where "the record has none" has no meaning, so that `key:-` is refused. */
  readonly none?: false;
}

/** Part of the contract, not built yet: refused by name, not as unknown. */
interface LaterKey extends RowBase {
  readonly available: false;
}

export const KEYS = [
  {
    key: "verdict",
    hubble: true,
    sided: false,
    available: true,
    kind: enumKind(VERDICT, "a verdict"),
    label: "Verdict",
    help: "What was decided about the packet or request.",
    example: "verdict:DROPPED,ERROR",
  },
  {
    key: "namespace",
    aliases: ["ns"],
    hubble: true,
    sided: true,
    available: true,
    kind: textKind("the exact name of a namespace"),
    label: "Namespace",
    help: "Namespace of the pod or service.",
    example: "from-namespace:shop",
  },
  {
    key: "pod",
    hubble: true,
    sided: true,
    available: true,
    kind: podKind,
    label: "Pod",
    help: "Beginning of the pod's name; without a namespace, in any (hubble observe would take `default`).",
    example: "pod:shop/web",
  },
  {
    key: "workload",
    hubble: true,
    sided: true,
    available: true,
    kind: workloadKind,
    label: "Workload",
    help: "The workload that owns the pod, also where it was learned from other records of the same pod.",
    example: "to-workload:shop/Deployment/api",
  },
  {
    key: "port",
    hubble: true,
    sided: true,
    available: true,
    kind: portKind,
    label: "Port",
    help: "TCP, UDP or SCTP port of the packet.",
    example: "to-port:53,5353",
  },
  {
    key: "ip",
    hubble: true,
    sided: true,
    available: true,
    kind: addressKind,
    label: "IP address",
    help: "Address of the packet, before source translation.",
    example: "to-ip:10.244.0.0/16,fd00::10",
  },
  {
    key: "protocol",
    aliases: ["proto"],
    hubble: true,
    sided: false,
    available: true,
    kind: wordKind("a protocol", [
      "tcp",
      "udp",
      "sctp",
      "icmp",
      "icmpv4",
      "icmpv6",
      "vrrp",
      "igmp",
      "dns",
      "http",
      "kafka",
    ]),
    label: "Protocol",
    help: "Transport or application protocol; `icmp` is version 4 or 6.",
    example: "protocol:dns,http",
  },
  {
    key: "type",
    hubble: true,
    sided: false,
    available: true,
    kind: eventKind,
    label: "Event type",
    help: "What kind of event Hubble recorded, with its sub-type if one is given.",
    example: "type:drop:133,trace:to-endpoint",
  },
  {
    key: "drop-reason-desc",
    aliases: ["drop-reason", "reason"],
    hubble: true,
    sided: false,
    available: true,
    kind: enumKind(DROP_REASON, "a drop reason"),
    label: "Drop reason",
    help: "Why the datapath dropped the packet; L7 denials have none.",
    example: "drop-reason-desc:POLICY_DENIED",
  },
  {
    key: "traffic-direction",
    hubble: true,
    sided: false,
    available: true,
    kind: enumKind(TRAFFIC_DIRECTION, "a traffic direction", [
      ["INGRESS", "ingress"],
      ["EGRESS", "egress"],
      ["TRAFFIC_DIRECTION_UNKNOWN", "unknown"],
    ]),
    label: "Traffic direction",
    help: "Direction of the connection as the observing endpoint sees it; a reply keeps it.",
    example: "traffic-direction:egress",
  },
  {
    key: "node-name",
    aliases: ["node"],
    hubble: true,
    sided: false,
    available: true,
    kind: nodeKind,
    label: "Node",
    help: "Node that saw the flow; a record without a cluster counts as cluster `default`.",
    example: "node-name:prod/aks-np-*",
  },
  {
    key: "reply",
    hubble: false,
    sided: false,
    available: true,
    kind: wordKind("an answer", ["yes", "no"], { true: "yes", false: "no" }),
    none: false,
    label: "Reply",
    help: "Whether the packet travels from server to client; `reply:?` finds records that do not say.",
    example: "reply:no",
  },
  {
    key: "uuid",
    hubble: true,
    sided: false,
    available: true,
    kind: textKind("the exact uuid of a record"),
    label: "UUID",
    help: "The record with this identifier.",
    example: "uuid:6a2e7a4c-1d6f-4a43-8b1e-0b9a5d3f2c11",
  },
  // Below: promised, not available in this version.
  {
    key: "service",
    hubble: true,
    sided: true,
    available: false,
    label: "Service",
    help: "Beginning of the Kubernetes service's name.",
    example: "to-service:shop/api",
  },
  {
    key: "label",
    hubble: true,
    sided: true,
    available: false,
    label: "Label",
    help: "Kubernetes label selector over the endpoint's labels.",
    example: 'label:"app in (web,api)"',
  },
  {
    key: "identity",
    hubble: true,
    sided: true,
    available: false,
    label: "Identity",
    help: "Security identity, by number or reserved name.",
    example: "to-identity:world",
  },
  {
    key: "fqdn",
    hubble: true,
    sided: true,
    available: false,
    label: "DNS name of the peer",
    help: "Name that the other side's address was resolved from; not the DNS query.",
    example: "to-fqdn:*.example.com",
  },
  {
    key: "cluster",
    hubble: true,
    sided: true,
    available: false,
    label: "Cluster",
    help: "Cluster of the endpoint.",
    example: "cluster:prod-weu",
  },
  {
    key: "snat-ip",
    hubble: true,
    sided: false,
    available: false,
    label: "Translated address",
    help: "Source address after translation.",
    example: "snat-ip:20.1.0.0/16",
  },
  {
    key: "tcp-flags",
    hubble: true,
    sided: false,
    available: false,
    label: "TCP flags",
    help: "All the listed flags are set; others may be too.",
    example: "tcp-flags:SYN,ACK",
  },
  {
    key: "ip-version",
    hubble: true,
    sided: false,
    available: false,
    label: "IP version",
    help: "IPv4, IPv6 or no IP at all.",
    example: "ip-version:v6",
  },
  {
    key: "http-method",
    hubble: true,
    sided: false,
    available: false,
    label: "HTTP method",
    help: "Method of the request, any case.",
    example: "http-method:GET",
  },
  {
    key: "http-status",
    hubble: true,
    sided: false,
    available: false,
    label: "HTTP status",
    help: "Status code of the response, or its beginning with a plus.",
    example: "http-status:5+",
  },
  {
    key: "http-path",
    hubble: true,
    sided: false,
    available: false,
    label: "HTTP path",
    help: "Pattern (RE2) that the path contains.",
    example: 'http-path:"/users/\\d+"',
  },
  {
    key: "http-url",
    hubble: true,
    sided: false,
    available: false,
    label: "HTTP URL",
    help: "Pattern (RE2) that the URL contains.",
    example: 'http-url:"^https://api\\."',
  },
  {
    key: "http-header",
    hubble: true,
    sided: false,
    available: false,
    label: "HTTP header",
    help: "Header with exactly this name and value.",
    example: "http-header:x-tenant:blue",
  },
  {
    key: "trace-id",
    hubble: true,
    sided: false,
    available: false,
    label: "Trace id",
    help: "W3C trace id of the request.",
    example: "trace-id:4bf92f3577b34da6a3ce929d0e0e4736",
  },
  {
    key: "ip-trace-id",
    hubble: true,
    sided: false,
    available: false,
    label: "IP trace id",
    help: "Trace id carried in an IP option.",
    example: "ip-trace-id:42",
  },
  {
    key: "node-label",
    hubble: true,
    sided: false,
    available: false,
    label: "Node label",
    help: "Label selector over the labels of the observing node.",
    example: "node-label:agentpool=np1",
  },
  {
    key: "interface",
    hubble: true,
    sided: false,
    available: false,
    label: "Interface",
    help: "Network interface at which the packet was seen.",
    example: "interface:eth0",
  },
  {
    key: "encrypted",
    hubble: true,
    sided: false,
    available: false,
    label: "Encrypted",
    help: "The packet was encrypted between nodes.",
    example: "encrypted:yes",
  },
  {
    key: "unencrypted",
    hubble: true,
    sided: false,
    available: false,
    label: "Not encrypted",
    help: "The packet was not encrypted between nodes.",
    example: "unencrypted:yes",
  },
  {
    key: "client",
    hubble: false,
    sided: false,
    available: false,
    label: "Client",
    help: "The side that opened the connection.",
    example: "client:shop/web",
  },
  {
    key: "server",
    hubble: false,
    sided: false,
    available: false,
    label: "Server",
    help: "The side that was asked.",
    example: "server:shop/api",
  },
  {
    key: "client-namespace",
    hubble: false,
    sided: false,
    available: false,
    label: "Client namespace",
    help: "Namespace of the client, replies turned round.",
    example: "client-namespace:shop",
  },
  {
    key: "server-namespace",
    hubble: false,
    sided: false,
    available: false,
    label: "Server namespace",
    help: "Namespace of the server, replies turned round.",
    example: "server-namespace:payments",
  },
  {
    key: "client-pod",
    hubble: false,
    sided: false,
    available: false,
    label: "Client pod",
    help: "Pod of the client, replies turned round.",
    example: "client-pod:shop/web",
  },
  {
    key: "server-pod",
    hubble: false,
    sided: false,
    available: false,
    label: "Server pod",
    help: "Pod of the server, replies turned round.",
    example: "server-pod:payments/api",
  },
  {
    key: "server-port",
    hubble: false,
    sided: false,
    available: false,
    label: "Server port",
    help: "Port of the server, replies turned round.",
    example: "server-port:8443",
  },
  {
    key: "edge",
    hubble: false,
    sided: false,
    available: false,
    label: "Edge",
    help: "One client and server pair of the map.",
    example: 'edge:"shop/web -> payments/api"',
  },
  {
    key: "drop",
    hubble: false,
    sided: false,
    available: false,
    label: "Drop",
    help: "Records of drops, a verdict record and a drop record of the same loss counting once.",
    example: "drop:yes",
  },
  {
    key: "cause",
    hubble: false,
    sided: false,
    available: false,
    label: "Cause",
    help: "Drops that one rule would fix.",
    example: "cause:1f0c93ab",
  },
  {
    key: "decided-by",
    hubble: false,
    sided: false,
    available: false,
    label: "Decided by",
    help: "What dropped it: default-deny, policy, l7-rule, authentication, datapath or unknown.",
    example: "decided-by:default-deny",
  },
  {
    key: "policy",
    hubble: false,
    sided: false,
    available: false,
    label: "Policy",
    help: "A policy that allowed or denied.",
    example: "policy:payments/deny-all",
  },
  {
    key: "attempt",
    hubble: false,
    sided: false,
    available: false,
    label: "Attempt",
    help: "The first record of a connection attempt.",
    example: "attempt:yes",
  },
  {
    key: "answered",
    hubble: false,
    sided: false,
    available: false,
    label: "Answered",
    help: "Whether the request or attempt got an answer.",
    example: "answered:no",
  },
  {
    key: "direction",
    hubble: false,
    sided: false,
    available: false,
    label: "Direction of the drop",
    help: "Side at which the policy decided.",
    example: "direction:ingress",
  },
  {
    key: "trace-point",
    hubble: false,
    sided: false,
    available: false,
    label: "Trace point",
    help: "Where in the datapath the packet was seen.",
    example: "trace-point:to-endpoint",
  },
  {
    key: "dns-query",
    hubble: false,
    sided: false,
    available: false,
    label: "DNS query",
    help: "Pattern (RE2) that the queried name contains.",
    example: "dns-query:example.com",
  },
  {
    key: "dns-rcode",
    hubble: false,
    sided: false,
    available: false,
    label: "DNS response code",
    help: "Response code by name or number.",
    example: "dns-rcode:NXDOMAIN",
  },
  {
    key: "expansion",
    hubble: false,
    sided: false,
    available: false,
    label: "Search-list expansion",
    help: "DNS queries that only exist because of the resolver's search list.",
    example: "expansion:yes",
  },
  {
    key: "route",
    hubble: false,
    sided: false,
    available: false,
    label: "Route",
    help: "HTTP path with its ids folded.",
    example: 'route:"/orders/{id}"',
  },
  {
    key: "not-a-loss",
    hubble: false,
    sided: false,
    available: false,
    label: "Not a loss",
    help: "Records with verdict DROPPED that lost nothing.",
    example: "not-a-loss:yes",
  },
  {
    key: "latency-ms",
    hubble: false,
    sided: false,
    available: false,
    label: "Latency",
    help: "Latency in milliseconds, where the log has one or a pair gives it.",
    example: "latency-ms:>250",
  },
  {
    key: "aggregated",
    hubble: false,
    sided: false,
    available: false,
    label: "Aggregated",
    help: "Records that stand for several events.",
    example: "aggregated:yes",
  },
  {
    key: "file",
    hubble: false,
    sided: false,
    available: false,
    label: "File",
    help: "The uploaded file that the record came from.",
    example: "file:events.log",
  },
  {
    key: "text",
    hubble: false,
    sided: false,
    available: false,
    label: "Text",
    help: "Searches names, URLs and DNS names.",
    example: 'text:"connection reset"',
  },
] as const satisfies readonly (AvailableKey | LaterKey)[];

export type KeyRow = (typeof KEYS)[number];
export type AvailableRow = Extract<KeyRow, { readonly available: true }>;
/** The keys that a filter can hold in this version. */
export type FilterKey = AvailableRow["key"];

type PlainValueOf<Kind> = Kind extends ValueKind<infer Value> ? Value : never;
/** What `key` is compared with, the two special values included. */
export type ValueOf<Key extends FilterKey> =
  | PlainValueOf<Extract<AvailableRow, { readonly key: Key }>["kind"]>
  | SpecialValue;
/** Keys with `from-` and `to-`. */
export type SidedKey = Extract<AvailableRow, { readonly sided: true }>["key"];

/** A word before the colon, looked up: `from-ns` is key `namespace`, side `from`. */
export interface KeyWord {
  readonly row: KeyRow;
  readonly side?: Side;
}

/** What is not a key and never will be, with the way that there is instead. */
export const REFUSED_WORDS: ReadonlyMap<string, string> = new Map([
  ["cel", "CEL expressions are not supported; write the condition as terms."],
  ["cel-expression", "CEL expressions are not supported; write the condition as terms."],
  ["allowlist", "Raw filters are not supported; write the condition as terms."],
  ["denylist", "Raw filters are not supported; write the condition as terms."],
  ...["from", "to", "time", "since", "until"].map(
    (word) =>
      [word, "Time is not a term: set it on the histogram, or with the parameters from and to."] as const,
  ),
]);

const WORDS: ReadonlyMap<string, KeyWord> = new Map(KEYS.flatMap(wordsOf));

function wordsOf(row: KeyRow): [string, KeyWord][] {
  const names: readonly string[] = [row.key, ...("aliases" in row ? row.aliases : [])];
  return names.flatMap((name): [string, KeyWord][] => {
    if (!row.sided) return [[name, { row }]];
    return [
      [name, { row, side: "either" }],
      [`from-${name}`, { row, side: "from" }],
      [`to-${name}`, { row, side: "to" }],
    ];
  });
}

/** Looks a word up, any case. */
export function findKeyWord(word: string): KeyWord | undefined {
  return WORDS.get(word.toLowerCase());
}

export function rowOf(key: FilterKey): AvailableRow {
  const found = WORDS.get(key)?.row;
  if (found === undefined || !found.available) throw new Error(`no row for filter key ${key}`);
  return found;
}

/** The word before the colon of a term: `pod`, `from-pod`, `to-pod`. */
export function spellKey(key: string, side: Side | undefined): string {
  return side === "from" || side === "to" ? `${side}-${key}` : key;
}

/** Every canonical word, in the order of the table; aliases are left out. */
export function allKeyWords(): { readonly word: string; readonly keyWord: KeyWord }[] {
  return [...WORDS].flatMap(([word, keyWord]) =>
    word === spellKey(keyWord.row.key, keyWord.side) ? [{ word, keyWord }] : [],
  );
}

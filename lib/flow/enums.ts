/**
 * The enums of the Hubble flow message: names, numbers, words of the `hubble` command line.
 *
 * Source: Cilium 1.19.4, `api/v1/flow/flow.proto`, `pkg/monitor/api/{types,drop}.go`,
 * `pkg/identity/numericidentity.go`. A value that is not in a table is kept as it was written: a word
 * as the word, a number as its decimal text. It is never mapped to a neighbour.
 */

export interface EnumTable {
  readonly name: string;
  readonly numberOf: ReadonlyMap<string, number>;
  readonly nameOf: ReadonlyMap<number, string>;
}

function enumTable(name: string, values: readonly (readonly [number, string])[]): EnumTable {
  return {
    name,
    numberOf: new Map(values.map(([number, word]) => [word, number])),
    nameOf: new Map(values),
  };
}

/** The name of an enum value given as name or number; unknown ones stay as they are; absent is the zero value. */
export function enumName(table: EnumTable, value: string | number): string {
  return typeof value === "number" ? (table.nameOf.get(value) ?? String(value)) : value;
}

/** The number of an enum value kept by {@link enumName}; `undefined` for a word that is not in the table. */
export function enumNumber(table: EnumTable, name: string): number | undefined {
  const known = table.numberOf.get(name);
  if (known !== undefined) return known;
  return /^-?\d+$/.test(name) ? Number(name) : undefined;
}

export const VERDICT = enumTable("Verdict", [
  [0, "VERDICT_UNKNOWN"],
  [1, "FORWARDED"],
  [2, "DROPPED"],
  [3, "ERROR"],
  [4, "AUDIT"],
  [5, "REDIRECTED"],
  [6, "TRACED"],
  [7, "TRANSLATED"],
]);

/** Numbers that Retina writes where Cilium has no name (pkg/utils/flow_utils.go). */
export const RETINA_VERDICT: ReadonlyMap<string, string> = new Map([
  ["15", "TCP retransmission (Retina)"],
  ["16", "DNS (Retina)"],
]);

/** Code, name, text of `hubble observe`. Two texts (136, 161) differ from what the name suggests; they are Cilium's. */
const DROP_REASONS: readonly (readonly [number, string, string])[] = [
  [0, "DROP_REASON_UNKNOWN", "Unknown reason"],
  [130, "INVALID_SOURCE_MAC", "Invalid source mac"],
  [131, "INVALID_DESTINATION_MAC", "Invalid destination mac"],
  [132, "INVALID_SOURCE_IP", "Invalid source ip"],
  [133, "POLICY_DENIED", "Policy denied"],
  [134, "INVALID_PACKET_DROPPED", "Invalid packet"],
  [135, "CT_TRUNCATED_OR_INVALID_HEADER", "CT: Truncated or invalid header"],
  [136, "CT_MISSING_TCP_ACK_FLAG", "Fragmentation needed"],
  [137, "CT_UNKNOWN_L4_PROTOCOL", "CT: Unknown L4 protocol"],
  [138, "CT_CANNOT_CREATE_ENTRY_FROM_PACKET", "CT: Can't create entry from packet"],
  [139, "UNSUPPORTED_L3_PROTOCOL", "Unsupported L3 protocol"],
  [140, "MISSED_TAIL_CALL", "Missed tail call"],
  [141, "ERROR_WRITING_TO_PACKET", "Error writing to packet"],
  [142, "UNKNOWN_L4_PROTOCOL", "Unknown L4 protocol"],
  [143, "UNKNOWN_ICMPV4_CODE", "Unknown ICMPv4 code"],
  [144, "UNKNOWN_ICMPV4_TYPE", "Unknown ICMPv4 type"],
  [145, "UNKNOWN_ICMPV6_CODE", "Unknown ICMPv6 code"],
  [146, "UNKNOWN_ICMPV6_TYPE", "Unknown ICMPv6 type"],
  [147, "ERROR_RETRIEVING_TUNNEL_KEY", "Error retrieving tunnel key"],
  [148, "ERROR_RETRIEVING_TUNNEL_OPTIONS", "Error retrieving tunnel options"],
  [149, "INVALID_GENEVE_OPTION", "Invalid Geneve option"],
  [150, "UNKNOWN_L3_TARGET_ADDRESS", "Unknown L3 target address"],
  [151, "STALE_OR_UNROUTABLE_IP", "Stale or unroutable IP"],
  [152, "NO_MATCHING_LOCAL_CONTAINER_FOUND", "No matching local container found"],
  [153, "ERROR_WHILE_CORRECTING_L3_CHECKSUM", "Error while correcting L3 checksum"],
  [154, "ERROR_WHILE_CORRECTING_L4_CHECKSUM", "Error while correcting L4 checksum"],
  [155, "CT_MAP_INSERTION_FAILED", "CT: Map insertion failed"],
  [156, "INVALID_IPV6_EXTENSION_HEADER", "Invalid IPv6 extension header"],
  [157, "IP_FRAGMENTATION_NOT_SUPPORTED", "IP fragmentation not supported"],
  [158, "SERVICE_BACKEND_NOT_FOUND", "Service backend not found"],
  [160, "NO_TUNNEL_OR_ENCAPSULATION_ENDPOINT", "No tunnel/encapsulation endpoint (datapath BUG!)"],
  [161, "FAILED_TO_INSERT_INTO_PROXYMAP", "NAT 46/64 not enabled"],
  [162, "REACHED_EDT_RATE_LIMITING_DROP_HORIZON", "Reached EDT rate-limiting drop horizon"],
  [163, "UNKNOWN_CONNECTION_TRACKING_STATE", "Unknown connection tracking state"],
  [164, "LOCAL_HOST_IS_UNREACHABLE", "Local host is unreachable"],
  [
    165,
    "NO_CONFIGURATION_AVAILABLE_TO_PERFORM_POLICY_DECISION",
    "No configuration available to perform policy decision",
  ],
  [166, "UNSUPPORTED_L2_PROTOCOL", "Unsupported L2 protocol"],
  [167, "NO_MAPPING_FOR_NAT_MASQUERADE", "No mapping for NAT masquerade"],
  [168, "UNSUPPORTED_PROTOCOL_FOR_NAT_MASQUERADE", "Unsupported protocol for NAT masquerade"],
  [169, "FIB_LOOKUP_FAILED", "FIB lookup failed"],
  [170, "ENCAPSULATION_TRAFFIC_IS_PROHIBITED", "Encapsulation traffic is prohibited"],
  [171, "INVALID_IDENTITY", "Invalid identity"],
  [172, "UNKNOWN_SENDER", "Unknown sender"],
  [173, "NAT_NOT_NEEDED", "NAT not needed"],
  [174, "IS_A_CLUSTERIP", "Is a ClusterIP"],
  [175, "FIRST_LOGICAL_DATAGRAM_FRAGMENT_NOT_FOUND", "First logical datagram fragment not found"],
  [176, "FORBIDDEN_ICMPV6_MESSAGE", "Forbidden ICMPv6 message"],
  [177, "DENIED_BY_LB_SRC_RANGE_CHECK", "Denied by LB src range check"],
  [178, "SOCKET_LOOKUP_FAILED", "Socket lookup failed"],
  [179, "SOCKET_ASSIGN_FAILED", "Socket assign failed"],
  [180, "PROXY_REDIRECTION_NOT_SUPPORTED_FOR_PROTOCOL", "Proxy redirection not supported for protocol"],
  [181, "POLICY_DENY", "Policy denied by denylist"],
  [182, "VLAN_FILTERED", "VLAN traffic disallowed by VLAN filter"],
  [183, "INVALID_VNI", "Incorrect VNI from VTEP"],
  [184, "INVALID_TC_BUFFER", "Failed to update or lookup TC buffer"],
  [185, "NO_SID", "No SID was found for the IP address"],
  [186, "MISSING_SRV6_STATE", "SRv6 state was removed during tail call"],
  [187, "NAT46", "L3 translation from IPv4 to IPv6 failed (NAT46)"],
  [188, "NAT64", "L3 translation from IPv6 to IPv4 failed (NAT64)"],
  [189, "AUTH_REQUIRED", "Authentication required"],
  [190, "CT_NO_MAP_FOUND", "No conntrack map found"],
  [191, "SNAT_NO_MAP_FOUND", "No nat map found"],
  [192, "INVALID_CLUSTER_ID", "Invalid ClusterID"],
  [193, "UNSUPPORTED_PROTOCOL_FOR_DSR_ENCAP", "Unsupported packet protocol for DSR encapsulation"],
  [194, "NO_EGRESS_GATEWAY", "No egress gateway found"],
  [195, "UNENCRYPTED_TRAFFIC", "Traffic is unencrypted"],
  [196, "TTL_EXCEEDED", "TTL exceeded"],
  [197, "NO_NODE_ID", "No node ID found"],
  [198, "DROP_RATE_LIMITED", "Rate limited"],
  [199, "IGMP_HANDLED", "IGMP handled"],
  [200, "IGMP_SUBSCRIBED", "IGMP subscribed"],
  [201, "MULTICAST_HANDLED", "Multicast handled"],
  [202, "DROP_HOST_NOT_READY", "Host datapath not ready"],
  [203, "DROP_EP_NOT_READY", "Endpoint policy program not available"],
  [204, "DROP_NO_EGRESS_IP", "No Egress IP configured"],
  [205, "DROP_PUNT_PROXY", "Punt to proxy"],
  // 206 and 207 are known from a description of newer source only.
  [206, "DROP_NO_DEVICE", "No device"],
  [207, "DROP_FRAG_NOT_FOUND_WORLD", "First logical datagram fragment not found from world"],
];

export const DROP_REASON = enumTable(
  "DropReason",
  DROP_REASONS.map(([code, name]) => [code, name] as const),
);

const DROP_TEXT: ReadonlyMap<number, string> = new Map(DROP_REASONS.map(([code, , text]) => [code, text]));

/** Drop codes by the words that `hubble observe` prints. */
export const DROP_CODE_OF_TEXT: ReadonlyMap<string, number> = new Map(
  DROP_REASONS.map(([code, , text]) => [text, code]),
);

/** The words `hubble observe` prints for a drop code; `undefined` for a code it does not know. */
export function dropReasonText(code: number): string | undefined {
  return DROP_TEXT.get(code);
}

export const FLOW_TYPE = enumTable("FlowType", [
  [0, "UNKNOWN_TYPE"],
  [1, "L3_L4"],
  [2, "L7"],
  [3, "SOCK"],
]);

export const TRAFFIC_DIRECTION = enumTable("TrafficDirection", [
  [0, "TRAFFIC_DIRECTION_UNKNOWN"],
  [1, "INGRESS"],
  [2, "EGRESS"],
]);

export const AUTH_TYPE = enumTable("AuthType", [
  [0, "DISABLED"],
  [1, "SPIRE"],
  [2, "TEST_ALWAYS_FAIL"],
]);

export const L7_FLOW_TYPE = enumTable("L7FlowType", [
  [0, "UNKNOWN_L7_TYPE"],
  [1, "REQUEST"],
  [2, "RESPONSE"],
  [3, "SAMPLE"],
]);

export const IP_VERSION = enumTable("IPVersion", [
  [0, "IP_NOT_USED"],
  [1, "IPv4"],
  [2, "IPv6"],
]);

export const TRACE_OBSERVATION_POINT = enumTable("TraceObservationPoint", [
  [0, "UNKNOWN_POINT"],
  [1, "TO_PROXY"],
  [2, "TO_HOST"],
  [3, "TO_STACK"],
  [4, "TO_OVERLAY"],
  [5, "FROM_ENDPOINT"],
  [6, "FROM_PROXY"],
  [7, "FROM_HOST"],
  [8, "FROM_STACK"],
  [9, "FROM_OVERLAY"],
  [10, "FROM_NETWORK"],
  [11, "TO_NETWORK"],
  [12, "FROM_CRYPTO"],
  [13, "TO_CRYPTO"],
  [101, "TO_ENDPOINT"],
]);

/** Sub-type of a trace event to its observation point; 0 (left out in JSON) is to-endpoint. */
export const TRACE_SUB_TYPE: ReadonlyMap<number, string> = new Map(
  Array.from({ length: 14 }, (_, subType) => [
    subType,
    subType === 0 ? "TO_ENDPOINT" : enumName(TRACE_OBSERVATION_POINT, subType),
  ]),
);

export const TRACE_REASON = enumTable("TraceReason", [
  [0, "TRACE_REASON_UNKNOWN"],
  [1, "NEW"],
  [2, "ESTABLISHED"],
  [3, "REPLY"],
  [4, "RELATED"],
  [5, "REOPENED"],
  [6, "SRV6_ENCAP"],
  [7, "SRV6_DECAP"],
  [8, "ENCRYPT_OVERLAY"],
]);

export const DEBUG_CAPTURE_POINT = enumTable("DebugCapturePoint", [
  [0, "DBG_CAPTURE_POINT_UNKNOWN"],
  [4, "DBG_CAPTURE_DELIVERY"],
  [5, "DBG_CAPTURE_FROM_LB"],
  [6, "DBG_CAPTURE_AFTER_V46"],
  [7, "DBG_CAPTURE_AFTER_V64"],
  [8, "DBG_CAPTURE_PROXY_PRE"],
  [9, "DBG_CAPTURE_PROXY_POST"],
  [10, "DBG_CAPTURE_SNAT_PRE"],
  [11, "DBG_CAPTURE_SNAT_POST"],
]);

export const SOCKET_TRANSLATION_POINT = enumTable("SocketTranslationPoint", [
  [0, "SOCK_XLATE_POINT_UNKNOWN"],
  [1, "SOCK_XLATE_POINT_PRE_DIRECTION_FWD"],
  [2, "SOCK_XLATE_POINT_POST_DIRECTION_FWD"],
  [3, "SOCK_XLATE_POINT_PRE_DIRECTION_REV"],
  [4, "SOCK_XLATE_POINT_POST_DIRECTION_REV"],
]);

export const TUNNEL_PROTOCOL = enumTable("Tunnel.Protocol", [
  [0, "UNKNOWN"],
  [1, "VXLAN"],
  [2, "GENEVE"],
]);

export const LOST_EVENT_SOURCE = enumTable("LostEventSource", [
  [0, "UNKNOWN_LOST_EVENT_SOURCE"],
  [1, "PERF_EVENT_RING_BUFFER"],
  [2, "OBSERVER_EVENTS_QUEUE"],
  [3, "HUBBLE_RING_BUFFER"],
]);

export const NODE_STATE = enumTable("NodeState", [
  [0, "UNKNOWN_NODE_STATE"],
  [1, "NODE_CONNECTED"],
  [2, "NODE_UNAVAILABLE"],
  [3, "NODE_GONE"],
  [4, "NODE_ERROR"],
]);

export const AGENT_EVENT_TYPE = enumTable("AgentEventType", [
  [0, "AGENT_EVENT_UNKNOWN"],
  [2, "AGENT_STARTED"],
  [3, "POLICY_UPDATED"],
  [4, "POLICY_DELETED"],
  [5, "ENDPOINT_REGENERATE_SUCCESS"],
  [6, "ENDPOINT_REGENERATE_FAILURE"],
  [7, "ENDPOINT_CREATED"],
  [8, "ENDPOINT_DELETED"],
  [9, "IPCACHE_UPSERTED"],
  [10, "IPCACHE_DELETED"],
  [11, "SERVICE_UPSERTED"],
  [12, "SERVICE_DELETED"],
]);

/** `event_type.type`: number and the word of `hubble observe --type`. */
export const EVENT_TYPE = enumTable("EventType", [
  [0, "unspecified"],
  [1, "drop"],
  [2, "debug"],
  [3, "capture"],
  [4, "trace"],
  [5, "policy-verdict"],
  [7, "trace-sock"],
  [129, "l7"],
  [130, "agent"],
]);

/** `policy_match_type`: what the rule that matched said. 0 on a denied verdict: nothing matched. */
export const POLICY_MATCH_TYPE = enumTable("PolicyMatchType", [
  [0, "none"],
  [1, "L3-Only"],
  [2, "L3-L4"],
  [3, "L4-Only"],
  [4, "all"],
  [5, "L3-Proto"],
  [6, "Proto-Only"],
]);

/** Reserved identities; 2, 9 and 10 are all "world". */
export const RESERVED_IDENTITY: ReadonlyMap<number, string> = new Map([
  [0, "unknown"],
  [1, "host"],
  [2, "world"],
  [3, "unmanaged"],
  [4, "health"],
  [5, "init"],
  [6, "remote-node"],
  [7, "kube-apiserver"],
  [8, "ingress"],
  [9, "world-ipv4"],
  [10, "world-ipv6"],
  [11, "encrypted-overlay"],
]);

/** DNS response codes (IANA DNS parameters); absent in JSON means 0. */
export const DNS_RCODE = enumTable("rcode", [
  [0, "NOERROR"],
  [1, "FORMERR"],
  [2, "SERVFAIL"],
  [3, "NXDOMAIN"],
  [4, "NOTIMP"],
  [5, "REFUSED"],
  [6, "YXDOMAIN"],
  [7, "YXRRSET"],
  [8, "NXRRSET"],
  [9, "NOTAUTH"],
  [10, "NOTZONE"],
]);

/** In the order of the TCP header, so that equal sets give equal text. */
export const TCP_FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "NS"] as const;

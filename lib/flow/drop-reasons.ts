/**
 * What the drop codes mean to a reader: in plain words, what is usually behind them, and what to look at next.
 *
 * Codes and names are Cilium's (1.19.4, `bpf/lib/drop_reasons.h`, `pkg/monitor/api/drop.go`; see enums.ts); groups and
 * words are ours, after what Cilium's datapath does where it gives the code. docs/drop-reasons.md is written from this table.
 */

export const DROP_GROUPS = {
  policy: "Policy",
  "no-backend": "Service without backend",
  routing: "Routing and NAT",
  "conntrack-parse": "Connection tracking and packet form",
  "not-ready": "Not ready yet",
  noise: "Protocol noise",
  "not-a-loss": "Not a loss",
  datapath: "Datapath",
} as const;
export type DropGroup = keyof typeof DROP_GROUPS;

export interface DropReasonInfo {
  readonly code: number;
  readonly group: DropGroup;
  /** A sentence that says what happened. */
  readonly says: string;
  /** What is usually behind it. */
  readonly usually: string;
  /** What to look at or do next. */
  readonly next: string;
}

type Row = readonly [code: number, group: DropGroup, says: string, usually: string, next: string];

const OLD = "Versions of Cilium that still give this code are no longer supported.";
const REPORT = "Look at the agent's log of that node; if it goes on, report it with a sysdump.";

const ROWS: readonly Row[] = [
  [
    0,
    "datapath",
    "The packet was dropped, without a reason.",
    "The record left the reason out.",
    "Export the field drop_reason_desc, too.",
  ],
  [
    130,
    "datapath",
    "The source MAC address was not the one expected.",
    "A pod sent with a foreign MAC address.",
    OLD,
  ],
  [
    131,
    "datapath",
    "The destination MAC address was not the one expected.",
    "A frame for another device reached the pod's interface.",
    OLD,
  ],
  [
    132,
    "noise",
    "The packet's source address is not one that the endpoint may use.",
    "IPv6 router solicitations of a new pod, from its link-local address. Else a pod that sends with a foreign address.",
    "Nothing, unless an application sends from an address that is not the pod's.",
  ],
  [
    133,
    "policy",
    "Default deny: some policy selects the pod in this direction, and none allows this peer and port.",
    "An allow rule is missing, or its selector, port or protocol does not fit.",
    "Add a rule that allows the peer and port on the side that dropped.",
  ],
  [
    134,
    "conntrack-parse",
    "The packet is malformed.",
    "A packet too short for its headers, or one that a middlebox mangled.",
    "Capture packets on the node and look at the headers; compare the MTU along the way.",
  ],
  [
    135,
    "conntrack-parse",
    "The transport header is cut off or invalid.",
    "Fragments, port scans, or an MTU that is too small for an encapsulation.",
    "Look for fragmentation and for the MTU of tunnel or encryption.",
  ],
  [
    136,
    "conntrack-parse",
    "The packet is too large and may not be fragmented.",
    "Path MTU: tunnel or encryption needs bytes that the sender does not leave.",
    "Compare the pods' MTU with the network's; see that ICMP \"fragmentation needed\" is not filtered.",
  ],
  [
    137,
    "conntrack-parse",
    "Connection tracking does not know the layer 4 protocol.",
    "A protocol other than TCP, UDP, SCTP and ICMP.",
    "See which protocol it is and whether it is meant to pass.",
  ],
  [
    138,
    "conntrack-parse",
    "No connection could be made from this packet.",
    "A packet in the middle of a connection that is not known.",
    OLD,
  ],
  [
    139,
    "noise",
    "The layer 3 protocol is not supported.",
    "IPv6 packets, often router solicitations, where IPv6 is off; other Ethernet types.",
    "Nothing, unless that protocol is meant to work.",
  ],
  [
    140,
    "not-ready",
    "A part of the datapath's program was missing.",
    "Programs were being replaced, during an upgrade or a regeneration of the endpoint.",
    "It should end within seconds. If not, look at the endpoint's regeneration in the agent's log.",
  ],
  [
    141,
    "datapath",
    "The packet could not be written to.",
    "The kernel refused to change the packet, mostly for lack of memory.",
    REPORT,
  ],
  [
    142,
    "noise",
    "The layer 4 protocol is not known.",
    "IGMP, VRRP or the like on a pod's interface.",
    "Nothing, unless that protocol is meant to work; it may need to be turned on in Cilium.",
  ],
  [
    143,
    "noise",
    "The ICMP code is not known.",
    "Unusual ICMP messages.",
    "Nothing, unless a tool depends on them.",
  ],
  [
    144,
    "noise",
    "The ICMP type is not known.",
    "Unusual ICMP messages.",
    "Nothing, unless a tool depends on them.",
  ],
  [
    145,
    "noise",
    "The ICMPv6 code is not known.",
    "Unusual ICMPv6 messages.",
    "Nothing, unless a tool depends on them.",
  ],
  [
    146,
    "noise",
    "The ICMPv6 type is not known.",
    "Unusual ICMPv6 messages, mostly of neighbour discovery.",
    "Nothing, unless a tool depends on them.",
  ],
  [
    147,
    "datapath",
    "The tunnel's key could not be read.",
    "A packet came through the tunnel without Cilium's data.",
    "See what else uses the tunnel's port; compare the tunnel settings of all nodes.",
  ],
  [
    148,
    "datapath",
    "The tunnel's options could not be read.",
    "A packet came through the tunnel without Cilium's options.",
    OLD,
  ],
  [149, "datapath", "A Geneve option is invalid.", "Nodes with different tunnel settings.", OLD],
  [
    150,
    "routing",
    "The destination's address on the network is not known.",
    "A node or pod that has just gone, or a neighbour that does not answer.",
    "See whether the destination exists and whether its node is reachable.",
  ],
  [
    151,
    "routing",
    "The address belongs to nobody any more, or cannot be routed.",
    "The client still uses the address of a pod that is gone.",
    "Find out where the client has the address from: a DNS cache, a long-lived connection, a fixed address.",
  ],
  [
    152,
    "routing",
    "No local pod has this address.",
    "A packet for a pod that is no longer on this node.",
    OLD,
  ],
  [
    153,
    "datapath",
    "The IP checksum could not be corrected.",
    "The kernel refused to change the packet.",
    REPORT,
  ],
  [
    154,
    "datapath",
    "The checksum of the transport header could not be corrected.",
    "The kernel refused to change the packet.",
    REPORT,
  ],
  [
    155,
    "conntrack-parse",
    "The table of connections is full.",
    "Very many connections, or a flood of attempts.",
    "Compare the number of entries with the size of the conntrack maps (bpf-ct-global-*-max); look for the client with most attempts.",
  ],
  [
    156,
    "conntrack-parse",
    "An IPv6 extension header is invalid.",
    "Rare headers, or a probe.",
    "Capture packets on the node.",
  ],
  [
    157,
    "conntrack-parse",
    "A fragment came, and fragments are not supported.",
    "UDP packets larger than the MTU (DNS over UDP with large answers, tunnels).",
    "Turn on the tracking of fragments, or make the packets smaller.",
  ],
  [
    158,
    "no-backend",
    "The service has no backend that is ready.",
    "No ready pod fits the service's selector; or the service port has no such target.",
    "Look at the endpoints of the service (kubectl get endpointslices) and at the readiness of its pods. It is not a policy.",
  ],
  [
    160,
    "routing",
    "No tunnel leads to the destination.",
    "The node of the destination is not known to this node.",
    "Compare the nodes that the agent knows (cilium-dbg node list) with those of the cluster.",
  ],
  [
    161,
    "routing",
    "Translation between IPv4 and IPv6 is not turned on.",
    "A packet that needs NAT46 or NAT64.",
    "See why this peer is reached by the other family of addresses, or turn the translation on.",
  ],
  [
    162,
    "datapath",
    "The packet would have had to wait too long for its turn.",
    "A bandwidth limit of the pod (annotation kubernetes.io/egress-bandwidth).",
    "Raise the limit, or send less.",
  ],
  [
    163,
    "conntrack-parse",
    "The connection is in a state that is not known.",
    "A packet of a connection whose entry was lost.",
    "See whether it comes with restarts of the agent or full conntrack maps.",
  ],
  [
    164,
    "routing",
    "The host of the node cannot be reached.",
    "Routes or devices of the node are missing.",
    "Look at the node's routes and at Cilium's devices (cilium_host, cilium_net).",
  ],
  [
    165,
    "not-ready",
    "There is no policy program for this endpoint yet.",
    "The endpoint was just made, or is being regenerated.",
    "It should end within seconds. If not, look at the endpoint in the agent's log.",
  ],
  [166, "noise", "The layer 2 protocol is not supported.", "Frames that are neither IP nor ARP.", "Nothing."],
  [
    167,
    "routing",
    "There is no entry for this connection's address translation.",
    "An answer came after its entry had gone, or to another node.",
    "Look for asymmetric routes and full NAT maps (bpf-nat-global-max).",
  ],
  [
    168,
    "routing",
    "The protocol cannot be masqueraded.",
    "A protocol without ports leaves the cluster.",
    "Exclude its destinations from masquerading.",
  ],
  [
    169,
    "routing",
    "The kernel found no route to the destination.",
    "A missing route, or a neighbour that does not answer.",
    "Look at `ip route get` on the node; ext_error says what the kernel answered.",
  ],
  [
    170,
    "datapath",
    "A packet that is encapsulated already may not be encapsulated again.",
    "A pod that makes tunnels of its own.",
    "See whether the pod's tunnel is meant.",
  ],
  [171, "datapath", "The identity is invalid.", "A packet with a mark that no identity has.", REPORT],
  [172, "datapath", "The sender is not known.", "A packet without a source that Cilium knows.", REPORT],
  [
    173,
    "not-a-loss",
    "No address had to be translated.",
    "Normal: the packet went on by another way.",
    "Nothing.",
  ],
  [
    174,
    "datapath",
    "The destination is a ClusterIP that is not served here.",
    "A ClusterIP is asked for from outside the cluster, or a port that the service does not have.",
    "See whether the service has this port; from outside use another kind of service.",
  ],
  [
    175,
    "conntrack-parse",
    "The first fragment of this packet was not seen.",
    "Fragments out of order, or on another way.",
    "Look for fragmentation; make packets smaller.",
  ],
  [
    176,
    "noise",
    "This ICMPv6 message is not allowed.",
    "Router advertisements and the like of a pod.",
    "Nothing, unless a pod is meant to be a router.",
  ],
  [
    177,
    "policy",
    "The service does not admit this source address.",
    "The client is not in the service's loadBalancerSourceRanges.",
    "Add the client's range to the service, or leave it out on purpose.",
  ],
  [
    178,
    "datapath",
    "The lookup of a socket failed.",
    "The proxy's socket was gone, as while the proxy restarts.",
    "See whether Envoy or the DNS proxy restarted.",
  ],
  [
    179,
    "datapath",
    "The packet could not be given to its socket.",
    "The proxy's socket was gone, as while the proxy restarts.",
    "See whether Envoy or the DNS proxy restarted.",
  ],
  [
    180,
    "datapath",
    "This protocol cannot be sent through the proxy.",
    "An L7 rule for a protocol other than TCP or UDP.",
    "Take the L7 rule off this port.",
  ],
  [
    181,
    "policy",
    "A deny rule matched.",
    "A policy forbids this on purpose; a deny rule wins over every allow rule.",
    "Change the named policy, or leave it: an allow rule will not help.",
  ],
  [
    182,
    "noise",
    "The VLAN is not allowed.",
    "A tagged frame of a VLAN that Cilium was not told of.",
    "Add the VLAN to vlan-bpf-bypass, if it is meant.",
  ],
  [
    183,
    "datapath",
    "The tunnel endpoint used a wrong network id.",
    "An external VTEP with another VNI.",
    "Compare the VTEP settings.",
  ],
  [
    184,
    "datapath",
    "A buffer of the datapath could not be read or written.",
    "Lack of memory, or a fault.",
    REPORT,
  ],
  [
    185,
    "routing",
    "No SRv6 segment id is known for the address.",
    "An SRv6 policy without a segment.",
    "Look at the SRv6 policies.",
  ],
  [186, "routing", "The SRv6 state was lost on the way.", "A fault of the datapath.", OLD],
  [
    187,
    "routing",
    "An IPv4 packet could not be made an IPv6 packet.",
    "An address or protocol that cannot be translated.",
    "See whether both sides can use the same family.",
  ],
  [
    188,
    "routing",
    "An IPv6 packet could not be made an IPv4 packet.",
    "An address or protocol that cannot be translated.",
    "See whether both sides can use the same family.",
  ],
  [
    189,
    "policy",
    "The two sides have not authenticated each other.",
    "The first packets while mutual authentication takes place: then it works. If it goes on: no SPIRE identity for one side.",
    "Only if it goes on: look at the SPIRE server and agents and at authentication.mode of the policy.",
  ],
  [
    190,
    "routing",
    "There is no table of connections for this cluster.",
    "Cluster mesh with overlapping addresses, not set up completely.",
    "Look at the cluster mesh settings of both clusters.",
  ],
  [
    191,
    "routing",
    "There is no table of translations for this cluster.",
    "Cluster mesh with overlapping addresses, not set up completely.",
    "Look at the cluster mesh settings of both clusters.",
  ],
  [
    192,
    "routing",
    "The id of the cluster is invalid.",
    "Two clusters of a mesh with unsuitable ids.",
    "Give each cluster an id of its own within the allowed range.",
  ],
  [
    193,
    "datapath",
    "This protocol cannot be sent by direct server return.",
    "A protocol that DSR does not support.",
    "Use SNAT for this service.",
  ],
  [
    194,
    "routing",
    "No egress gateway is there for this packet.",
    "The egress gateway policy selects no node that is ready.",
    "Look at the nodes that the policy's selector fits.",
  ],
  [
    195,
    "policy",
    "The packet is not encrypted, and strict encryption demands it.",
    "A peer on a node without encryption, or while keys are exchanged.",
    "See whether all nodes have encryption on, and which ranges strict mode covers.",
  ],
  [
    196,
    "routing",
    "The packet has passed too many routers.",
    "A loop in the routes, or traceroute.",
    "Nothing for traceroute. Else look for a loop between node and network.",
  ],
  [
    197,
    "routing",
    "The node has no id.",
    "IPsec to a node that is not known yet.",
    "It should end soon after the node joined. If not, look at the agent's log.",
  ],
  [
    198,
    "datapath",
    "A limit on the rate of packets was reached.",
    "Very many ICMP messages or the like.",
    "Find the sender of most of them.",
  ],
  [
    199,
    "not-a-loss",
    "The IGMP message was consumed.",
    "Normal: the datapath answers for the pod.",
    "Nothing.",
  ],
  [
    200,
    "not-a-loss",
    "A multicast group was joined.",
    "Normal: the datapath answers for the pod.",
    "Nothing.",
  ],
  [
    201,
    "not-a-loss",
    "The multicast packet was delivered as copies.",
    "Normal: the original is consumed.",
    "Nothing.",
  ],
  [
    202,
    "not-ready",
    "The host's datapath is not ready.",
    "The agent is starting.",
    "It should end within seconds. If not, look at the agent's log.",
  ],
  [
    203,
    "not-ready",
    "The endpoint's policy program is not there yet.",
    "The pod was just started, or the agent restarted.",
    "It should end within seconds. If not, look at the endpoint in the agent's log.",
  ],
  [
    204,
    "routing",
    "The egress gateway has no address to send from.",
    "The gateway's node lacks the address that the policy names.",
    "Compare the policy's egressIP with the node's addresses.",
  ],
  [
    205,
    "not-a-loss",
    "The packet was handed to the proxy in user space.",
    "Normal: the proxy goes on with it.",
    "Nothing.",
  ],
  [
    206,
    "routing",
    "The network device is not there.",
    "A device that was just removed.",
    "Look at the node's devices.",
  ],
  [
    207,
    "conntrack-parse",
    "The first fragment of a packet from outside was not seen.",
    "Fragments out of order, or on another way.",
    "Look for fragmentation between the outside and the cluster.",
  ],
];

const INFO: ReadonlyMap<number, DropReasonInfo> = new Map(
  ROWS.map(([code, group, says, usually, next]) => [code, { code, group, says, usually, next }]),
);

/** Undefined for a code that this version does not know. */
export function dropReasonInfo(code: number): DropReasonInfo | undefined {
  return INFO.get(code);
}

export function allDropReasons(): readonly DropReasonInfo[] {
  return [...INFO.values()];
}

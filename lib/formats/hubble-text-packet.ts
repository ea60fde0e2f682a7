/** The packet of a printed flow: protocol, TCP flags, ICMP type, out of the words of its summary. */

import type { Layer4 } from "@/lib/flow/flow";
import { tcpFlagsOf } from "./hubble-layers";

/** Go's packet library names the common ICMP messages so; type and code. */
const ICMP: Readonly<Record<string, ReadonlyMap<string, readonly [number, number]>>> = {
  ICMPv4: new Map([
    ["EchoReply", [0, 0]],
    ["DestinationUnreachable(Net)", [3, 0]],
    ["DestinationUnreachable(Host)", [3, 1]],
    ["DestinationUnreachable(Protocol)", [3, 2]],
    ["DestinationUnreachable(Port)", [3, 3]],
    ["DestinationUnreachable(FragmentationNeeded)", [3, 4]],
    ["EchoRequest", [8, 0]],
    ["TimeExceeded(TTLExceeded)", [11, 0]],
  ]),
  ICMPv6: new Map([
    ["DestinationUnreachable(NoRouteToDst)", [1, 0]],
    ["DestinationUnreachable(PortUnreachable)", [1, 4]],
    ["TimeExceeded(HopLimitExceeded)", [3, 0]],
    ["EchoRequest", [128, 0]],
    ["EchoReply", [129, 0]],
    ["RouterSolicitation", [133, 0]],
    ["RouterAdvertisement", [134, 0]],
    ["NeighborSolicitation", [135, 0]],
    ["NeighborAdvertisement", [136, 0]],
  ]),
};

/** undefined when the summary is of none of the protocols. An ICMP message without a known name has no type. */
export function layer4OfWords(summary: string): Layer4 | undefined {
  const tcp = /^TCP Flags:(.*)$/.exec(summary);
  // Retina writes `SYN:true` where Cilium writes `SYN` (flow-formats 5).
  if (tcp !== null)
    return { protocol: "TCP", flags: tcpFlagsOf((tcp[1] ?? "").split(/(?::true)?[,\s]+|:true$/)) };
  const icmp = /^(ICMPv[46]) ?(.*)$/.exec(summary);
  if (icmp !== null) {
    const [, protocol = "", message = ""] = icmp;
    const [type, code] = ICMP[protocol]?.get(message) ?? [];
    return { protocol, type, code };
  }
  const plain = /^(TCP|UDP|SCTP|VRRP|IGMP)\b/.exec(summary);
  return plain === null ? undefined : { protocol: plain[1] };
}

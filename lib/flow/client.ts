/**
 * Which side of a flow is the client, from its record alone (product.md, "Client and server").
 *
 * In order: `is_reply`; the old `reply` when true; TCP flags (SYN without ACK asks, SYN with ACK answers); [another
 * record of the same connection: only settling can know it]; exactly one port below 32768 is the server's; else
 * unknown, with the reason.
 */

import type { Flow } from "./flow";

/** Ports from here on are taken for a client's own (Linux's default `ip_local_port_range` begins here). */
const FIRST_EPHEMERAL_PORT = 32_768;

export type ClientBy = "is-reply" | "reply" | "tcp-flags" | "same-connection" | "ports";
/** Why the client is unknown: no l4 member; a protocol or an export without ports; both ports are of a kind. */
export type ClientUnknownBy = "no-protocol" | "no-ports" | "ports-alike";

export interface Client {
  /** 1 the source is the client, 2 the destination is (the flow is a reply), 0 unknown. */
  readonly side: 0 | 1 | 2;
  readonly by: ClientBy | ClientUnknownBy;
  readonly serverPort: number | undefined;
}

/** What a record says beside its ports. `isReply` is three-valued. */
export interface ClientSigns {
  readonly isReply: boolean | undefined;
  readonly deprecatedReply: boolean;
  readonly protocol: string | undefined;
  readonly tcpFlags: readonly string[] | undefined;
}

/** A record's own word on its direction; undefined leaves it to other records and to the ports. */
export interface KnownSide {
  readonly side: 1 | 2;
  readonly by: "is-reply" | "reply" | "tcp-flags";
}

export function signsOf(flow: Flow): ClientSigns {
  return {
    isReply: flow.isReply,
    deprecatedReply: flow.deprecatedReply === true,
    protocol: flow.l4?.protocol,
    tcpFlags: flow.l4?.flags,
  };
}

export function knownSide(signs: ClientSigns): KnownSide | undefined {
  if (signs.isReply !== undefined) return { side: signs.isReply ? 2 : 1, by: "is-reply" };
  if (signs.deprecatedReply) return { side: 2, by: "reply" };
  if (signs.tcpFlags?.includes("SYN") !== true) return undefined;
  return { side: signs.tcpFlags.includes("ACK") ? 2 : 1, by: "tcp-flags" };
}

/** Client and server port; `known` is what {@link knownSide} said. */
export function clientOf(
  known: KnownSide | undefined,
  protocol: string | undefined,
  sourcePort: number | undefined,
  destinationPort: number | undefined,
): Client {
  if (known !== undefined) return { ...known, serverPort: known.side === 1 ? destinationPort : sourcePort };
  if (protocol === undefined) return { side: 0, by: "no-protocol", serverPort: undefined };
  const [isSource, isDestination] = [isServerPort(sourcePort), isServerPort(destinationPort)];
  if (isSource !== isDestination)
    return { side: isSource ? 2 : 1, by: "ports", serverPort: isSource ? sourcePort : destinationPort };
  const by = sourcePort === undefined && destinationPort === undefined ? "no-ports" : "ports-alike";
  return { side: 0, by, serverPort: undefined };
}

function isServerPort(port: number | undefined): boolean {
  return port !== undefined && port < FIRST_EPHEMERAL_PORT;
}

/** Which kinds of flows are denials, and of what sort (product.md, "Drop"). */

import { isTextFormat } from "@/lib/flow/text-formats";
import { IS_DENIED, IS_L7, POLICY_VERDICT } from "../denied-kinds";
import type { Sqlite, SqlValue } from "../driver";

/**
 * packet: a drop record; verdict: a policy-verdict record; alone: a denial that has no twin, or whose twin cannot be
 * told (L7 requests, aggregated records, a masked event type).
 */
export type DenialSort = "packet" | "verdict" | "alone";

export interface DenialKind {
  readonly sort: DenialSort;
  /** The record may be one of two of the same denial, and it cannot be told. */
  readonly isAtMost: boolean;
  readonly isNoise: boolean;
  readonly code: number | undefined;
  readonly isRequest: boolean;
  /**
   * Direction and, for ICMP, type and code: what else a twin has in common beside node and 5-tuple. A printed drop has no
   * direction: a packet that one end denies never comes to the other, so its verdict can only be that of the same denial.
   */
  readonly likeness: string;
  /** Printed for people: sides by name and no address, often neither node nor year. */
  readonly isText: boolean;
  readonly hasPorts: boolean;
  /** It may be a SYN: such a try may rest longer. */
  readonly maySyn: boolean;
  /** Policy decides it, so there are verdict records of such drops. */
  readonly isPolicy: boolean;
}

const DROP_EVENT = 1;
/** Invalid source address and unsupported protocol: mostly router solicitations (flow-formats 8.3). */
const NOISE = new Set([132, 139]);
/** Codes that a policy verdict decides: default deny, deny rule, authentication. */
const POLICY_CODES = new Set([133, 181, 189]);
const WITH_PORTS = new Set(["TCP", "UDP", "SCTP"]);

/** By kind id; kinds that are no denials, or lose nothing, are not there. */
export function readDenialKinds(database: Sqlite): Map<number, DenialKind> {
  const kinds = new Map<number, DenialKind>();
  const rows = database
    .prepare(
      `SELECT id, format, eventType, dropCode, aggregated, trafficDirection, protocol, tcpFlags, icmpType, icmpCode,
         ${IS_L7} AS isRequest
       FROM Kind WHERE ${IS_DENIED}`,
    )
    .all([]);
  for (const row of rows) {
    const code = row.dropCode === null ? undefined : Number(row.dropCode);
    const isRequest = row.isRequest === 1;
    const isIcmp = row.protocol === "ICMPv4" || row.protocol === "ICMPv6";
    const isText = isTextFormat(String(row.format));
    kinds.set(Number(row.id), {
      ...sortOf(isRequest, row.eventType as number | null, Number(row.aggregated)),
      code,
      isNoise: code !== undefined && NOISE.has(code),
      isRequest,
      isText,
      likeness: `${isText ? "text" : row.trafficDirection} ${isIcmp ? `${row.icmpType} ${row.icmpCode}` : ""}`,
      hasPorts: WITH_PORTS.has(String(row.protocol)),
      maySyn: row.protocol === "TCP" && !isRequest && maySyn(row.tcpFlags),
      isPolicy: code !== undefined && POLICY_CODES.has(code),
    });
  }
  return kinds;
}

/** Flags that were left out say nothing against it. */
function maySyn(flags: SqlValue | undefined): boolean {
  if (typeof flags !== "string") return true;
  const set = new Set(flags.split(","));
  return set.has("SYN") && !set.has("ACK");
}

function sortOf(
  isRequest: boolean,
  eventType: number | null,
  aggregated: number,
): Pick<DenialKind, "sort" | "isAtMost"> {
  if (isRequest) return { sort: "alone", isAtMost: false };
  // Unspecified (0) says no more than a masked one.
  if (aggregated !== 0 || eventType === null || eventType === 0) return { sort: "alone", isAtMost: true };
  if (eventType === DROP_EVENT) return { sort: "packet", isAtMost: false };
  return { sort: eventType === POLICY_VERDICT ? "verdict" : "alone", isAtMost: false };
}

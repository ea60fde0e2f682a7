/**
 * The cells of a row as text. Unknown (the export left it out) and none (the record cannot have it) are
 * told apart: a drop has a reason, a forwarded packet has none.
 */

import { type Dated, formatClock, formatInstant, formatSince, type Zone } from "@/components/ui/clock";
import { formatSpan } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import { parseTime } from "@/lib/base/time";
import { dropReasonText } from "@/lib/flow/enums";
import type { FlowRow } from "@/lib/questions/answers";

export interface CellText {
  readonly text: string;
  /** More about it, shown on hover. */
  readonly title?: string;
  /** `unknown`: left out by the export. `none`: there is no such thing. */
  readonly state?: "unknown" | "none";
}

const LEFT_OUT = "The record does not say: the export left it out.";

export function unknownText(title = LEFT_OUT): CellText {
  return { text: "unknown", title, state: "unknown" };
}

/** Nothing to read: an empty cell, with the reason on hover. */
export function noneText(title: string): CellText {
  return { text: "", title, state: "none" };
}

/** `since`: shown as the time behind it. */
export function timeText(row: FlowRow, zone: Zone, dated: Dated, since?: bigint): CellText {
  const ns = row.time === null ? undefined : parseTime(row.time);
  if (ns === undefined) return unknownText("The record has no readable time.");
  if (since !== undefined) return { text: formatSince(ns - since), title: formatInstant(ns, zone) };
  return { text: formatClock(ns, zone, dated), title: formatInstant(ns, zone) };
}

export function nodeText({ node }: Pick<FlowRow, "node">): CellText {
  if (node === null) return unknownText();
  // `cluster/node`: one capture seldom has two clusters, and the node is what differs.
  const name = node.slice(node.lastIndexOf("/") + 1);
  return { text: visible(name === "" ? node : name), title: visible(node) };
}

export function directionText({ trafficDirection }: FlowRow): CellText {
  switch (trafficDirection) {
    case "INGRESS":
      return {
        text: "ingress",
        title: "Into the endpoint that saw it; a reply keeps the direction of its connection",
      };
    case "EGRESS":
      return {
        text: "egress",
        title: "Out of the endpoint that saw it; a reply keeps the direction of its connection",
      };
    case "TRAFFIC_DIRECTION_UNKNOWN":
      return unknownText();
    default:
      return { text: visible(trafficDirection) };
  }
}

/** The server's port where it is known which side that is, else the destination's. */
export function portText(row: FlowRow): CellText {
  const port = serverPort(row);
  const ports = `${row.sourcePort ?? "unknown"} → ${row.destinationPort ?? "unknown"}`;
  if (port !== null) return { text: String(port), title: `Ports of the packet: ${ports}` };
  if (row.protocol !== null && !PORT_PROTOCOLS.has(row.protocol))
    return noneText(`${row.protocol} has no ports`);
  return unknownText();
}

const PORT_PROTOCOLS: ReadonlySet<string> = new Set(["TCP", "UDP", "SCTP"]);

export function serverPort(row: FlowRow): number | null {
  return row.client === "destination" ? row.sourcePort : row.destinationPort;
}

export function protocolText({ protocol, icmp, tcpFlags, l7 }: FlowRow): CellText {
  if (protocol === null) return unknownText();
  if (icmp)
    return {
      text: `${protocol} ${icmp.type}/${icmp.code}`,
      title: `ICMP type ${icmp.type}, code ${icmp.code}`,
    };
  const above = l7?.protocol ? ` ${l7.protocol.toUpperCase()}` : "";
  const title = tcpFlags.length > 0 ? `TCP flags: ${tcpFlags.join(", ")}` : undefined;
  return { text: visible(protocol) + visible(above), title };
}

export function eventText({ event, type }: Pick<FlowRow, "event" | "type">): CellText {
  if (event !== null) return { text: visible(event), title: `Type ${visible(type)}` };
  return unknownText();
}

export function reasonText({ dropReason, dropCode, verdict, type, l7 }: ReasonOf): CellText {
  if (dropReason !== null && dropReason !== "DROP_REASON_UNKNOWN") {
    const words = dropCode === null ? undefined : dropReasonText(dropCode);
    const code = dropCode === null ? "" : ` (${dropCode})`;
    return { text: words ?? visible(dropReason), title: `${visible(dropReason)}${code}` };
  }
  if (verdict !== "DROPPED") return noneText("Not dropped");
  if (type === "L7" || l7 !== null) return { text: refusedText(l7), title: L7_REFUSED };
  return unknownText();
}

type ReasonOf = Pick<FlowRow, "dropReason" | "dropCode" | "verdict" | "type" | "l7">;

const L7_REFUSED =
  "Refused by the proxy, because no L7 rule allows it. Such drops have no reason code; the client got an answer from the proxy, not from the server";

function refusedText(l7: FlowRow["l7"]): string {
  if (l7?.protocol === "dns") return "No DNS rule allows the name";
  return l7?.protocol === "http" ? "No HTTP rule allows it" : "No L7 rule allows it";
}

export interface PolicyMark {
  readonly decision: "denied" | "allowed";
  /** With the short name of its kind, as kubectl knows it. */
  readonly name: string;
  /** In full. */
  readonly title: string;
}

const SHORT_KINDS: ReadonlyMap<string, string> = new Map([
  ["CiliumNetworkPolicy", "cnp"],
  ["CiliumClusterwideNetworkPolicy", "ccnp"],
  ["NetworkPolicy", "netpol"],
]);

function shortKind(policy: string): string {
  const space = policy.indexOf(" ");
  const short = SHORT_KINDS.get(policy.slice(0, space));
  return short === undefined ? policy : short + policy.slice(space);
}

/** The policies that decided, those that denied first. */
export function policyMarks({ policies }: Pick<FlowRow, "policies">): readonly PolicyMark[] {
  if (policies === null) return [];
  const marks = (decision: PolicyMark["decision"], names: readonly string[]) =>
    names.map((name): PolicyMark => ({ decision, name: visible(shortKind(name)), title: visible(name) }));
  return [...marks("denied", policies.deniedBy), ...marks("allowed", policies.allowedBy)];
}

/** What stands in the cell when no policy is named. */
export function noPolicyText({ verdict, event }: FlowRow): CellText {
  if (event !== "policy-verdict" || verdict !== "DROPPED")
    return noneText("Only policy-verdict records name policies");
  return {
    text: "none matched",
    title: "A policy verdict without a policy: no rule allowed it (default deny)",
  };
}

/** `GET /cart`, `503 GET /cart 12.3 ms`, `A? api.shop.`, `NXDOMAIN A api.shop.` */
export function layer7Text({ l7 }: Pick<FlowRow, "l7">): CellText {
  if (l7 === null) return noneText("Not an L7 record");
  const text = l7.protocol === "dns" ? dnsText(l7) : requestText(l7);
  const latency = l7.latencyNs === null ? "" : ` ${formatSpan(BigInt(l7.latencyNs))}`;
  const shown = `${text}${latency}`.trim();
  return shown === "" ? unknownText() : { text: shown, title: `${l7.type ?? "L7"}: ${shown}` };
}

/** As the record itself says it; most logs say it in answers only. */
export function latencyText({ l7 }: Pick<FlowRow, "l7">): CellText {
  if (l7 === null) return noneText("Not an L7 record");
  return l7.latencyNs === null
    ? noneText("The record says no latency")
    : { text: formatSpan(BigInt(l7.latencyNs)) };
}

type L7 = NonNullable<FlowRow["l7"]>;

function dnsText({ type, rcode, qtypes, text }: L7): string {
  const types = qtypes.map(visible).join(",");
  const name = text === null ? "" : visible(text);
  if (type === "RESPONSE") return [rcode?.name ?? "NOERROR", types, name].filter(Boolean).join(" ");
  return [types === "" ? "query" : `${types}?`, name].filter(Boolean).join(" ");
}

function requestText({ status, method, text }: L7): string {
  return [status, method, text].flatMap((part) => (part === null ? [] : [visible(String(part))])).join(" ");
}

/** Whether the status of an answer is bad news. */
export function isL7Error({ l7, verdict }: FlowRow): boolean {
  if (l7 === null) return false;
  return (l7.status ?? 0) >= 500 || (l7.rcode?.code ?? 0) > 0 || verdict === "ERROR";
}

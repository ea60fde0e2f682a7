import { timeText } from "./clock.ts";
import type { Cluster } from "./cluster.ts";
import type { Random } from "./random.ts";
import { ACK, AGENT, FIN, L7, LOST, type Planned, PSH, RST, SOCK, SYN } from "./record.ts";
import { HUBBLE_VERSION } from "./shop.ts";

/**
 * Writes records as the Hubble exporter does: one JSON object a line, proto field names in the order
 * of the definition, zero values left out, 64-bit numbers as text.
 */
export class Renderer {
  private readonly emitter = `"emitter":{"name":"Hubble","version":"${HUBBLE_VERSION}"},"verdict":"`;

  constructor(
    private readonly cluster: Cluster,
    /** Draws the uuids only, so that planning does not depend on what is written. */
    private readonly random: Random,
  ) {}

  /** The line without its line feed. */
  line(record: Planned): string {
    const node = this.cluster.nodes[record.node];
    if (!node) throw new Error(`no node ${record.node}`);
    const time = timeText(record.time);
    const end = `"node_name":"${node.fullName}","time":"${time}"}`;
    if (record.event === LOST) return `{"lost_events":${record.payload},${end}`;
    if (record.event === AGENT) return `{"agent_event":${record.payload},${end}`;
    return `{"flow":{"time":"${time}","uuid":"${this.random.uuid()}",${this.emitter}${record.verdict}",${
      record.dropReason ? `"drop_reason":${record.dropReason},` : ""
    }${record.ethernet}${addresses(record)}${layer4(record)}${endpoints(record)}${flowType(record)}${
      node.json
    },${record.names}${record.l7}${record.reply === "yes" ? '"reply":true,' : ""}${eventType(record)}${
      record.services
    }${afterEvent(record)}"Summary":"${record.summary || summary(record)}"${record.policies}},${end}`;
  }
}

function addresses(record: Planned): string {
  const { source, destination } = record;
  const from = record.sourceIp || source?.ip || "";
  const translated = record.translated ? `"source_xlated":"${record.translated}",` : "";
  const version = record.protocol === "ICMPv6" ? "IPv6" : "IPv4";
  const to = record.protocol === "ICMPv6" ? "ff02::2" : (destination?.ip ?? "");
  return `"IP":{"source":"${from}",${translated}"destination":"${to}","ipVersion":"${version}"},`;
}

function layer4(record: Planned): string {
  const { protocol, flags } = record;
  if (protocol === "ICMPv4" || protocol === "ICMPv6") {
    return flags ? `"l4":{"${protocol}":{"type":${flags}}},` : `"l4":{"${protocol}":{}},`;
  }
  const from = record.sourcePort ? `"source_port":${record.sourcePort},` : "";
  const ports = `${from}"destination_port":${record.destinationPort}`;
  if (protocol === "UDP" || record.event === L7 || record.event === SOCK)
    return `"l4":{"${protocol}":{${ports}}},`;
  return `"l4":{"TCP":{${ports},${FLAGS_JSON[flags]}}},`;
}

function endpoints(record: Planned): string {
  const { source, destination, node } = record;
  const from = record.sourceJson || (source?.json[node] ?? UNKNOWN);
  const to = destination?.json[node] ?? UNKNOWN;
  return `"source":${from},"destination":${to},`;
}

/** What Hubble writes for an address that it knows nothing about. */
const UNKNOWN = '{"labels":["reserved:unknown"]}';

function flowType(record: Planned): string {
  if (record.event === L7) return '"Type":"L7",';
  return record.event === SOCK ? '"Type":"SOCK",' : '"Type":"L3_L4",';
}

function eventType(record: Planned): string {
  const sub = record.subType ? `,"sub_type":${record.subType}` : "";
  return `"event_type":{"type":${record.event}${sub}},`;
}

/** The fields between the event type and the summary. */
function afterEvent(record: Planned): string {
  let text = record.direction ? `"traffic_direction":"${record.direction}",` : "";
  if (record.matchType) text += `"policy_match_type":${record.matchType},`;
  if (record.point) text += `"trace_observation_point":"${record.point}",`;
  if (record.traceReason) text += `"trace_reason":"${record.traceReason}",`;
  text += record.dropFile;
  if (record.dropText) text += `"drop_reason_desc":"${record.dropText}",`;
  if (record.reply) text += record.reply === "yes" ? '"is_reply":true,' : '"is_reply":false,';
  if (record.device) text += `${record.device},`;
  if (record.proxyPort) text += `"proxy_port":${record.proxyPort},`;
  if (record.traceId) text += `"trace_context":{"parent":{"trace_id":"${record.traceId}"}},`;
  return text + record.sock;
}

function summary(record: Planned): string {
  switch (record.protocol) {
    case "UDP":
      return "UDP";
    case "ICMPv4":
      return record.flags === 8 ? "ICMPv4 EchoRequest" : "ICMPv4 EchoReply";
    case "ICMPv6":
      return "ICMPv6 RouterSolicitation";
    case "TCP":
      return record.event === SOCK ? "TCP" : (FLAGS_SUMMARY[record.flags] ?? "");
  }
}

/** In the order of the protobuf definition. */
const JSON_ORDER = [
  [FIN, "FIN"],
  [SYN, "SYN"],
  [RST, "RST"],
  [PSH, "PSH"],
  [ACK, "ACK"],
] as const;

/** In the order in which Hubble's summary names them. */
const SUMMARY_ORDER = [
  [SYN, "SYN"],
  [ACK, "ACK"],
  [RST, "RST"],
  [FIN, "FIN"],
  [PSH, "PSH"],
] as const;

const FLAGS_JSON: readonly string[] = Array.from({ length: 32 }, (_, bits) => {
  const set = JSON_ORDER.filter(([bit]) => bits & bit).map(([, name]) => `"${name}":true`);
  return `"flags":{${set.join(",")}}`;
});

const FLAGS_SUMMARY: readonly string[] = Array.from({ length: 32 }, (_, bits) => {
  const set = SUMMARY_ORDER.filter(([bit]) => bits & bit).map(([, name]) => name);
  return `TCP Flags: ${set.join(", ")}`;
});

/** The packet and the message of a Hubble flow: IP, l4, l7. Source: Cilium 1.19.4 `flow.proto`. */

import { IP_VERSION, L7_FLOW_TYPE, TCP_FLAGS } from "@/lib/flow/enums";
import type { Flow, Layer4, Layer7 } from "@/lib/flow/flow";
import {
  isObject,
  type JsonObject,
  member,
  optionalCount,
  optionalDecimal,
  optionalText,
  optionalTexts,
  readBoolean,
  readEnum,
  readInteger,
  readList,
  readObject,
  readText,
} from "./proto-json";

const FLAG_BITS: ReadonlyMap<string, number> = new Map(TCP_FLAGS.map((flag, bit) => [flag, 1 << bit]));

export function readIp(value: unknown, field: string): Flow["ip"] {
  const ip = readObject(value, field);
  const encrypted = member(ip, "encrypted");
  const version = ip.ipVersion ?? ip.ip_version ?? undefined;
  return {
    source: optionalText(ip, "source"),
    sourceXlated: optionalText(ip, "source_xlated"),
    destination: optionalText(ip, "destination"),
    version: version === undefined ? undefined : readEnum(IP_VERSION, version, "ipVersion"),
    encrypted: encrypted === undefined ? undefined : readBoolean(encrypted, "encrypted"),
  };
}

/** `l4` is a oneof: exactly one member. Go's own JSON, of writers that do not know the mapping, puts it in one of `Protocol`. */
export function readLayer4(value: unknown, field: string): Layer4 | undefined {
  const message = readObject(value, field);
  const l4 = [message.Protocol, message.protocol].find(isObject) ?? message;
  for (const protocol in l4) {
    if (l4[protocol] === null) continue;
    const name = PROTOCOLS.get(protocol.toLowerCase()) ?? protocol;
    return readProtocol(name, readObject(l4[protocol], `${field}.${protocol}`));
  }
  return undefined;
}

/** By their letters in lower case: other writers spell them in other ways. */
const PROTOCOLS: ReadonlyMap<string, string> = new Map(
  ["TCP", "UDP", "SCTP", "ICMPv4", "ICMPv6", "VRRP", "IGMP"].map((name) => [name.toLowerCase(), name]),
);

function readProtocol(protocol: string, message: JsonObject): Layer4 {
  switch (protocol) {
    case "TCP":
      return { ...readPorts(protocol, message), flags: readTcpFlags(member(message, "flags")) };
    case "ICMPv4":
    case "ICMPv6":
      // Proto JSON leaves zeros out: an echo reply is `{}`.
      return {
        protocol,
        type: optionalCount(message, "type") ?? 0,
        code: optionalCount(message, "code") ?? 0,
      };
    case "VRRP":
    case "IGMP":
      return {
        protocol,
        type: optionalCount(message, "type") ?? 0,
        vrid: optionalCount(message, "vrid"),
        priority: optionalCount(message, "priority"),
        groupAddress: optionalText(message, "group_address"),
      };
    case "SCTP": {
      const chunk = member(message, "chunk_type");
      const chunkType =
        chunk === undefined
          ? undefined
          : typeof chunk === "number"
            ? String(chunk)
            : readText(chunk, "chunk_type");
      return { ...readPorts(protocol, message), chunkType };
    }
    default:
      // Ports of a printed flow whose protocol is not known are written under no name (write-hubble.ts).
      return { ...readPorts(protocol, message), protocol: protocol || undefined };
  }
}

function readPorts(protocol: string, message: JsonObject): Layer4 {
  return {
    protocol,
    sourcePort: optionalCount(message, "source_port"),
    destinationPort: optionalCount(message, "destination_port"),
  };
}

/** The lists of set flags by bit mask, made once each: equal sets are the same list. */
const FLAG_LISTS = new Map<number, string[]>();

function readTcpFlags(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  const flags = readObject(value, "flags");
  let mask = 0;
  for (const flag in flags)
    if (isSet(flags[flag])) mask |= FLAG_BITS.get(flag) ?? FLAG_BITS.get(flag.toUpperCase()) ?? 0;
  return listOfFlags(mask);
}

function isSet(value: unknown): boolean {
  return value === true || value === "true" || value === "True";
}

/** Flags by their names, in the order of the header; other words are left out. */
export function tcpFlagsOf(names: readonly string[]): string[] {
  return listOfFlags(names.reduce((mask, name) => mask | (FLAG_BITS.get(name) ?? 0), 0));
}

function listOfFlags(mask: number): string[] {
  let list = FLAG_LISTS.get(mask);
  if (list === undefined) {
    list = TCP_FLAGS.filter((_, bit) => (mask & (1 << bit)) !== 0);
    FLAG_LISTS.set(mask, list);
  }
  return list;
}

export function readLayer7(value: unknown, field: string): Layer7 {
  const message = readObject(value, field);
  const l7 = isObject(message.Record) ? { ...message, ...namedInGo(message.Record) } : message;
  const type = readEnum(L7_FLOW_TYPE, member(l7, "type") ?? 0, "l7.type");
  const [dns, http, kafka] = [member(l7, "dns"), member(l7, "http"), member(l7, "kafka")];
  return {
    type,
    latencyNs: latencyOf(l7),
    dns: dns === undefined ? undefined : readDns(readObject(dns, "l7.dns"), type),
    http: http === undefined ? undefined : readHttp(readObject(http, "l7.http")),
    kafka: kafka === undefined ? undefined : readKafka(readObject(kafka, "l7.kafka"), type),
  };
}

/** Go's own JSON: `{"Record":{"Dns":{..}}}`. */
function namedInGo(record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Zero is none: no request was answered in no time. */
function latencyOf(l7: JsonObject): string | undefined {
  const latency = optionalDecimal(l7, "latency_ns");
  return latency === "0" ? undefined : latency;
}

function readDns(dns: JsonObject, type: string): Layer7["dns"] {
  return {
    query: optionalText(dns, "query"),
    ips: optionalTexts(dns, "ips"),
    ttl: optionalCount(dns, "ttl"),
    cnames: optionalTexts(dns, "cnames"),
    observationSource: optionalText(dns, "observation_source"),
    rcode: codeOf(dns, type),
    qtypes: optionalTexts(dns, "qtypes"),
    rrtypes: optionalTexts(dns, "rrtypes"),
  };
}

/** A response without a code succeeded: proto JSON leaves 0 out. A question has none, though a writer that spells zeros out gives it one. */
function codeOf(dns: JsonObject, type: string): number | undefined {
  const code = optionalCount(dns, "rcode");
  if (type === "REQUEST" && code === 0) return undefined;
  return code ?? (type === "RESPONSE" ? 0 : undefined);
}

function readHttp(http: JsonObject): Layer7["http"] {
  const headers = member(http, "headers");
  return {
    code: optionalCount(http, "code") || undefined,
    method: optionalText(http, "method"),
    url: optionalText(http, "url"),
    protocol: optionalText(http, "protocol"),
    headers:
      headers === undefined
        ? undefined
        : readList(headers, "headers").map((item) => {
            const header = readObject(item, "headers");
            return { key: optionalText(header, "key") ?? "", value: optionalText(header, "value") ?? "" };
          }),
  };
}

function readKafka(kafka: JsonObject, type: string): Layer7["kafka"] {
  const integer = (name: string): number | undefined => {
    const value = member(kafka, name);
    return value === undefined ? undefined : readInteger(value, name);
  };
  return {
    errorCode: integer("error_code") || (type === "RESPONSE" ? 0 : undefined),
    apiVersion: integer("api_version"),
    apiKey: optionalText(kafka, "api_key"),
    correlationId: integer("correlation_id"),
    topic: optionalText(kafka, "topic"),
  };
}

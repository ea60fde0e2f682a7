/**
 * What the summary of a printed flow says of its packet or message: `TCP Flags: SYN, ACK`, `HTTP/1.1 200 5ms (GET http://..)`,
 * `DNS Answer "10.0.0.1" TTL: 30 (Proxy example.com. A)` (flow-formats 8.5; Cilium 1.19.4 `pkg/hubble/parser/seven`).
 *
 * A latency is not taken: it is rounded to milliseconds. Neither is a protocol for DNS, which goes over two.
 */

import type { Flow, Layer4, Layer7 } from "@/lib/flow/flow";
import { PRESENT } from "@/lib/flow/presence";
import { layer4OfWords } from "./hubble-text-packet";
import type { Ports } from "./hubble-text-side";

/** Written as `; SPIRE` or as `; Auth: SPIRE`, by version. */
const AUTH = /; (?:Auth: )?([A-Z_]+)$/;

/** Fills in `l4`, `l7` and what the summary alone knows. */
export function readTextSummary(
  flow: Flow,
  summary: string,
  l7: { readonly protocol: string; readonly type: string } | undefined,
  ports: Ports,
): void {
  const trace = /^IP Trace ID: (\d{1,20}); /.exec(summary);
  if (trace !== null) flow.ipTraceId = { traceId: trace[1], ipOptionType: undefined };
  const [packet = "", auth] = summary.slice(trace?.[0].length ?? 0).split(AUTH, 2);
  if (auth !== undefined) flow.authType = auth;
  if (l7 !== undefined) {
    flow.l7 = layer7Of(l7, packet);
    flow.present |= PRESENT.l7;
  }
  const l4 = withPorts(l7 === undefined ? layer4OfWords(packet) : layer4OfL7(l7.protocol), ports);
  if (l4 !== undefined) {
    flow.l4 = l4;
    flow.present |= PRESENT.l4;
  }
}

function withPorts(l4: Layer4 | undefined, ports: Ports): Layer4 | undefined {
  if (ports.source === undefined && ports.destination === undefined) return l4;
  return { ...l4, sourcePort: ports.source, destinationPort: ports.destination };
}

/** HTTP and Kafka go over TCP in Cilium's proxies; DNS goes over UDP or TCP. */
function layer4OfL7(protocol: string): Layer4 | undefined {
  return protocol === "http" || protocol === "kafka" ? { protocol: "TCP" } : undefined;
}

function layer7Of(
  { protocol, type }: { readonly protocol: string; readonly type: string },
  summary: string,
): Layer7 {
  if (protocol === "http") return { type, http: httpOf(type, summary) };
  if (protocol === "dns") return { type, dns: dnsOf(type, summary) };
  return protocol === "kafka" ? { type, kafka: {} } : { type };
}

const HTTP_REQUEST = /^(HTTP\/[\d.]+) (\S+) (\S+)$/;
const HTTP_RESPONSE = /^(HTTP\/[\d.]+) (\d{1,3}) \S+ \((\S+) (\S+)\)$/;

function httpOf(type: string, summary: string): Layer7["http"] {
  if (type === "RESPONSE") {
    const [, protocol, code, method, url] = HTTP_RESPONSE.exec(summary) ?? [];
    return { protocol, code: code === undefined ? undefined : Number(code), method, url };
  }
  const [, protocol, method, url] = HTTP_REQUEST.exec(summary) ?? [];
  return { protocol, method, url };
}

const DNS_QUERY = /^DNS Query (\S+) ?(.*)$/;
const DNS_ANSWER = /^DNS Answer (.*?)(?: ?TTL: (\d{1,10}))? \(\S+ (\S+) ([^()]*)\)$/;

function dnsOf(type: string, summary: string): Layer7["dns"] {
  if (type !== "RESPONSE") {
    const [, query, types] = DNS_QUERY.exec(summary) ?? [];
    return { query, qtypes: listOf(types) };
  }
  const match = DNS_ANSWER.exec(summary);
  if (match === null) return {};
  const [, answer = "", ttl, query, types] = match;
  return {
    query,
    qtypes: listOf(types),
    rcode: rcodeOf(answer),
    ips: listOf(/^"([^"]*)"/.exec(answer)?.[1]),
    cnames: listOf(/CNAMEs: "([^"]*)"/.exec(answer)?.[1]),
    ttl: ttlOf(ttl),
  };
}

function listOf(text: string | undefined): string[] | undefined {
  const items = (text ?? "").split(/[,\s]+/).filter((item) => item !== "");
  return items.length === 0 ? undefined : items;
}

/** An error has no answer to live on: Hubble prints 2^32-1 then. */
function ttlOf(text: string | undefined): number | undefined {
  const ttl = text === undefined ? undefined : Number(text);
  return ttl === 2 ** 32 - 1 ? undefined : ttl;
}

/** Texts of Go's DNS packet library; a code that it has no text for stays unknown. */
const RCODES: ReadonlyMap<string, number> = new Map([
  ["Format Error", 1],
  ["Server Failure", 2],
  ["Non-Existent Domain", 3],
  ["Not Implemented", 4],
  ["Query Refused", 5],
  ["Name Exists when it should not", 6],
  ["RR Set Exists when it should not", 7],
  ["RR Set that should exist does not", 8],
  ["Server Not Authoritative for zone", 9],
  ["Name not contained in zone", 10],
]);

function rcodeOf(answer: string): number | undefined {
  const text = /^RCode: (.*?)(?: CNAMEs:.*)?$/.exec(answer.trim())?.[1];
  return text === undefined ? 0 : RCODES.get(text.trim());
}

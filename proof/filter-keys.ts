/** Keys that ask for a packet or what was done with it, not for one of its sides: what to ask for and what it finds. */

import { escaped, glob, isIn, plainName, ranges, selects, text, texts } from "./filter-values";
import {
  directionOf,
  dropReasonOf,
  eventSubTypeOf,
  eventTypeOf,
  l7ProtocolOf,
  type ModelFlow,
  nodeOf,
  object,
  protocolOf,
  rcodeOf,
  replyOf,
  statusOf,
  verdictOf,
} from "./model";

interface Key {
  readonly key: string;
  /** Values to ask for, of one flow. */
  values(flow: ModelFlow): readonly string[];
  holds(value: string, flow: ModelFlow): boolean;
}

const http = ({ flow }: ModelFlow) => object(object(flow.l7).http);
const tcpFlags = ({ flow }: ModelFlow): string[] =>
  Object.entries(object(object(object(flow.l4).TCP).flags)).flatMap(([name, on]) =>
    on === true ? [name] : [],
  );
const TYPES: Readonly<Record<number, string>> = {
  1: "drop",
  3: "capture",
  4: "trace",
  5: "policy-verdict",
  7: "trace-sock",
  129: "l7",
};
const TRACES: readonly string[] =
  "to-endpoint to-proxy to-host to-stack to-overlay from-endpoint from-proxy from-host from-stack from-overlay from-network to-network from-crypto to-crypto".split(
    " ",
  );
const typeWords = (flow: ModelFlow): string[] => {
  const word = TYPES[eventTypeOf(flow) ?? -1];
  if (word === undefined) return [];
  const sub = eventSubTypeOf(flow);
  if (word === "trace") return [word, `trace:${TRACES[sub]}`];
  return word === "drop" ? [word, `drop:${sub}`] : [word];
};
const words = (of: (flow: ModelFlow) => readonly string[]): Pick<Key, "values" | "holds"> => ({
  values: of,
  holds: (value, flow) => of(flow).includes(value),
});
const pathOf = (url: string): string => url.replace(/^[a-z]+:\/\/[^/]*/, "").replace(/[?#].*$/, "");
const isEncrypted = ({ flow }: ModelFlow): boolean => object(flow.IP).encrypted === true;
const NOT_LOST = [173, 199, 200, 201, 205];
const RCODES = "NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED".split(" ");

export const PLAIN: readonly Key[] = [
  { key: "verdict", ...words((flow) => [verdictOf(flow)]) },
  { key: "type", ...words(typeWords) },
  { key: "drop-reason-desc", ...words((flow) => text(dropReasonOf(flow))) },
  {
    key: "protocol",
    ...words((flow) => {
      const l4 = text(protocolOf(flow)?.toLowerCase());
      return [...l4, ...(l4[0]?.startsWith("icmp") ? ["icmp"] : []), ...text(l7ProtocolOf(flow))];
    }),
  },
  {
    key: "traffic-direction",
    ...words((flow) =>
      directionOf(flow) === "TRAFFIC_DIRECTION_UNKNOWN" ? [] : [directionOf(flow).toLowerCase()],
    ),
  },
  {
    key: "tcp-flags",
    values: (flow) => [...tcpFlags(flow), tcpFlags(flow).join(",")].filter((flags) => flags !== ""),
    holds: (value, flow) => value.split(",").every((flag) => tcpFlags(flow).includes(flag)),
  },
  {
    key: "ip-version",
    ...words(({ flow }) => text(object(flow.IP).ipVersion).map((version) => version.replace("IPv", "v"))),
  },
  {
    key: "http-method",
    values: (flow) => text(http(flow).method).flatMap((method) => [method, method.toLowerCase()]),
    holds: (value, flow) =>
      text(http(flow).method).some((method) => method.toUpperCase() === value.toUpperCase()),
  },
  {
    key: "http-status",
    ...words((flow) => {
      const status = statusOf(flow);
      return status === null
        ? []
        : [String(status), `${String(status).slice(0, 1)}+`, `${String(status).slice(0, 2)}+`];
    }),
  },
  {
    key: "http-url",
    values: (flow) => text(http(flow).url).flatMap((url) => [`^${escaped(url)}$`, escaped(url.slice(3, 12))]),
    holds: (value, flow) => text(http(flow).url).some((url) => new RegExp(value).test(url)),
  },
  {
    key: "http-path",
    values: (flow) =>
      text(http(flow).url)
        .map(pathOf)
        .flatMap((path) => [`^${escaped(path)}$`, "/[a-z]+/?$"]),
    holds: (value, flow) => text(http(flow).url).some((url) => new RegExp(value).test(pathOf(url))),
  },
  {
    key: "http-header",
    ...words((flow) => {
      const headers = http(flow).headers;
      return (Array.isArray(headers) ? headers : []).map(
        (header) => `${object(header).key}:${object(header).value}`,
      );
    }),
  },
  { key: "trace-id", ...words(({ flow }) => text(object(object(flow.trace_context).parent).trace_id)) },
  { key: "ip-trace-id", ...words(({ flow }) => text(object(flow.ip_trace_id).trace_id)) },
  { key: "uuid", ...words(({ flow }) => text(flow.uuid)) },
  {
    key: "snat-ip",
    values: ({ flow }) => text(object(flow.IP).source_xlated).flatMap(ranges),
    holds: (value, { flow }) => text(object(flow.IP).source_xlated).some((ip) => isIn(ip, value)),
  },
  {
    key: "node-name",
    values: (flow) =>
      text(nodeOf(flow))
        .map(whole)
        .flatMap((node) => [node, `${node.slice(0, -1)}*`, "*/*"]),
    holds: (value, flow) =>
      text(nodeOf(flow))
        .map(whole)
        .some((node) => glob(value, ".*").test(node)),
  },
  {
    key: "node-label",
    values: ({ flow }) =>
      texts(flow.node_labels).flatMap((label) => [
        label,
        label.split("=")[0] ?? "",
        `!${label.split("=")[0]}`,
      ]),
    holds: (value, { flow }) => selects(value, texts(flow.node_labels)),
  },
  { key: "interface", ...words(({ flow }) => text(object(flow.interface).name)) },
  { key: "encrypted", ...words((flow) => [isEncrypted(flow) ? "yes" : "no"]) },
  { key: "unencrypted", ...words((flow) => [isEncrypted(flow) ? "no" : "yes"]) },
  { key: "reply", ...words((flow) => (replyOf(flow) === null ? [] : [replyOf(flow) ? "yes" : "no"])) },
  {
    key: "trace-point",
    ...words((flow) => (eventTypeOf(flow) === 4 ? text(TRACES[eventSubTypeOf(flow)]) : [])),
  },
  {
    key: "dns-query",
    values: ({ flow }) =>
      text(object(object(flow.l7).dns).query)
        .map(plainName)
        .flatMap((name) => [`^${escaped(name)}$`, escaped(name.slice(1, 6))]),
    holds: (value, { flow }) =>
      text(object(object(flow.l7).dns).query).some((name) => new RegExp(value).test(plainName(name))),
  },
  {
    key: "dns-rcode",
    ...words((flow) => {
      const code = rcodeOf(flow);
      return code === null ? [] : [String(code), ...text(RCODES[code])];
    }),
  },
  { key: "aggregated", ...words(({ flow }) => [flow.aggregate === undefined ? "no" : "yes"]) },
  {
    key: "not-a-loss",
    ...words((flow) => [
      verdictOf(flow) === "DROPPED" && NOT_LOST.includes(eventSubTypeOf(flow)) ? "yes" : "no",
    ]),
  },
];

/** A bare name counts as one of cluster `default`. */
const whole = (node: string): string => (node.includes("/") ? node : `default/${node}`);

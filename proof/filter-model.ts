/**
 * Every key of the filter that the records themselves answer, as a slow and obvious program reads it: written from the
 * meaning of the flags of `hubble observe` (docs/filter.md), over the JSON of the model, sharing nothing with the program.
 */

import type { ProofCapture } from "./captures";
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
  sumEvents,
  verdictOf,
} from "./model";

type Side = "source" | "destination";

export interface ModelTerm {
  readonly key: string;
  readonly text: string;
  holds(flow: ModelFlow): boolean;
}

/** A value as it is written in a term, and what it finds. Of keys with sides, what it finds at one side. */
type Holds = (value: string, flow: ModelFlow) => boolean;
type HoldsAt = (value: string, flow: ModelFlow, side: Side) => boolean;
interface Key {
  readonly key: string;
  /** Values to ask for, of one flow. */
  values(flow: ModelFlow): readonly string[];
  readonly holds: Holds;
}
interface SidedKey {
  readonly key: string;
  values(flow: ModelFlow, side: Side): readonly string[];
  readonly holds: HoldsAt;
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
const text = (value: unknown): string[] => (typeof value === "string" && value !== "" ? [value] : []);
const endpoint = ({ flow }: ModelFlow, side: Side) => object(flow[side]);
const service = ({ flow }: ModelFlow, side: Side) => object(flow[`${side}_service`]);
const address = ({ flow }: ModelFlow, side: Side): string[] => text(object(flow.IP)[side]);
const http = ({ flow }: ModelFlow) => object(object(flow.l7).http);
const tcpFlags = ({ flow }: ModelFlow): string[] =>
  Object.entries(object(object(object(flow.l4).TCP).flags)).flatMap(([name, on]) =>
    on === true ? [name] : [],
  );
const bits = (ip: string): string | undefined =>
  /^\d+\.\d+\.\d+\.\d+$/.test(ip)
    ? ip
        .split(".")
        .map((part) => Number(part).toString(2).padStart(8, "0"))
        .join("")
    : undefined;
const isIn = (ip: string, range: string): boolean => {
  const [base = "", length] = range.split("/");
  if (length === undefined) return ip === range;
  return (
    bits(ip)?.slice(0, Number(length)) === bits(base)?.slice(0, Number(length)) && bits(ip) !== undefined
  );
};
const ranges = (ip: string): string[] =>
  bits(ip) === undefined ? [ip] : [ip, `${ip.split(".").slice(0, 2).join(".")}.0.0/16`, `${ip}/32`];
const plainName = (name: string): string => name.toLowerCase().replace(/\.$/, "");
const glob = (pattern: string, run: string): RegExp =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\/]/g, "\\$&"))
      .join(run)}$`,
  );
/** `ns/prefix`, `ns/`, or a prefix in any namespace. */
const prefixes = (name: unknown, namespace: unknown): string[] =>
  text(name).flatMap((whole) => [
    whole,
    whole.slice(0, 3),
    ...text(namespace).flatMap((ns) => [`${ns}/`, `${ns}/${whole.slice(0, 4)}`]),
  ]);
const startsLike = (value: string, name: unknown, namespace: unknown): boolean => {
  const [ns, prefix] = value.includes("/") ? value.split("/") : [undefined, value];
  return text(name).some((whole) => whole.startsWith(prefix ?? "") && (ns === undefined || namespace === ns));
};
const RESERVED =
  "unknown host world unmanaged health init remote-node kube-apiserver ingress world-ipv4 world-ipv6".split(
    " ",
  );
const withoutSource = (label: string): string => label.slice(label.indexOf(":") + 1);
const labelKeys = (label: string): string[] =>
  [label, withoutSource(label)].map((part) => part.split("=")[0] ?? "");
/** `key=value`, `key`, `!key`; a key may have its source in front. */
const selects = (selector: string, labels: readonly string[]): boolean => {
  if (selector.startsWith("!")) return !labels.some((label) => labelKeys(label).includes(selector.slice(1)));
  if (!selector.includes("=")) return labels.some((label) => labelKeys(label).includes(selector));
  return labels.some((label) => label === selector || withoutSource(label) === selector);
};
const selectors = (labels: readonly string[]): string[] =>
  labels
    .filter((label) => label.includes("="))
    .flatMap((label) => {
      const bare = withoutSource(label);
      return [label, bare, bare.split("=")[0] ?? "", `!${bare.split("=")[0]}`];
    });

const SIDED: readonly SidedKey[] = [
  {
    key: "pod",
    values: (flow, side) => prefixes(endpoint(flow, side).pod_name, endpoint(flow, side).namespace),
    holds: (value, flow, side) =>
      startsLike(value, endpoint(flow, side).pod_name, endpoint(flow, side).namespace),
  },
  {
    key: "service",
    values: (flow, side) => prefixes(service(flow, side).name, service(flow, side).namespace),
    holds: (value, flow, side) => startsLike(value, service(flow, side).name, service(flow, side).namespace),
  },
  {
    key: "namespace",
    values: (flow, side) => [...text(endpoint(flow, side).namespace), ...text(service(flow, side).namespace)],
    holds: (value, flow, side) =>
      endpoint(flow, side).namespace === value || service(flow, side).namespace === value,
  },
  {
    key: "label",
    values: (flow, side) => selectors(texts(endpoint(flow, side).labels)),
    holds: (value, flow, side) => selects(value, texts(endpoint(flow, side).labels)),
  },
  {
    key: "identity",
    values: (flow, side) => {
      const { identity } = endpoint(flow, side);
      return typeof identity === "number" ? [String(identity), ...text(RESERVED[identity])] : [];
    },
    holds: (value, flow, side) => {
      const { identity } = endpoint(flow, side);
      return typeof identity === "number" && (String(identity) === value || RESERVED[identity] === value);
    },
  },
  {
    key: "ip",
    values: (flow, side) => address(flow, side).flatMap(ranges),
    holds: (value, flow, side) => address(flow, side).some((ip) => isIn(ip, value)),
  },
  {
    key: "fqdn",
    values: ({ flow }, side) =>
      texts(flow[`${side}_names`]).flatMap((name) => [
        name,
        `*.${plainName(name).split(".").slice(1).join(".")}`,
      ]),
    holds: (value, { flow }, side) =>
      texts(flow[`${side}_names`]).some((name) =>
        glob(plainName(value), "[-.0-9a-z]*").test(plainName(name)),
      ),
  },
  {
    key: "port",
    values: ({ flow }, side) => ports(flow, side),
    holds: (value, { flow }, side) => ports(flow, side).includes(value),
  },
  {
    key: "cluster",
    values: (flow, side) => text(endpoint(flow, side).cluster_name),
    holds: (value, flow, side) => endpoint(flow, side).cluster_name === value,
  },
];

function ports(flow: Readonly<Record<string, unknown>>, side: Side): string[] {
  const [l4] = Object.values(object(flow.l4));
  const port = object(l4)[`${side}_port`];
  return typeof port === "number" ? [String(port)] : [];
}

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
const escaped = (plain: string): string => plain.replace(/[.+*?^${}()|[\]\\]/g, "\\$&");

const PLAIN: readonly Key[] = [
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

const written = (value: string): string =>
  /^[\w.-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;

/** Terms of one value each, as the flows have them; of every key and side, at most so many. */
export function termsOver(flows: readonly ModelFlow[], most: number): ModelTerm[] {
  const few = (values: readonly string[]): string[] => {
    const all = [...new Set(values)].sort();
    const step = Math.max(1, Math.ceil(all.length / most));
    return all.filter((_, index) => index % step === 0);
  };
  const plain = PLAIN.flatMap(({ key, values, holds }) =>
    few(flows.flatMap(values)).map(
      (value): ModelTerm => ({
        key,
        text: `${key}:${key === "tcp-flags" ? value : written(value)}`,
        holds: (flow) => holds(value, flow),
      }),
    ),
  );
  const sides: readonly [string, readonly Side[]][] = [
    ["", ["source", "destination"]],
    ["from-", ["source"]],
    ["to-", ["destination"]],
  ];
  const sided = SIDED.flatMap(({ key, values, holds }) =>
    sides.flatMap(([prefix, at]) =>
      few(flows.flatMap((flow) => at.flatMap((side) => values(flow, side)))).map(
        (value): ModelTerm => ({
          key: `${prefix}${key}`,
          text: `${prefix}${key}:${written(value)}`,
          holds: (flow) => at.some((side) => holds(value, flow, side)),
        }),
      ),
    ),
  );
  return [...plain, ...sided];
}

/** Filters whose answer is another than that of the slow way, with both. */
export function differences(
  proof: ProofCapture,
  flows: readonly ModelFlow[],
  filters: readonly ModelTerm[],
): string[] {
  return filters.flatMap(({ text: q, holds }) => {
    const found = flows.filter(holds);
    const { total } = proof.ask("flows", { q, limit: "1" });
    const told = `${total?.records} records, ${total?.events} events`;
    const expected = `${found.length} records, ${sumEvents(found)} events`;
    return told === expected ? [] : [`${q}: ${told} instead of ${expected}`];
  });
}

/** Each term, every third of them negated, and so many filters of two or three, by a number that begins them. */
export function filtersOver(
  flows: readonly ModelFlow[],
  most: number,
  together: number,
  seed: number,
): ModelTerm[] {
  const terms = termsOver(flows, most);
  const negated = terms.filter((_, index) => index % 3 === 0).map(negate);
  const random = numbersFrom(seed);
  const pick = (): ModelTerm => {
    const all = random() < 0.3 ? negated : terms;
    return all[Math.floor(random() * all.length)] as ModelTerm;
  };
  const combined = Array.from({ length: together }, (): ModelTerm => {
    const parts = Array.from({ length: random() < 0.5 ? 2 : 3 }, pick);
    return {
      key: "",
      text: parts.map((part) => part.text).join(" "),
      holds: (flow) => parts.every((part) => part.holds(flow)),
    };
  });
  return [...terms, ...negated, ...combined];
}

function negate({ key, text: positive, holds }: ModelTerm): ModelTerm {
  return { key, text: `!${positive}`, holds: (flow) => !holds(flow) };
}

/** Numbers from 0 to 1, the same for the same seed. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Generated flows of every kind, and the slow and obvious way to filter them: over the JSON of one record, by the
 * words of docs/filter.md. Imported by tests only.
 */

import fc from "fast-check";
import { ipRange } from "@/lib/base/ip";
import type { Term } from "@/lib/scope/filter";
import { matchesGlob } from "@/lib/scope/glob";
import { labelKind } from "@/lib/scope/label-kind";

interface Side {
  readonly identity?: number;
  readonly labels?: readonly string[];
  readonly cluster_name?: string;
  readonly namespace?: string;
  readonly pod_name?: string;
  readonly workloads?: readonly { readonly name?: string; readonly kind?: string }[];
}

interface Layer4Json {
  readonly source_port?: number;
  readonly destination_port?: number;
  readonly flags?: Readonly<Record<string, boolean>>;
}

interface Policy {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface FlowJson {
  readonly time?: string;
  readonly uuid?: string;
  readonly verdict?: string | number;
  readonly drop_reason_desc?: string;
  readonly IP?: {
    readonly source?: string;
    readonly source_xlated?: string;
    readonly destination?: string;
    readonly ipVersion?: string;
    readonly encrypted?: boolean;
  };
  readonly l4?: Readonly<Record<string, Layer4Json>>;
  readonly l7?: {
    readonly type?: string;
    readonly dns?: { readonly query?: string; readonly rcode?: number; readonly cnames?: readonly string[] };
    readonly http?: {
      readonly code?: number;
      readonly method?: string;
      readonly url?: string;
      readonly headers?: readonly { readonly key: string; readonly value: string }[];
    };
    readonly kafka?: { readonly topic?: string };
  };
  readonly source_names?: readonly string[];
  readonly destination_names?: readonly string[];
  readonly node_labels?: readonly string[];
  readonly interface?: { readonly index?: number; readonly name?: string };
  readonly trace_context?: { readonly parent?: { readonly trace_id?: string } };
  readonly ip_trace_id?: { readonly trace_id?: string };
  readonly trace_observation_point?: string;
  readonly aggregate?: { readonly ingress_flow_count?: number };
  readonly egress_allowed_by?: readonly Policy[];
  readonly ingress_denied_by?: readonly Policy[];
  readonly source?: Side;
  readonly destination?: Side;
  readonly source_service?: { readonly name?: string; readonly namespace?: string };
  readonly destination_service?: { readonly name?: string; readonly namespace?: string };
  readonly Type?: string;
  readonly node_name?: string;
  readonly is_reply?: boolean;
  readonly reply?: boolean;
  readonly event_type?: { readonly type?: number; readonly sub_type?: number };
  readonly traffic_direction?: string;
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const side: fc.Arbitrary<Side | undefined> = maybe(
  fc.record({
    identity: fc.constantFrom(undefined, 0, 1, 2, 9021),
    labels: fc.constantFrom(
      undefined,
      [],
      ["k8s:app=web", "k8s:tier=front", "k8s:replicas=3"],
      ["any:app=api", "k8s:tier=back"],
      ["container:app=db", "k8s:app=web"],
      ["reserved:world", "cidr:10.1.2.0/24"],
      ["reserved:host"],
    ),
    cluster_name: fc.constantFrom(undefined, undefined, "west"),
    namespace: fc.constantFrom(undefined, "shop", "shop", "bank", "kube-system"),
    pod_name: fc.constantFrom(undefined, "web-1", "web-10", "web-2", "ledger-0", "we%b_1"),
    workloads: fc.constantFrom(
      undefined,
      undefined,
      [{ name: "web", kind: "Deployment" }],
      [{ name: "ledger", kind: "StatefulSet" }],
      [{ name: "web" }],
      [{ kind: "Job" }],
      [],
    ),
  }),
);
const address = fc.constantFrom(
  "10.0.1.1",
  "10.0.1.2",
  "10.0.2.1",
  "192.168.0.1",
  "fd00::1",
  "fd00:0::2",
  "::ffff:10.0.1.1",
  "odd",
);
const names = fc.constantFrom(
  undefined,
  undefined,
  [],
  ["api.example.com"],
  ["Cdn_1.example.com.", "example.org"],
);
const tcpFlags = fc.constantFrom<Readonly<Record<string, boolean>> | undefined>(
  undefined,
  {},
  { SYN: true },
  { SYN: true, ACK: true },
  { FIN: true, ACK: true },
  { RST: true },
);
const ports = fc.record({
  flags: tcpFlags,
  source_port: fc.constantFrom(undefined, 53, 80, 44916),
  destination_port: fc.constantFrom(undefined, 53, 80, 8080),
});
const layer4 = fc.oneof(
  fc
    .tuple(fc.constantFrom("TCP", "UDP", "SCTP", "QUIC"), ports)
    .map(([protocol, both]) => ({ [protocol]: both })),
  fc.constantFrom("ICMPv4", "ICMPv6", "VRRP", "IGMP").map((protocol) => ({ [protocol]: {} })),
);
/** Few values of most headers, another one in every record of `x-request-id`. */
const headers = fc.oneof(
  fc.constant(undefined),
  fc.constant([]),
  fc
    .tuple(fc.constantFrom("blue", "red", "a:b", ""), fc.nat(400), fc.boolean())
    .map(([tenant, id, isTwice]) => [
      { key: "X-Tenant", value: tenant },
      { key: "x-request-id", value: `id-${id}` },
      ...(isTwice ? [{ key: "x-request-id", value: "again" }] : []),
    ]),
);
const url = fc.constantFrom(
  undefined,
  "",
  "http://shop.example:8080/users/42?session=1",
  "http://shop.example/users/a%20b/Orders",
  "http://shop.example/bad%zz",
  "http://host:port/users/1",
  "/users/7",
  "no/slash",
  "https://shop.example",
);
const layer7 = fc.oneof(
  fc.record({
    type: fc.constantFrom("REQUEST", "RESPONSE"),
    http: fc.record({
      code: fc.constantFrom(undefined, 0, 200, 404, 500, 503),
      method: fc.constantFrom(undefined, "GET", "get", "POST", "Ét"),
      url,
      headers,
    }),
  }),
  fc.record({
    type: fc.constantFrom("REQUEST", "RESPONSE"),
    dns: fc.record({
      query: fc.constantFrom(
        undefined,
        "api.example.com.",
        "API.Example.com.shop.svc.cluster.local.",
        "x.io",
      ),
      rcode: fc.constantFrom(undefined, 0, 2, 3, 23),
      cnames: fc.constantFrom(undefined, ["edge.cdn.net."]),
    }),
  }),
  fc.record({ kafka: fc.record({ topic: fc.constantFrom("orders", undefined) }) }),
  fc.constant({}),
);
const policies = fc.constantFrom<readonly Policy[] | undefined>(
  undefined,
  undefined,
  [{ kind: "CiliumNetworkPolicy", namespace: "shop", name: "allow-web" }],
  [{ namespace: "shop" }, { kind: "CiliumClusterwideNetworkPolicy", name: "deny-all" }],
);
const service = maybe(
  fc.record({
    name: fc.constantFrom("api", "api-v2", undefined),
    namespace: fc.constantFrom(undefined, "shop", "edge"),
  }),
);
const flow: fc.Arbitrary<FlowJson> = fc.record({
  time: maybe(
    fc.nat(100).map((seconds) => new Date(Date.UTC(2026, 7, 21, 12) + seconds * 1000).toISOString()),
  ),
  uuid: maybe(fc.nat(5).map((n) => `00000000-0000-4000-8000-00000000000${n}`)),
  verdict: fc.constantFrom<string | number | undefined>(
    undefined,
    "FORWARDED",
    "DROPPED",
    "DROPPED",
    "AUDIT",
    17,
    "NEW",
  ),
  drop_reason_desc: fc.constantFrom(undefined, undefined, "POLICY_DENIED", "POLICY_DENY", "DROP_NEW"),
  IP: maybe(
    fc.record({
      source: maybe(address),
      source_xlated: fc.constantFrom(undefined, undefined, "10.0.9.1", "20.1.2.3", "fd00::9"),
      destination: maybe(address),
      ipVersion: fc.constantFrom(undefined, "IPv4", "IPv4", "IPv6", "IP_NOT_USED"),
      encrypted: fc.constantFrom(undefined, undefined, true, false),
    }),
  ),
  l4: maybe(layer4),
  l7: maybe(layer7),
  source_names: names,
  destination_names: names,
  node_labels: fc.constantFrom(undefined, [], ["pool=np1", "zone=a"], ["pool=np2"]),
  interface: fc.constantFrom(
    undefined,
    undefined,
    { index: 3, name: "eth0" },
    { index: 4 },
    { name: "lxc1" },
  ),
  trace_context: fc.constantFrom(undefined, undefined, { parent: { trace_id: "4bf9" } }, { parent: {} }),
  ip_trace_id: fc.constantFrom(
    undefined,
    undefined,
    { trace_id: "42" },
    { trace_id: "18446744073709551615" },
  ),
  trace_observation_point: fc.constantFrom(undefined, undefined, "TO_STACK", "FROM_CRYPTO"),
  aggregate: fc.constantFrom(undefined, undefined, { ingress_flow_count: 3 }, {}),
  egress_allowed_by: policies,
  ingress_denied_by: policies,
  source: side,
  destination: side,
  source_service: service,
  destination_service: service,
  Type: fc.constantFrom(undefined, "L3_L4", "L3_L4", "L7"),
  node_name: fc.constantFrom(undefined, "n1", "prod/n1", "prod/n2", "prod/n1/odd"),
  is_reply: maybe(fc.boolean()),
  reply: maybe(fc.boolean()),
  event_type: maybe(
    fc.record({
      type: fc.constantFrom(1, 4, 5, 129),
      sub_type: fc.constantFrom(undefined, 0, 3, 133, 173, 181),
    }),
  ),
  traffic_direction: fc.constantFrom(undefined, "INGRESS", "EGRESS"),
});

/** JSON has no undefined: what is absent is absent. Each has a number, so that no two have the same bytes. */
export const FLOWS: readonly FlowJson[] = fc
  .sample(flow, { seed: 20260304, numRuns: 900 })
  .map((json, n) => ({ ...(JSON.parse(JSON.stringify(json)) as FlowJson), Summary: String(n) }));

/** Where a field mask was at work: `Type` is always written otherwise. */
const isMasked = (json: FlowJson): boolean => json.Type === undefined;

/** Both ends of the packet, or one. */
function ends(term: Extract<Term, { side: unknown }>): ("source" | "destination")[] {
  if (term.side === "either") return ["source", "destination"];
  return [term.side === "from" ? "source" : "destination"];
}

const isAbsent = (json: FlowJson, type: "unknown" | "none"): boolean =>
  isMasked(json) === (type === "unknown");

function layer4Of(json: FlowJson): string | undefined {
  return Object.keys(json.l4 ?? {})[0];
}

function dropReasonOf({ drop_reason_desc, event_type }: FlowJson): string | undefined {
  if (drop_reason_desc !== undefined) return drop_reason_desc;
  const names: Record<number, string> = {
    0: "DROP_REASON_UNKNOWN",
    3: "3",
    133: "POLICY_DENIED",
    173: "NAT_NOT_NEEDED",
    181: "POLICY_DENY",
  };
  return event_type?.type === 1 ? names[event_type.sub_type ?? 0] : undefined;
}

function replyOf(json: FlowJson): boolean | undefined {
  return json.is_reply ?? (json.reply === true ? true : undefined);
}

type Workload = { readonly name: string; readonly kind?: string };

const saidOf = (end: Side): Workload[] =>
  (end.workloads ?? []).slice(0, 1).flatMap(({ name, kind }) => (name === undefined ? [] : [{ name, kind }]));
const podOf = ({ cluster_name, namespace, pod_name }: Side): string =>
  JSON.stringify([cluster_name ?? "", namespace ?? "", pod_name]);

/** What any record says of each pod. */
const LEARNED = new Map<string, Workload[]>();
for (const end of FLOWS.flatMap((json) => [json.source ?? {}, json.destination ?? {}]))
  if (end.pod_name !== undefined)
    LEARNED.set(podOf(end), [...(LEARNED.get(podOf(end)) ?? []), ...saidOf(end)]);

function workloadsOf(end: Side): Workload[] {
  const own = saidOf(end);
  return own.length > 0 || end.pod_name === undefined ? own : (LEARNED.get(podOf(end)) ?? []);
}

/** The slow and obvious way: one term over one record, by the words of docs/filter.md. */
export function holds(json: FlowJson, term: Term): boolean {
  switch (term.key) {
    case "verdict":
      return term.values.some((value) => {
        if (value.type === "enum") return String(json.verdict ?? "VERDICT_UNKNOWN") === value.name;
        return value.type === "unknown" && json.verdict === undefined;
      });
    case "traffic-direction":
      return term.values.some((value) => {
        // The only counter that records here have is that of ingress.
        const counted = json.aggregate?.ingress_flow_count === undefined ? undefined : "INGRESS";
        const direction = json.traffic_direction ?? counted;
        if (value.type === "enum") return (direction ?? "TRAFFIC_DIRECTION_UNKNOWN") === value.name;
        return value.type === "unknown" && direction === undefined;
      });
    case "drop-reason-desc":
      return term.values.some((value) => {
        const reason = dropReasonOf(json);
        if (value.type === "enum") return reason === value.name;
        // A drop event or a masked record could have had one; L7 denials and policy verdicts never do.
        const isL7 = json.Type === "L7" || (json.Type === undefined && json.l7 !== undefined);
        const unknown = json.verdict === "DROPPED" && !isL7 && json.event_type?.type !== 5;
        return reason === undefined && unknown === (value.type === "unknown");
      });
    case "protocol":
      return term.values.some((value) => {
        const protocol = layer4Of(json);
        if (value.type !== "word") return protocol === undefined && isAbsent(json, value.type);
        if (value.word === "icmp") return protocol === "ICMPv4" || protocol === "ICMPv6";
        return protocol?.toLowerCase() === value.word || Object.keys(json.l7 ?? {}).includes(value.word);
      });
    case "type":
      return term.values.some((value) => {
        const event = json.event_type;
        if (value.type !== "event") return value.type === "unknown" && event === undefined;
        if (event?.type !== value.event) return false;
        return value.subType === undefined || value.subType === (event.sub_type ?? 0);
      });
    case "reply":
      return term.values.some((value) =>
        value.type === "word" ? replyOf(json) === (value.word === "yes") : replyOf(json) === undefined,
      );
    case "uuid":
      return term.values.some((value) =>
        value.type === "text"
          ? json.uuid === value.text
          : value.type === "unknown" && json.uuid === undefined,
      );
    case "node-name":
      return term.values.some((value) => {
        const name = json.node_name;
        if (value.type !== "node") return value.type === "unknown" && name === undefined;
        if (name === undefined) return false;
        const slash = name.indexOf("/");
        const cluster = slash < 0 ? "default" : name.slice(0, slash);
        const fits = value.cluster === undefined || matchesGlob(value.cluster, cluster);
        return fits && (value.node === undefined || matchesGlob(value.node, name.slice(slash + 1)));
      });
    case "port":
      return ends(term).some((end) =>
        term.values.some((value) => {
          const port = Object.values(json.l4 ?? {})[0]?.[`${end}_port`];
          return value.type === "port"
            ? port === value.port
            : port === undefined && isAbsent(json, value.type);
        }),
      );
    case "ip":
      return ends(term).some((end) =>
        term.values.some((value) => {
          const ip = json.IP?.[end];
          if (value.type === "unknown" || value.type === "none")
            return ip === undefined && isAbsent(json, value.type);
          return ip !== undefined && isWithin(ip, value);
        }),
      );
    case "namespace":
      return ends(term).some((end) =>
        term.values.some((value) => {
          const said = [json[end]?.namespace, json[`${end}_service`]?.namespace].filter(
            (name) => name !== undefined,
          );
          return value.type === "text"
            ? said.includes(value.text)
            : said.length === 0 && isAbsent(json, value.type);
        }),
      );
    case "pod":
      return ends(term).some((end) =>
        term.values.some((value) => {
          const { pod_name: pod, namespace } = json[end] ?? {};
          if (value.type !== "pod") return pod === undefined && isAbsent(json, value.type);
          if (pod === undefined || (value.namespace !== undefined && value.namespace !== namespace))
            return false;
          return value.isExact ? pod === value.name : pod.startsWith(value.name);
        }),
      );
    case "workload":
      return ends(term).some((end) =>
        term.values.some((value) => {
          const { pod_name: pod, namespace } = json[end] ?? {};
          const known = workloadsOf(json[end] ?? {});
          if (value.type === "none") return known.length === 0 && pod === undefined && !isMasked(json);
          if (value.type === "unknown") return known.length === 0 && (pod !== undefined || isMasked(json));
          return known.some(
            ({ name, kind }) =>
              (value.name === undefined || value.name === name) &&
              (value.kind === undefined || value.kind === kind) &&
              (value.namespace === undefined || value.namespace === namespace),
          );
        }),
      );
    case "service":
      return ends(term).some((end) =>
        term.values.some((value) => {
          const { name, namespace } = json[`${end}_service`] ?? {};
          if (value.type !== "service") return name === undefined && isAbsent(json, value.type);
          if (name === undefined || (value.namespace !== undefined && value.namespace !== namespace))
            return false;
          return value.isExact ? name === value.name : name.startsWith(value.name);
        }),
      );
    case "cluster":
      return ends(term).some((end) =>
        term.values.some((value) => {
          const cluster = json[end]?.cluster_name;
          return value.type === "text"
            ? cluster === value.text
            : cluster === undefined && isAbsent(json, value.type);
        }),
      );
    case "identity":
      return ends(term).some((end) =>
        term.values.some((value) => {
          const identity = json[end]?.identity;
          if (value.type !== "identity") return identity === undefined && isAbsent(json, value.type);
          // Hubble leaves 0 out.
          return (
            identity === value.identity || (identity === undefined && value.identity === 0 && !isMasked(json))
          );
        }),
      );
    case "label":
      return ends(term).some((end) =>
        term.values.some((value) => {
          const labels = json[end]?.labels ?? [];
          if (value.type !== "label") return labels.length === 0 && isAbsent(json, value.type);
          return selectorOf(labelKind.format(value).text)(labels);
        }),
      );
    case "node-label":
      return term.values.some((value) => {
        const labels = json.node_labels ?? [];
        if (value.type !== "label") return labels.length === 0 && isAbsent(json, value.type);
        return selectorOf(labelKind.format(value).text)(labels);
      });
    case "fqdn":
      return ends(term).some((end) =>
        term.values.some((value) => {
          const known = json[`${end}_names`] ?? [];
          if (value.type !== "fqdn") return known.length === 0 && isAbsent(json, value.type);
          const expression = value.pieces.map((piece) => piece.replaceAll(".", "[.]")).join("[-.0-9a-z]*");
          return known.some((name) =>
            new RegExp(`^${expression}$`).test(name.toLowerCase().replace(/[.]$/, "")),
          );
        }),
      );
    case "snat-ip":
      return term.values.some((value) => {
        const ip = json.IP?.source_xlated;
        if (value.type === "unknown" || value.type === "none")
          return ip === undefined && isAbsent(json, value.type);
        return ip !== undefined && isWithin(ip, value);
      });
    case "tcp-flags":
      return term.values.every((value) => {
        const [protocol, l4] = Object.entries(json.l4 ?? {})[0] ?? [];
        const set = protocol === "TCP" ? l4?.flags : undefined;
        const isUnknown =
          set === undefined && isMasked(json) && (protocol === undefined || protocol === "TCP");
        if (value.type === "unknown") return isUnknown;
        if (value.type === "none") return Object.keys(set ?? {}).length === 0 && !isUnknown;
        return value.any.some((flag) => set?.[flag] === true);
      });
    case "ip-version":
      return term.values.some((value) => {
        const version = json.IP?.ipVersion;
        if (value.type !== "word") return value.type === "unknown" && version === undefined && isMasked(json);
        if (value.word === "v4") return version === "IPv4";
        if (value.word === "v6") return version === "IPv6";
        return version === "IP_NOT_USED" || (version === undefined && !isMasked(json));
      });
    case "http-method":
      return term.values.some((value) => {
        const method = json.l7?.http?.method;
        if (value.type !== "method") return method === undefined && isAbsent(json, value.type);
        return method?.toLowerCase() === value.method.toLowerCase();
      });
    case "http-status":
      return term.values.some((value) => {
        const code = json.l7?.http?.code ?? 0;
        if (value.type !== "status") return code === 0 && isAbsent(json, value.type);
        return value.isPrefix ? String(code).startsWith(value.digits) : String(code) === value.digits;
      });
    case "http-url":
      return term.values.some((value) => {
        // An empty member is none.
        const address = json.l7?.http?.url || undefined;
        if (value.type !== "pattern") return address === undefined && isAbsent(json, value.type);
        return address !== undefined && new RegExp(value.pattern, "u").test(address);
      });
    case "http-path":
      return term.values.some((value) => {
        const address = json.l7?.http?.url || undefined;
        if (value.type !== "pattern") return address === undefined && isAbsent(json, value.type);
        const path = PATHS[address ?? ""];
        return path !== undefined && new RegExp(value.pattern, "u").test(path);
      });
    case "http-header":
      return term.values.some((value) => {
        const had = json.l7?.http?.headers ?? [];
        if (value.type !== "header") return had.length === 0 && isAbsent(json, value.type);
        return had.some((header) => header.key === value.name && header.value === value.value);
      });
    case "dns-query":
      return term.values.some((value) => {
        const query = json.l7?.dns?.query;
        if (value.type !== "pattern") return query === undefined && isAbsent(json, value.type);
        // With its final dot or without.
        const name = query?.replace(/[.]$/, "");
        const forms = name === undefined ? [] : [name, `${name}.`];
        return forms.some((form) => new RegExp(value.pattern, "iu").test(form));
      });
    case "dns-rcode":
      return term.values.some((value) => {
        const dns = json.l7?.dns;
        // A response without a code succeeded.
        const code = dns?.rcode ?? (dns !== undefined && json.l7?.type === "RESPONSE" ? 0 : undefined);
        if (value.type !== "enum") return code === undefined && isAbsent(json, value.type);
        const numbers: Record<string, number> = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 };
        return code !== undefined && code === (numbers[value.name] ?? Number(value.name));
      });
    case "trace-id":
      return term.values.some((value) => {
        const id = json.trace_context?.parent?.trace_id;
        return value.type === "text" ? id === value.text : id === undefined && isAbsent(json, value.type);
      });
    case "ip-trace-id":
      return term.values.some((value) => {
        const id = json.ip_trace_id?.trace_id;
        return value.type === "number"
          ? id === value.decimal
          : id === undefined && isAbsent(json, value.type);
      });
    case "interface":
      return term.values.some((value) => {
        const name = json.interface?.name;
        return value.type === "text" ? name === value.text : name === undefined && isAbsent(json, value.type);
      });
    case "encrypted":
      return term.values.some((value) => encryption(json) === answerOf(value));
    case "unencrypted":
      return term.values.some((value) => {
        const encrypted = encryption(json);
        const unencrypted = encrypted === undefined ? undefined : !encrypted;
        return unencrypted === answerOf(value);
      });
    case "trace-point":
      return term.values.some((value) => {
        const event = json.event_type;
        const points: Record<number, string> = { 0: "TO_ENDPOINT", 3: "TO_STACK" };
        const bySubType =
          event?.type === 4 ? (points[event.sub_type ?? 0] ?? String(event.sub_type)) : undefined;
        const point = json.trace_observation_point ?? bySubType;
        if (value.type === "enum") return point === value.name;
        const isUnknown = point === undefined && event === undefined && isMasked(json);
        return value.type === "unknown" ? isUnknown : point === undefined && !isUnknown;
      });
    case "not-a-loss": {
      // The code decides; a record of a drop event has it in its sub-type.
      const isThat = json.event_type?.type === 1 && json.event_type.sub_type === 173;
      const lostNothing = json.verdict === "DROPPED" && isThat;
      return term.values.some((value) => lostNothing === answerOf(value));
    }
    case "aggregated":
      return term.values.some((value) => (json.aggregate !== undefined) === answerOf(value));
    case "policy":
      return term.values.some((value) => {
        const lists = [json.egress_allowed_by, json.ingress_denied_by];
        if (value.type !== "policy")
          return lists.every((list) => list === undefined) && isAbsent(json, value.type);
        return lists.some((list) =>
          list?.some(
            (policy) =>
              (value.name ?? policy.name) === policy.name &&
              (value.kind ?? policy.kind) === policy.kind &&
              (value.namespace ?? policy.namespace) === policy.namespace,
          ),
        );
      });
    case "file":
    case "client":
    case "server":
    case "edge":
    case "actor":
    case "request":
    case "answer":
    case "kafka-api":
    case "connection":
    case "unplaced":
    case "map-part":
    case "lookup":
    case "resolved-as":
    case "resolved-ip":
    case "translated-from":
    case "client-namespace":
    case "server-namespace":
    case "client-pod":
    case "server-pod":
    case "server-port":
    case "drop":
    case "cause":
    case "decided-by":
    case "denied-by":
    case "dropped-at":
    case "direction":
    case "attempt":
    case "answered":
    case "expansion":
    case "dns":
    case "dns-state":
    case "dns-root":
    case "dns-qtype":
    case "dns-answers":
    case "dns-answer":
    case "route":
    case "latency-ms":
      throw new Error(`one record alone does not say its ${term.key}`);
    case "text":
      return term.values.some(
        (value) =>
          value.type === "search" &&
          namesOf(json).some((name) => name.toLowerCase().includes(value.text.toLowerCase())),
      );
  }
}

/** What each selector of the tests means, written out. */
const SELECTORS: Readonly<Record<string, (labels: readonly string[]) => boolean>> = {
  "app=web": (labels) =>
    labels.some((label) => /^(k8s|any):app=web$/.test(label)) && labels[0] !== "container:app=db",
  "k8s:app=web": (labels) => labels.includes("k8s:app=web"),
  "any:app": (labels) => labels.some((label) => /:app=/.test(label)),
  app: (labels) => labels.some((label) => /:app=/.test(label)),
  "!app": (labels) => !labels.some((label) => /:app=/.test(label)),
  "app in (api,web),k8s:tier!=back": (labels) =>
    labels.includes("k8s:app=web") && labels.includes("k8s:tier=front"),
  "tier notin (back,front)": (labels) => !labels.some((label) => /^k8s:tier=(back|front)$/.test(label)),
  "reserved:world": (labels) => labels.includes("reserved:world"),
  host: (labels) => labels.includes("reserved:host"),
  "cidr:10.0.0.0/8": (labels) => labels.includes("cidr:10.1.2.0/24"),
  "cidr:10.1.2.0/25": () => false,
  "replicas>2": (labels) => labels.includes("k8s:replicas=3"),
  "replicas<3": () => false,
  "pool=np1": (labels) => labels.includes("pool=np1"),
  "!pool": (labels) => !labels.some((label) => label.startsWith("pool=")),
  "zone,pool!=np2": (labels) => labels.includes("zone=a"),
};

function selectorOf(text: string): (labels: readonly string[]) => boolean {
  const selector = SELECTORS[text];
  if (selector === undefined) throw new Error(`the tests do not know what ${text} means`);
  return selector;
}

/** The paths of the generated URLs that Go can read. */
const PATHS: Readonly<Record<string, string>> = {
  "http://shop.example:8080/users/42?session=1": "/users/42",
  "http://shop.example/users/a%20b/Orders": "/users/a b/Orders",
  "/users/7": "/users/7",
  "https://shop.example": "",
};

function answerOf(value: { readonly type: string; readonly word?: string }): boolean | undefined {
  return value.type === "word" ? value.word === "yes" : undefined;
}

/** Proto JSON leaves false out, so it is known wherever the record had its IP member. */
function encryption(json: FlowJson): boolean | undefined {
  if (json.IP?.encrypted !== undefined) return json.IP.encrypted;
  return isMasked(json) && json.IP === undefined ? undefined : false;
}

/** Every name in a record: docs/filter.md lists them under `text`. */
function namesOf(json: FlowJson): string[] {
  const sides = (["source", "destination"] as const).flatMap((end) => {
    const { cluster_name, namespace, pod_name } = json[end] ?? {};
    const service = json[`${end}_service`];
    const workloads = workloadsOf(json[end] ?? {}).map(({ name }) => name);
    return [
      cluster_name,
      namespace,
      pod_name,
      service?.name,
      service?.namespace,
      ...workloads,
      ...(json[`${end}_names`] ?? []),
    ];
  });
  const { dns, http, kafka } = json.l7 ?? {};
  const policies = [...(json.egress_allowed_by ?? []), ...(json.ingress_denied_by ?? [])];
  return [
    ...sides,
    json.node_name,
    json.interface?.name,
    dns?.query?.replace(/[.]$/, ""),
    ...(dns?.cnames ?? []),
    http?.url,
    kafka?.topic,
    ...policies.flatMap(({ namespace, name }) => [namespace, name]),
  ].filter((name) => name !== undefined);
}

/** Over numbers, not texts. */
function isWithin(
  ip: string,
  value:
    | { type: "ip"; version: 4 | 6; address: string }
    | { type: "cidr"; version: 4 | 6; network: string; bits: number },
): boolean {
  const key = (text: string) => {
    const range = ipRange(text);
    return range.ok ? BigInt(`0x${range.value.first}`) : undefined;
  };
  const number = key(ip);
  if (number === undefined) return false;
  if (ip.includes(":") !== (value.version === 6)) return false;
  if (value.type === "ip") return number === key(value.address);
  const width = value.version === 4 ? 32 : 128;
  const free = BigInt(width - value.bits);
  return number >> free === (key(value.network) ?? -1n) >> free;
}

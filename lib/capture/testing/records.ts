/**
 * Records as the slow filter of the tests reads them, and nine hundred invented ones: each member from few values, common,
 * rare, odd and absent ones, so that filters have something to find and something to leave out.
 */

import fc from "fast-check";

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

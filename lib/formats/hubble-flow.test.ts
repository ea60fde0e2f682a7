import { describe, expect, it } from "vitest";
import type { Flow } from "@/lib/flow/flow";
import { PRESENT, presentFields } from "@/lib/flow/presence";
import { decodeText } from "./decode";

/** The flow of a document, or the test fails with the refusal. */
function flowOf(flow: unknown): Flow {
  const decoded = decodeText(JSON.stringify({ flow }));
  if (!decoded.ok) throw new Error(`${decoded.failure.code}: ${decoded.failure.message}`);
  if (!("record" in decoded.value) || decoded.value.record.kind !== "flow") throw new Error("not a flow");
  return decoded.value.record.flow;
}

function refusalOf(flow: unknown): { code: string; message: string } {
  const decoded = decodeText(JSON.stringify({ flow }));
  if (decoded.ok) throw new Error("was accepted");
  return decoded.failure;
}

/** lowerCamelCase as the default mapper writes it: only letters and digits behind an underscore change. */
function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/_(\w)/g, (_, letter) => String(letter).toUpperCase()),
      camel(inner),
    ]),
  );
}

const IP = { source: "10.0.1.2", destination: "10.0.1.3", ipVersion: "IPv4" };
const POLICY = {
  kind: "CiliumNetworkPolicy",
  namespace: "shop",
  name: "web",
  labels: ["k8s:a=b"],
  revision: "18446744073709551615",
};

/** One row per member of the message (flow-formats 1.1 to 1.5): what Hubble writes, and what it becomes. */
const MEMBERS: readonly (readonly [member: string, json: unknown, flow: Partial<Flow>])[] = [
  ["time", "2026-08-21T12:12:18.510175415Z", { timeNs: 1787314338510175415n }],
  ["uuid", "6a2e7a4c-1d6f-4a43-8b1e-0b9a5d3f2c11", { uuid: "6a2e7a4c-1d6f-4a43-8b1e-0b9a5d3f2c11" }],
  ["emitter", { name: "Hubble", version: "1.19.4" }, { emitter: { name: "Hubble", version: "1.19.4" } }],
  ["verdict", "DROPPED", { verdict: "DROPPED" }],
  ["drop_reason", 133, { dropCode: 133, dropReason: "POLICY_DENIED" }],
  ["drop_reason_desc", "POLICY_DENY", { dropReason: "POLICY_DENY", dropCode: 181 }],
  ["ext_error", -5, { extError: -5 }],
  ["ext_drop_reason_desc", "FIB lookup failed, -5", { extDropReason: "FIB lookup failed, -5" }],
  ["auth_type", "SPIRE", { authType: "SPIRE" }],
  [
    "ethernet",
    { source: "5a:87:00:00:00:01", destination: "5a:87:00:00:00:02" },
    { ethernet: { source: "5a:87:00:00:00:01", destination: "5a:87:00:00:00:02" } },
  ],
  [
    "IP",
    { ...IP, source_xlated: "20.1.2.3", encrypted: true },
    {
      ip: {
        source: "10.0.1.2",
        destination: "10.0.1.3",
        version: "IPv4",
        sourceXlated: "20.1.2.3",
        encrypted: true,
      },
    },
  ],
  [
    "l4",
    { TCP: { source_port: 44916, destination_port: 80, flags: { ACK: true, SYN: true } } },
    { l4: { protocol: "TCP", sourcePort: 44916, destinationPort: 80, flags: ["SYN", "ACK"] } },
  ],
  [
    "tunnel",
    {
      protocol: "VXLAN",
      IP,
      l4: { UDP: { source_port: 40000, destination_port: 8472 } },
      vni: 7,
    },
    {
      tunnel: {
        protocol: "VXLAN",
        ip: { source: "10.0.1.2", destination: "10.0.1.3", version: "IPv4" },
        l4: { protocol: "UDP", sourcePort: 40000, destinationPort: 8472 },
        vni: 7,
      },
    },
  ],
  [
    "source",
    {
      ID: 211,
      identity: 31876,
      cluster_name: "prod",
      namespace: "shop",
      labels: ["k8s:app=web"],
      pod_name: "web-0",
      workloads: [{ name: "web", kind: "StatefulSet" }],
    },
    {
      source: {
        id: 211,
        identity: 31876,
        cluster: "prod",
        namespace: "shop",
        labels: ["k8s:app=web"],
        pod: "web-0",
        workloads: [{ name: "web", kind: "StatefulSet" }],
      },
    },
  ],
  ["destination", { identity: 16777217 }, { destination: { identity: 16777217 } }],
  ["Type", "L3_L4", { type: "L3_L4" }],
  ["node_name", "prod/aks-np-01", { nodeName: "prod/aks-np-01" }],
  ["node_labels", ["zone=1"], { nodeLabels: ["zone=1"] }],
  ["source_names", ["a.example"], { sourceNames: ["a.example"] }],
  ["destination_names", ["b.example"], { destinationNames: ["b.example"] }],
  ["l7", { type: "SAMPLE" }, { l7: { type: "SAMPLE" }, type: "L7" }],
  ["reply", true, { deprecatedReply: true }],
  ["is_reply", false, { isReply: false }],
  [
    "event_type",
    { type: 4, sub_type: 3 },
    { eventType: { type: 4, subType: 3 }, traceObservationPoint: "TO_STACK" },
  ],
  [
    "source_service",
    { name: "web", namespace: "shop" },
    { sourceService: { name: "web", namespace: "shop" } },
  ],
  ["destination_service", { name: "api" }, { destinationService: { name: "api" } }],
  ["traffic_direction", "EGRESS", { trafficDirection: "EGRESS" }],
  ["policy_match_type", 2, { policyMatchType: 2 }],
  ["trace_observation_point", "TO_ENDPOINT", { traceObservationPoint: "TO_ENDPOINT" }],
  ["trace_reason", "ESTABLISHED", { traceReason: "ESTABLISHED" }],
  ["file", { name: "bpf_lxc.c", line: 1350 }, { file: { name: "bpf_lxc.c", line: 1350 } }],
  [
    "ip_trace_id",
    { trace_id: "9007199254740993", ip_option_type: 136 },
    { ipTraceId: { traceId: "9007199254740993", ipOptionType: 136 } },
  ],
  ["debug_capture_point", "DBG_CAPTURE_SNAT_PRE", { debugCapturePoint: "DBG_CAPTURE_SNAT_PRE" }],
  ["interface", { index: 12, name: "lxc1" }, { interface: { index: 12, name: "lxc1" } }],
  ["proxy_port", 14321, { proxyPort: 14321 }],
  ["trace_context", { parent: { trace_id: "4bf92f35" } }, { traceId: "4bf92f35" }],
  [
    "sock_xlate_point",
    "SOCK_XLATE_POINT_PRE_DIRECTION_FWD",
    { sockXlatePoint: "SOCK_XLATE_POINT_PRE_DIRECTION_FWD" },
  ],
  ["socket_cookie", "18446744073709551615", { socketCookie: "18446744073709551615" }],
  ["cgroup_id", "12345678901234567890", { cgroupId: "12345678901234567890" }],
  ["Summary", "TCP Flags: SYN", { summary: "TCP Flags: SYN" }],
  [
    "extensions",
    { "@type": "x/Struct", value: { a: 1 } },
    { extensions: { "@type": "x/Struct", value: { a: 1 } } },
  ],
  ["egress_allowed_by", [POLICY], { egressAllowedBy: [POLICY] }],
  ["ingress_allowed_by", [POLICY], { ingressAllowedBy: [POLICY] }],
  ["egress_denied_by", [{ labels: ["k8s:x=y"] }], { egressDeniedBy: [{ labels: ["k8s:x=y"] }] }],
  ["ingress_denied_by", [POLICY], { ingressDeniedBy: [POLICY] }],
  ["policy_log", ["ticket 17"], { policyLog: ["ticket 17"] }],
  ["aggregate", { egress_flow_count: 42 }, { aggregate: { egressFlowCount: "42" }, events: 42 }],
];

/** Every member of the top level of flow-formats 1.1, so that a forgotten row is noticed. */
const TOP_LEVEL =
  "time uuid emitter verdict drop_reason drop_reason_desc ext_error ext_drop_reason_desc auth_type ethernet IP l4 tunnel source destination Type node_name node_labels source_names destination_names l7 reply is_reply event_type source_service destination_service traffic_direction policy_match_type trace_observation_point trace_reason file ip_trace_id debug_capture_point interface proxy_port trace_context sock_xlate_point socket_cookie cgroup_id Summary extensions egress_allowed_by ingress_allowed_by egress_denied_by ingress_denied_by policy_log aggregate".split(
    " ",
  );

describe("every member of the flow message", () => {
  it("has a row in the table of this test", () => {
    expect(MEMBERS.map(([member]) => member)).toEqual(TOP_LEVEL);
  });

  it.each(MEMBERS)("reads %s in the spelling of the proto", (member, json, expected) => {
    expect(flowOf({ [member]: json })).toMatchObject(expected);
  });

  it.each(MEMBERS)("reads %s in lowerCamelCase", (member, json, expected) => {
    expect(flowOf(camel({ [member]: json }))).toMatchObject(expected);
  });

  it.each(MEMBERS.map(([member]) => member))("takes %s null as absent", (member) => {
    const flow = flowOf({ [member]: null });
    expect(flow).toEqual(flowOf({}));
  });

  it("says nothing about what a record left out", () => {
    const flow = flowOf({});
    const said = Object.entries(flow).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(said)).toEqual({
      verdict: "VERDICT_UNKNOWN",
      type: "UNKNOWN_TYPE",
      trafficDirection: "TRAFFIC_DIRECTION_UNKNOWN",
      events: 1,
      eventsAtLeast: false,
      present: 0,
    });
  });

  it("ignores members that it does not know, and keeps the rest", () => {
    expect(flowOf({ verdict: "AUDIT", a_new_member: { deep: [1] } })).toMatchObject({ verdict: "AUDIT" });
  });
});

/** member path, JSON for it, what is read from the flow, the name, its number. */
const ENUMS: readonly (readonly [
  what: string,
  wrap: (value: unknown) => unknown,
  read: (flow: Flow) => unknown,
  name: string,
  number: number,
])[] = [
  ["verdict", (v) => ({ verdict: v }), (f) => f.verdict, "REDIRECTED", 5],
  ["drop_reason_desc", (v) => ({ drop_reason_desc: v }), (f) => f.dropReason, "AUTH_REQUIRED", 189],
  ["auth_type", (v) => ({ auth_type: v }), (f) => f.authType, "TEST_ALWAYS_FAIL", 2],
  ["IP.ipVersion", (v) => ({ IP: { ipVersion: v } }), (f) => f.ip?.version, "IPv6", 2],
  ["tunnel.protocol", (v) => ({ tunnel: { protocol: v } }), (f) => f.tunnel?.protocol, "GENEVE", 2],
  ["Type", (v) => ({ Type: v }), (f) => f.type, "SOCK", 3],
  ["l7.type", (v) => ({ l7: { type: v } }), (f) => f.l7?.type, "RESPONSE", 2],
  ["traffic_direction", (v) => ({ traffic_direction: v }), (f) => f.trafficDirection, "INGRESS", 1],
  [
    "trace_observation_point",
    (v) => ({ trace_observation_point: v }),
    (f) => f.traceObservationPoint,
    "TO_ENDPOINT",
    101,
  ],
  ["trace_reason", (v) => ({ trace_reason: v }), (f) => f.traceReason, "REOPENED", 5],
  [
    "debug_capture_point",
    (v) => ({ debug_capture_point: v }),
    (f) => f.debugCapturePoint,
    "DBG_CAPTURE_FROM_LB",
    5,
  ],
  [
    "sock_xlate_point",
    (v) => ({ sock_xlate_point: v }),
    (f) => f.sockXlatePoint,
    "SOCK_XLATE_POINT_POST_DIRECTION_REV",
    4,
  ],
];

describe("enums", () => {
  it.each(ENUMS)("reads %s by name and by number", (_what, wrap, read, name, number) => {
    expect(read(flowOf(wrap(name)))).toBe(name);
    expect(read(flowOf(wrap(number)))).toBe(name);
    expect(read(flowOf(wrap(String(number))))).toBe(name);
  });

  it.each(ENUMS)("keeps a number of %s that has no name, as its text", (_what, wrap, read) => {
    expect(read(flowOf(wrap(250)))).toBe("250");
  });

  it.each(ENUMS)("keeps a word of %s that is in no table", (_what, wrap, read) => {
    expect(read(flowOf(wrap("NEW_WORD")))).toBe("NEW_WORD");
  });

  it.each(ENUMS)("refuses %s that is neither", (_what, wrap) => {
    expect(refusalOf(wrap(true)).code).toBe("field_invalid");
    expect(refusalOf(wrap(1.5)).code).toBe("field_invalid");
  });

  it.each([
    ["a verdict of Retina, retransmission", { verdict: 15 }, { verdict: "15" }],
    ["a verdict of Retina, DNS", { verdict: 16 }, { verdict: "16" }],
    ["a new verdict", { verdict: "NEW_VERDICT" }, { verdict: "NEW_VERDICT" }],
    ["an empty verdict as the zero value", { verdict: "" }, { verdict: "VERDICT_UNKNOWN" }],
    ["an unknown drop code by itself", { drop_reason: 250 }, { dropCode: 250, dropReason: "250" }],
    ["an unknown drop code as reason", { drop_reason_desc: 250 }, { dropCode: 250, dropReason: "250" }],
    [
      "a drop reason without a known code",
      { drop_reason_desc: "DROP_NEW" },
      { dropReason: "DROP_NEW", dropCode: undefined },
    ],
    [
      "the code in the sub-type of a drop event",
      { event_type: { type: 1, sub_type: 181 } },
      { dropCode: 181, dropReason: "POLICY_DENY" },
    ],
    [
      "the code before the sub-type",
      { drop_reason: 133, event_type: { type: 1, sub_type: 181 } },
      { dropCode: 133, dropReason: "POLICY_DENIED" },
    ],
    [
      "no code from the sub-type of another event",
      { event_type: { type: 5, sub_type: 1 } },
      { dropCode: undefined, dropReason: undefined },
    ],
    [
      "no code from a negative sub-type",
      { event_type: { type: 1, sub_type: -3 } },
      { dropCode: undefined, dropReason: undefined },
    ],
  ])("reads %s", (_name, json, expected) => {
    expect(flowOf(json)).toMatchObject(expected);
  });
});

describe("values that proto JSON leaves out", () => {
  it.each([
    ["rcode on a response", { l7: { type: "RESPONSE", dns: {} } }, 0],
    ["rcode by number of the type", { l7: { type: 2, dns: {} } }, 0],
    ["no rcode on a request", { l7: { type: "REQUEST", dns: {} } }, undefined],
    ["the rcode that is there", { l7: { type: "RESPONSE", dns: { rcode: 3 } } }, 3],
  ])("fills in %s", (_name, json, rcode) => {
    expect(flowOf(json).l7?.dns?.rcode).toBe(rcode);
  });

  it("fills in the sub-type 0 of a trace, to-endpoint", () => {
    expect(flowOf({ event_type: { type: 4 } })).toMatchObject({
      eventType: { type: 4, subType: 0 },
      traceObservationPoint: "TO_ENDPOINT",
    });
  });

  it("keeps the observation point that the record names", () => {
    const flow = flowOf({ event_type: { type: 4 }, trace_observation_point: "TO_PROXY" });
    expect(flow.traceObservationPoint).toBe("TO_PROXY");
  });

  it.each(["ICMPv4", "ICMPv6"])("fills in type and code 0 of %s {}", (protocol) => {
    expect(flowOf({ l4: { [protocol]: {} } }).l4).toEqual({ protocol, type: 0, code: 0 });
  });

  it.each([
    ["flags {}", { TCP: { flags: {} } }, []],
    ["no flags, as on L7 records", { TCP: { source_port: 1 } }, undefined],
    ["false flags", { TCP: { flags: { SYN: true, FIN: false } } }, ["SYN"]],
    [
      "all flags, in the order of the header",
      {
        TCP: {
          flags: {
            NS: true,
            CWR: true,
            ECE: true,
            URG: true,
            ACK: true,
            PSH: true,
            RST: true,
            SYN: true,
            FIN: true,
          },
        },
      },
      ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "NS"],
    ],
  ])("reads %s", (_name, l4, flags) => {
    expect(flowOf({ l4 }).l4?.flags).toEqual(flags);
  });

  it("tells empty texts from texts: an empty one is absent", () => {
    const flow = flowOf({ uuid: "", node_name: "", source: { namespace: "", pod_name: "" } });
    expect(flow).toMatchObject({ uuid: undefined, nodeName: undefined });
    expect(flow.source).toMatchObject({ namespace: undefined, pod: undefined });
    expect(presentFields(flow.present)).not.toContain("uuid");
  });
});

describe("values that say nothing, where all members are written", () => {
  // As `grpcurl -emit-defaults` and writers with EmitUnpopulated have it.
  it.each([
    [
      "a flow",
      { verdict: "FORWARDED", event_type: { type: 4 } },
      {
        drop_reason: 0,
        drop_reason_desc: "DROP_REASON_UNKNOWN",
        auth_type: "DISABLED",
        trace_observation_point: "UNKNOWN_POINT",
        trace_reason: "TRACE_REASON_UNKNOWN",
        debug_capture_point: "DBG_CAPTURE_POINT_UNKNOWN",
        sock_xlate_point: 0,
        proxy_port: 0,
        l7: null,
      },
    ],
    [
      "an HTTP request",
      { l7: { type: "REQUEST", http: { method: "GET" } } },
      { l7: { type: "REQUEST", latency_ns: "0", dns: null, http: { method: "GET", code: 0 } } },
    ],
    [
      "a DNS request",
      { l7: { type: "REQUEST", dns: { query: "a." } } },
      { l7: { type: "REQUEST", latency_ns: 0, dns: { query: "a.", rcode: 0 } } },
    ],
    [
      "a Kafka request",
      { l7: { type: "REQUEST", kafka: { topic: "t" } } },
      { l7: { type: "REQUEST", kafka: { topic: "t", error_code: 0 } } },
    ],
  ])("%s is read as if they were left out", (_name, brief, full) => {
    expect(flowOf({ ...brief, ...full })).toEqual(flowOf(brief));
  });
});

describe("the JSON that Go writes of its own structs", () => {
  it("is read as the mapped one: enums by number, choices in members of their own", () => {
    const mapped = {
      verdict: "DROPPED",
      time: "2026-08-21T12:12:18Z",
      l4: { TCP: { source_port: 1, destination_port: 2 } },
      l7: { type: "RESPONSE", latency_ns: "5", http: { code: 503 } },
      is_reply: true,
    };
    const own = {
      verdict: 2,
      time: { seconds: 1787314338 },
      l4: { Protocol: { TCP: { source_port: 1, destination_port: 2 } } },
      l7: { type: 2, latency_ns: 5, Record: { Http: { code: 503 } } },
      is_reply: { value: true },
    };
    expect(flowOf(own)).toEqual(flowOf(mapped));
  });
});

describe("a flow of a writer that knows lower case only", () => {
  it("is read as that of Hubble", () => {
    const ip = { source: "10.0.0.1", destination: "10.0.0.2", ip_version: "IPv4" };
    const flow = flowOf({ ip, l4: { tcp: { destination_port: 80 } }, type: "L3_L4", summary: "x" });
    const { source, destination } = ip;
    expect(flow).toEqual(
      flowOf({
        IP: { source, destination, ipVersion: "IPv4" },
        l4: { TCP: { destination_port: 80 } },
        Type: "L3_L4",
        Summary: "x",
      }),
    );
  });

  it("may write names of enums in any letters; unknown ones stay as they are", () => {
    expect(
      flowOf({ verdict: "Dropped", drop_reason_desc: "policy_denied", IP: { ipVersion: "ipv6" } }),
    ).toEqual(flowOf({ verdict: "DROPPED", drop_reason_desc: "POLICY_DENIED", IP: { ipVersion: "IPv6" } }));
    expect(flowOf({ verdict: "Delayed" }).verdict).toBe("Delayed");
  });

  it("yields to the names of Hubble, and may have a type of its shipper", () => {
    expect(flowOf({ IP: {}, ip: "10.0.0.1", Type: "L7", type: "log", Summary: "a", summary: 5 })).toEqual(
      flowOf({ IP: {}, Type: "L7", Summary: "a" }),
    );
    expect(flowOf({ Type: "L7", type: "SOCK", Summary: "a", summary: "b" })).toEqual(
      flowOf({ Type: "L7", Summary: "a" }),
    );
  });

  it("may write protocols and flags in any letters, and the choice of one as a member", () => {
    const tcp = { destination_port: 80, flags: { syn: true } };
    const hubbles = flowOf({ Type: "SOCK", l4: { TCP: { destination_port: 80, flags: { SYN: true } } } });
    for (const l4 of [{ tcp }, { Tcp: tcp }, { protocol: { Tcp: tcp } }])
      expect(flowOf({ type: 3, l4 })).toEqual(hubbles);
  });

  it("may have words for true and false", () => {
    const flags = { SYN: "true", ACK: "True", FIN: "false" };
    const flow = flowOf({ is_reply: "false", IP: { encrypted: "True" }, l4: { TCP: { flags } } });
    expect(flow).toEqual(
      flowOf({ is_reply: false, IP: { encrypted: true }, l4: { TCP: { flags: { SYN: true, ACK: true } } } }),
    );
  });
});

describe("a flow that went through a table and back", () => {
  it("has nothing where its cells were empty, in other protocols too", () => {
    const empty = { source_port: "", destination_port: "", flags: { SYN: "" } };
    const flow = flowOf({
      verdict: "DROPPED",
      drop_reason: "",
      l4: { TCP: empty, UDP: { source_port: "5353.0", destination_port: "53.0" } },
      l7: "",
      ethernet: [],
      source: { identity: "7.0", namespace: "shop", pod_name: "" },
      destination: { identity: "", labels: "" },
      is_reply: "",
    });
    expect(flow).toMatchObject({
      verdict: "DROPPED",
      l4: { protocol: "UDP", sourcePort: 5353, destinationPort: 53 },
      source: { identity: 7, namespace: "shop" },
    });
    expect([flow.l7, flow.ethernet, flow.dropCode, flow.isReply, flow.destination]).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
    expect(flowOf({ l4: { TCP: empty, ICMPv4: {} }, drop_reason: "" }).l4).toMatchObject({
      protocol: "ICMPv4",
    });
  });
});

describe("layer 4", () => {
  it.each([
    [
      "UDP",
      { UDP: { source_port: 53, destination_port: 41230 } },
      { sourcePort: 53, destinationPort: 41230 },
    ],
    ["SCTP", { SCTP: { source_port: 1, destination_port: 2, chunk_type: "INIT" } }, { chunkType: "INIT" }],
    ["SCTP", { SCTP: { chunk_type: 1 } }, { chunkType: "1" }],
    ["VRRP", { VRRP: { type: 1, vrid: 7, priority: 100 } }, { type: 1, vrid: 7, priority: 100 }],
    ["IGMP", { IGMP: { type: 22, group_address: "224.0.0.22" } }, { type: 22, groupAddress: "224.0.0.22" }],
    ["ICMPv6", { ICMPv6: { type: 133 } }, { type: 133, code: 0 }],
    ["QUIC", { QUIC: { source_port: 5 } }, { protocol: "QUIC", sourcePort: 5 }],
  ])("reads %s", (protocol, l4, expected) => {
    expect(flowOf({ l4 }).l4).toMatchObject({ protocol, ...expected });
  });

  it.each([
    ["an empty l4", {}],
    ["a member that is null", { TCP: null }],
  ])("reads %s as none", (_name, l4) => {
    expect(flowOf({ l4 }).l4).toBeUndefined();
  });
});

describe("layer 7", () => {
  it("reads all members of a DNS answer", () => {
    const dns = {
      query: "api.example.com.",
      ips: ["1.2.3.4", "::1"],
      ttl: 30,
      cnames: ["b.example.com."],
      observation_source: "proxy",
      rcode: 0,
      qtypes: ["A"],
      rrtypes: ["A", "CNAME"],
    };
    const { observation_source: observationSource, ...rest } = dns;
    const expected = { ...rest, observationSource };
    expect(flowOf({ l7: { type: "RESPONSE", dns } }).l7?.dns).toMatchObject(expected);
    expect(flowOf({ l7: { type: "RESPONSE", dns: camel(dns) } }).l7?.dns).toMatchObject(expected);
  });

  it("reads all members of an HTTP answer, with the latency as decimal text", () => {
    const http = {
      code: 503,
      method: "GET",
      url: "http://api/x?a=1&b=<2>",
      protocol: "HTTP/1.1",
      headers: [{ key: "A", value: "1" }, { key: "A", value: "2" }, { key: "Empty" }],
    };
    const { l7 } = flowOf({ l7: { type: "RESPONSE", latency_ns: "5000000000000000001", http } });
    expect(l7?.latencyNs).toBe("5000000000000000001");
    expect(l7?.http).toEqual({
      ...http,
      headers: [
        { key: "A", value: "1" },
        { key: "A", value: "2" },
        { key: "Empty", value: "" },
      ],
    });
  });

  it.each([
    ["RESPONSE", { errorCode: 0 }],
    ["REQUEST", { errorCode: undefined }],
  ])("reads a Kafka %s", (type, error) => {
    const kafka = { api_version: 5, api_key: "fetch", correlation_id: 7, topic: "orders" };
    const expected = { apiVersion: 5, apiKey: "fetch", correlationId: 7, topic: "orders", ...error };
    expect(flowOf({ l7: { type, kafka } }).l7?.kafka).toEqual(expected);
    expect(flowOf({ l7: { type, kafka: camel(kafka) } }).l7?.kafka).toEqual(expected);
  });

  it("keeps a negative Kafka error code", () => {
    expect(flowOf({ l7: { type: "RESPONSE", kafka: { error_code: -1 } } }).l7?.kafka?.errorCode).toBe(-1);
  });

  it("knows a record with an l7 member as L7 even where a mask left its Type out", () => {
    expect(flowOf({ l7: { type: "REQUEST" } }).type).toBe("L7");
    expect(flowOf({ Type: "L3_L4", l7: { type: "REQUEST" } }).type).toBe("L3_L4");
  });
});

describe("reply has three values", () => {
  it.each([
    ["true", { is_reply: true }, true, undefined],
    ["false", { is_reply: false }, false, undefined],
    ["left out: unknown", {}, undefined, undefined],
    ["a wrapper message", { is_reply: { value: true } }, true, undefined],
    ["an empty wrapper message", { is_reply: {} }, false, undefined],
    ["only the old member, true", { reply: true }, undefined, true],
    ["only the old member, false: nothing", { reply: false }, undefined, undefined],
    ["both", { is_reply: false, reply: false }, false, undefined],
  ])("%s", (_name, json, isReply, deprecatedReply) => {
    const flow = flowOf(json);
    expect(flow.isReply).toBe(isReply);
    expect(flow.deprecatedReply).toBe(deprecatedReply);
  });
});

describe("time", () => {
  it.each([
    ["no fraction", "2026-08-21T12:12:18Z", 1787314338000000000n],
    ["milliseconds", "2026-08-21T12:12:18.510Z", 1787314338510000000n],
    ["microseconds", "2026-08-21T12:12:18.510175Z", 1787314338510175000n],
    ["nanoseconds", "2026-08-21T12:12:18.510175415Z", 1787314338510175415n],
    ["a zone", "2026-08-21T14:12:18.510175415+02:00", 1787314338510175415n],
    ["before 1970", "1969-12-31T23:59:59.999999999Z", -1n],
    ["seconds", { seconds: "1787314338" }, 1787314338000000000n],
    ["seconds and nanoseconds", { seconds: 1787314338, nanos: 5 }, 1787314338000000005n],
  ])("keeps %s to the nanosecond", (_name, time, timeNs) => {
    expect(flowOf({ time }).timeNs).toBe(timeNs);
  });

  it.each([
    ["yesterday"],
    ["2026-02-30T00:00:00Z"],
    [17],
    [{}],
    [{ seconds: "9999999999" }],
    [{ seconds: 1787314338.5 }],
    [{ seconds: "1787314338", nanos: "?" }],
    ["9999-12-31T23:59:59Z"],
  ])("keeps a record whose time is %j as untimed", (time) => {
    const flow = flowOf({ time, verdict: "DROPPED" });
    expect(flow.timeNs).toBeUndefined();
    expect(flow.verdict).toBe("DROPPED");
    expect(presentFields(flow.present)).toContain("time");
  });
});

describe("aggregated records", () => {
  it.each([
    ["one counter", { egress_flow_count: 42 }, 42, false],
    [
      "three counters",
      { ingress_flow_count: 1, egress_flow_count: 2, unknown_direction_flow_count: 3 },
      6,
      false,
    ],
    ["counters as text", { ingress_flow_count: "10", egress_flow_count: "5" }, 15, false],
    ["no counter: at least one", {}, 1, true],
    [
      "the largest counters",
      { ingress_flow_count: 4294967295, egress_flow_count: "4294967295" },
      8589934590,
      false,
    ],
    ["a zero that was written", { ingress_flow_count: 0 }, 0, false],
  ])("counts %s", (_name, aggregate, events, eventsAtLeast) => {
    expect(flowOf({ aggregate })).toMatchObject({ events, eventsAtLeast });
  });

  it.each([
    ["bare", { ingress_flow_count: 7, egress_flow_count: "3" }],
    ["in a Struct", { "@type": "t/google.protobuf.Struct", value: { ingress_flow_count: 10 } }],
  ])("finds the counters of the Azure shipper in the extensions, %s", (_name, extensions) => {
    expect(flowOf({ extensions })).toMatchObject({ events: 10, eventsAtLeast: false });
  });

  it.each([
    [{ egress_flow_count: 5 }, "EGRESS"],
    [{ ingress_flow_count: "5", egress_flow_count: 0 }, "INGRESS"],
    [{ ingress_flow_count: 1, egress_flow_count: 5 }, "TRAFFIC_DIRECTION_UNKNOWN"],
    [{ egress_flow_count: 5, unknown_direction_flow_count: 1 }, "TRAFFIC_DIRECTION_UNKNOWN"],
    [{ unknown_direction_flow_count: 5 }, "TRAFFIC_DIRECTION_UNKNOWN"],
    [{}, "TRAFFIC_DIRECTION_UNKNOWN"],
  ])("have the direction that all of %j were counted for", (counters, direction) => {
    expect(flowOf({ aggregate: counters }).trafficDirection).toBe(direction);
    expect(flowOf({ extensions: counters }).trafficDirection).toBe(direction);
    const isPresent = (flowOf({ aggregate: counters }).present & PRESENT.traffic_direction) !== 0;
    expect(isPresent).toBe(direction !== "TRAFFIC_DIRECTION_UNKNOWN");
    expect(flowOf({ aggregate: counters, traffic_direction: "INGRESS" }).trafficDirection).toBe("INGRESS");
  });

  it("does not take other extensions for an aggregate", () => {
    expect(flowOf({ extensions: { value: { dns: "x" } } })).toMatchObject({
      events: 1,
      aggregate: undefined,
    });
  });

  it("refuses a counter that no uint32 can have", () => {
    const { code, message } = refusalOf({ aggregate: { egress_flow_count: "4294967296" } });
    expect(code).toBe("field_invalid");
    expect(message).toContain("egress_flow_count");
  });
});

describe("presence", () => {
  it.each([
    ["an empty endpoint", { source: {} }, ["source"]],
    [
      "a full endpoint",
      { destination: { identity: 1, labels: [], namespace: "a", pod_name: "b", workloads: [] } },
      ["destination", "identity", "labels", "namespace", "pod_name", "workloads"],
    ],
    ["a false is_reply", { is_reply: false }, ["is_reply"]],
    [
      "each of the rest",
      {
        time: "2026-08-21T12:12:18Z",
        uuid: "u",
        verdict: 0,
        IP: {},
        l4: {},
        Type: 0,
        node_name: "n",
        event_type: {},
        traffic_direction: 0,
        l7: {},
        Summary: "",
      },
      [
        "time",
        "uuid",
        "verdict",
        "IP",
        "l4",
        "Type",
        "node_name",
        "event_type",
        "traffic_direction",
        "l7",
        "Summary",
      ],
    ],
  ])("notes %s", (_name, json, fields) => {
    expect(presentFields(flowOf(json).present)).toEqual(fields);
  });
});

/** Members with a value that their type cannot have; the refusal names the member. */
const INVALID: readonly (readonly [field: string, flow: unknown])[] = [
  ["uuid", { uuid: 5 }],
  ["emitter", { emitter: "Hubble" }],
  ["verdict", { verdict: {} }],
  ["drop_reason", { drop_reason: -1 }],
  ["drop_reason", { drop_reason: "x" }],
  ["IP", { IP: "10.0.0.1" }],
  ["encrypted", { IP: { encrypted: "yes" } }],
  ["l4", { l4: [] }],
  ["l4.TCP", { l4: { TCP: 80 } }],
  ["source_port", { l4: { TCP: { source_port: 1.5 } } }],
  ["source_port", { l4: { TCP: { source_port: "http" } } }],
  ["flags", { l4: { TCP: { flags: "SYN" } } }],
  ["chunk_type", { l4: { SCTP: { chunk_type: true } } }],
  ["source", { source: 5 }],
  ["destination", { destination: [] }],
  ["labels", { source: { labels: "a=b" } }],
  ["labels", { source: { labels: [1] } }],
  ["workloads", { source: { workloads: {} } }],
  ["workloads", { source: { workloads: ["web"] } }],
  ["identity", { source: { identity: -1 } }],
  ["identity", { source: { identity: 1e300 } }],
  ["node_name", { node_name: [] }],
  ["source_names", { source_names: "a" }],
  ["l7.dns", { l7: { dns: "q" } }],
  ["rcode", { l7: { dns: { rcode: -1 } } }],
  ["headers", { l7: { http: { headers: [1] } } }],
  ["latency_ns", { l7: { latency_ns: "-1" } }],
  ["latency_ns", { l7: { latency_ns: "18446744073709551616" } }],
  ["latency_ns", { l7: { latency_ns: 1e20 } }],
  ["reply", { reply: "yes" }],
  ["is_reply", { is_reply: 1 }],
  ["event_type.type", { event_type: { type: "drop" } }],
  ["event_type", { event_type: 4 }],
  ["socket_cookie", { socket_cookie: 1.5 }],
  ["interface", { interface: "eth0" }],
  ["index", { interface: { index: -1 } }],
  ["egress_denied_by", { egress_denied_by: {} }],
  ["revision", { egress_denied_by: [{ revision: "x" }] }],
  ["policy_log", { policy_log: [null] }],
  ["aggregate", { aggregate: 5 }],
  ["vni", { tunnel: { vni: "x" } }],
  ["extensions", { extensions: nested(65) }],
];

function nested(depth: number): unknown {
  return depth === 0 ? {} : { a: nested(depth - 1) };
}

describe("a value that a member's type cannot have", () => {
  it.each(INVALID.map(([field, flow], row) => [field, row, flow] as const))(
    "refuses the record and names %s (row %i)",
    (field, _row, flow) => {
      const { code, message } = refusalOf(flow);
      expect(code).toBe("field_invalid");
      expect(message.startsWith(`${field} is`)).toBe(true);
    },
  );

  it("says what is_reply may be", () => {
    expect(refusalOf({ is_reply: "yes" }).message).toBe(
      'is_reply is the text "yes", expected true or false.',
    );
  });

  it("keeps extensions as deep as a thread can hand on", () => {
    expect(flowOf({ extensions: nested(63) }).extensions).toEqual(nested(63));
  });

  it("shortens a hostile protocol name in its sentence", () => {
    const { message } = refusalOf({ l4: { ["X".repeat(5000)]: 1 } });
    expect(message.length).toBeLessThan(200);
  });

  it("is not led astray by names of JavaScript", () => {
    const flow = flowOf(
      JSON.parse('{"__proto__":{"verdict":"DROPPED"},"constructor":1,"toString":2,"verdict":"AUDIT"}'),
    );
    expect(flow.verdict).toBe("AUDIT");
    expect(Object.getPrototypeOf(flow)).toBe(Object.prototype);
  });
});

describe("64-bit numbers", () => {
  it.each([
    ["18446744073709551615", "18446744073709551615"],
    ["0", "0"],
    ["007", "7"],
    [5, "5"],
    [9007199254740991, "9007199254740991"],
  ])("reads %j", (json, text) => {
    expect(flowOf({ socket_cookie: json }).socketCookie).toBe(text);
  });
});

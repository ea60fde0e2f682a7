import { describe, expect, it } from "vitest";
import { parseTime } from "@/lib/base/time";
import { presentFields } from "@/lib/flow/presence";
import { decodeText } from "./decode";
import { isLossy } from "./record";
import { decodedOf, flowOf, otherOf, refusalOf } from "./testing";

const ns = (time: string): bigint | undefined => parseTime(time);

describe("compact, the default of hubble observe", () => {
  it("is read with the sides, identities, ports, event and flags that it prints", () => {
    const text =
      "2026-08-21T12:12:18.510175415Z [prod/node-1]: shop/web-0:44916 (ID:31876) -> shop/api-7848d6c4d5-th9v2:80 (ID:9021) to-endpoint FORWARDED (TCP Flags: ACK, PSH)";
    expect(decodedOf(text).format).toBe("hubble-compact");
    expect(isLossy("hubble-compact")).toBe(true);
    expect(flowOf(text)).toMatchObject({
      timeNs: ns("2026-08-21T12:12:18.510175415Z"),
      nodeName: "prod/node-1",
      verdict: "FORWARDED",
      source: { namespace: "shop", pod: "web-0", identity: 31876 },
      destination: { namespace: "shop", pod: "api-7848d6c4d5-th9v2", identity: 9021 },
      l4: { protocol: "TCP", sourcePort: 44916, destinationPort: 80, flags: ["PSH", "ACK"] },
      isReply: false,
      type: "L3_L4",
      eventType: { type: 4, subType: 0 },
      traceObservationPoint: "TO_ENDPOINT",
      summary: "TCP Flags: ACK, PSH",
      events: 1,
    });
  });

  it("has the sides of the packet where a reply was printed with the client on the left", () => {
    const flow = flowOf(
      "2026-08-21T12:12:18Z: shop/web-0:44916 (ID:31876) <- shop/api-1:80 (ID:9021) to-overlay FORWARDED (TCP Flags: SYN, ACK)",
    );
    expect(flow).toMatchObject({
      isReply: true,
      source: { pod: "api-1", identity: 9021 },
      destination: { pod: "web-0", identity: 31876 },
      l4: { sourcePort: 80, destinationPort: 44916 },
    });
  });

  it("is read as old command lines print it, without identities", () => {
    const text =
      "May  4 13:23:40.501: default/tiefighter:42690 -> default/deathstar-c74d84667-cx5kp:80 http-request FORWARDED (HTTP/1.1 POST http://deathstar/v1)";
    expect(decodedOf(text).format).toBe("hubble-compact");
    expect(flowOf(text)).toMatchObject({
      source: { namespace: "default", pod: "tiefighter" },
      destination: { namespace: "default", pod: "deathstar-c74d84667-cx5kp" },
      l4: { sourcePort: 42690, destinationPort: 80 },
      l7: { http: { method: "POST" } },
    });
    expect(flowOf(text).source?.identity).toBeUndefined();
    const world = flowOf(
      "2026-05-04T13:23:40Z: a/b:1 <- example.com:443 to-endpoint FORWARDED (TCP Flags: ACK)",
    );
    expect(world).toMatchObject({ isReply: true, sourceNames: ["example.com"], destination: { pod: "b" } });
    refusalOf("2026-05-04T13:23:40Z: copied a -> b (see below)");
    refusalOf("2026-05-04T13:23:40Z: a/b:1 (what) -> c/d:2 (ID:5) to-endpoint FORWARDED (UDP)");
  });

  it("leaves the direction, the address and the labels unknown, and the reply where the arrow says so", () => {
    const flow = flowOf(
      "2026-08-21T12:12:18Z: shop/web-0:44916 (ID:31876) <> shop/api-1:80 (ID:9021) Policy denied DROPPED (TCP Flags: SYN)",
    );
    expect(flow.isReply).toBeUndefined();
    expect(flow.ip).toBeUndefined();
    expect(flow.trafficDirection).toBe("TRAFFIC_DIRECTION_UNKNOWN");
    expect(flow).toMatchObject({
      dropReason: "POLICY_DENIED",
      dropCode: 133,
      eventType: { type: 1, subType: 133 },
    });
    expect(presentFields(flow.present ?? 0)).toEqual([
      "time",
      "verdict",
      "l4",
      "source",
      "destination",
      "Type",
      "event_type",
      "Summary",
      "identity",
      "namespace",
      "pod_name",
    ]);
  });

  it("does not guess the year", () => {
    const flow = flowOf(
      "Aug 21 12:12:18.510: 10.0.0.1:5 (host) -> 10.0.0.2:80 (world) to-stack FORWARDED (UDP)",
    );
    expect(flow.timeNs).toBeUndefined();
    expect(flow.timeText).toBe("Aug 21 12:12:18.510");
    expect(presentFields(flow.present ?? 0)).toContain("time");
  });

  it.each([
    ["kubectl logs --timestamps", "2026-08-21T12:12:19.000000001Z ", "2026-08-21T12:12:18.510Z"],
    ["kubectl logs --prefix --timestamps", "[pod/a/b] 2026-08-21T12:12:19Z ", "2026-08-21T12:12:18.510Z"],
    ["a container runtime", "2026-08-21T12:12:19Z stdout F ", "2026-08-21T12:12:18.510Z"],
    ["a log of the day before new year", "2027-01-01T00:00:01Z ", "2026-08-21T12:12:18.510Z"],
  ])("knows the year from %s", (_name, prefix, time) => {
    const text = `${prefix}Aug 21 12:12:18.510: 10.0.0.1:5 (host) -> 10.0.0.2:80 (world) to-stack FORWARDED (UDP)`;
    expect(flowOf(text).timeNs).toBe(ns(time));
    expect(flowOf(text).timeText).toBeUndefined();
  });

  it("takes the old year for what was logged just behind new year", () => {
    const text =
      "2027-01-01T00:00:01Z Dec 31 23:59:59.900: 10.0.0.1 (host) -> 10.0.0.2 (world) to-stack FORWARDED (UDP)";
    expect(flowOf(text).timeNs).toBe(ns("2026-12-31T23:59:59.9Z"));
  });

  it.each([
    ["Aug  1 02:03:04.005", undefined, "Aug  1 02:03:04.005"],
    ["2026-08-21T12:12:18+02:00", "2026-08-21T10:12:18Z", undefined],
    ["Fri, 21 Aug 2026 12:12:18 +0200", "2026-08-21T10:12:18Z", undefined],
    ["N/A", undefined, undefined],
  ])("reads the time format %s", (written, time, text) => {
    const flow = flowOf(`${written}: 10.0.0.1 (host) -> 10.0.0.2 (world) to-stack FORWARDED (UDP)`);
    expect(flow.timeNs).toBe(time === undefined ? undefined : ns(time));
    expect(flow.timeText).toBe(text);
  });

  it("reads colours away", () => {
    const text =
      "Aug 21 12:12:18.510: \u001b[36mshop/web-0\u001b[0m:\u001b[33m44916\u001b[0m \u001b[35m(ID:31876)\u001b[0m -> \u001b[36m10.0.0.2\u001b[0m:80 (world) to-stack \u001b[32mFORWARDED\u001b[0m (TCP Flags: SYN)";
    expect(flowOf(text)).toMatchObject({
      verdict: "FORWARDED",
      source: { namespace: "shop", pod: "web-0", identity: 31876 },
      l4: { sourcePort: 44916, destinationPort: 80 },
      ip: { destination: "10.0.0.2", version: "IPv4" },
    });
  });
});

/** side as printed, identity, what it is. */
const SIDES: readonly (readonly [string, string, object])[] = [
  ["10.0.0.1:5", "world", { ip: "10.0.0.1", identity: 2, port: 5 }],
  ["10.0.0.1", "world-ipv4", { ip: "10.0.0.1", identity: 9 }],
  ["[fd00::1]:5", "world-ipv6", { ip: "fd00::1", identity: 10, port: 5 }],
  ["fd00::1", "ID:16777218", { ip: "fd00::1", identity: 16777218 }],
  ["shop/web-0:5", "ID:31876", { namespace: "shop", pod: "web-0", identity: 31876, port: 5 }],
  [
    "kube-system/kube-dns:53",
    "world",
    { namespace: "kube-system", service: "kube-dns", identity: 2, port: 53 },
  ],
  ["kube-system/kube-dns:53", "unknown", { namespace: "kube-system", service: "kube-dns", port: 53 }],
  ["cilium-health-ep", "health", { pod: "cilium-health-ep", identity: 4 }],
  [
    "a.example.com,b.example.com:443",
    "ID:16777217",
    { names: ["a.example.com", "b.example.com"], identity: 16777217, port: 443 },
  ],
  ["5a:87:00:00:00:01", "unknown", { mac: "5a:87:00:00:00:01" }],
  ["", "kube-apiserver", { identity: 7 }],
];

describe("a side", () => {
  it.each(SIDES)("%s (%s)", (host, identity, expected) => {
    const flow = flowOf(`N/A: ${host} (${identity}) -> 192.0.2.9:9 (host) to-stack FORWARDED (UDP)`);
    const found = {
      ip: flow.ip?.source,
      mac: flow.ethernet?.source,
      identity: flow.source?.identity,
      namespace: flow.source?.namespace ?? flow.sourceService?.namespace,
      pod: flow.source?.pod,
      service: flow.sourceService?.name,
      names: flow.sourceNames,
      port: flow.l4?.sourcePort,
    };
    expect(JSON.parse(JSON.stringify(found))).toEqual(expected);
  });
});

/** type and verdict as printed, what they are. Denied though no rule matched is default deny. */
const WORDS: readonly (readonly [string, object])[] = [
  [
    "policy-verdict:none EGRESS DENIED",
    {
      verdict: "DROPPED",
      eventType: { type: 5, subType: 0 },
      policyMatchType: 0,
      trafficDirection: "EGRESS",
      dropReason: "POLICY_DENIED",
      dropCode: 133,
    },
  ],
  [
    "policy-verdict:L3-L4 INGRESS ALLOWED",
    { verdict: "FORWARDED", policyMatchType: 2, trafficDirection: "INGRESS" },
  ],
  ["policy-verdict:all INGRESS AUDITED", { verdict: "AUDIT", policyMatchType: 4 }],
  [
    "policy-verdict:none EGRESS DENIED BY my-policy (CiliumNetworkPolicy), other",
    {
      verdict: "DROPPED",
      egressDeniedBy: [{ name: "my-policy", kind: "CiliumNetworkPolicy" }, { name: "other" }],
    },
  ],
  [
    "policy-verdict:L3-Only INGRESS ALLOWED BY a (CiliumNetworkPolicy)",
    { ingressAllowedBy: [{ name: "a", kind: "CiliumNetworkPolicy" }] },
  ],
  ["from-endpoint FORWARDED", { eventType: { type: 4, subType: 5 }, traceObservationPoint: "FROM_ENDPOINT" }],
  [
    "pre-xlate-fwd TRACED",
    {
      type: "SOCK",
      verdict: "TRACED",
      eventType: { type: 7, subType: 1 },
      sockXlatePoint: "SOCK_XLATE_POINT_PRE_DIRECTION_FWD",
    },
  ],
  ["Fragmentation needed DROPPED", { dropReason: "CT_MISSING_TCP_ACK_FLAG", dropCode: 136 }],
  ["No tunnel/encapsulation endpoint (datapath BUG!) DROPPED", { dropCode: 160 }],
  [
    "DBG_CAPTURE_DELIVERY VERDICT_UNKNOWN",
    {
      verdict: "VERDICT_UNKNOWN",
      eventType: { type: 3, subType: 0 },
      debugCapturePoint: "DBG_CAPTURE_DELIVERY",
    },
  ],
  ["UNKNOWN FORWARDED", { verdict: "FORWARDED", type: "UNKNOWN_TYPE" }],
  ["to-stack 15", { verdict: "15" }],
];

describe("type and verdict", () => {
  it.each(WORDS)("%s", (words, expected) => {
    expect(flowOf(`N/A: 10.0.0.1:5 (host) <> 10.0.0.2:80 (world) ${words} (TCP Flags: SYN)`)).toMatchObject(
      expected,
    );
  });
});

/** type, summary, what they say. */
const SUMMARIES: readonly (readonly [string, string, object])[] = [
  ["to-stack", "ICMPv4 EchoReply", { l4: { protocol: "ICMPv4", type: 0, code: 0 } }],
  ["to-stack", "ICMPv6 NeighborSolicitation", { l4: { protocol: "ICMPv6", type: 135, code: 0 } }],
  ["to-stack", "SCTP", { l4: { protocol: "SCTP" } }],
  [
    "to-stack",
    "IP Trace ID: 1234; TCP Flags: RST",
    { l4: { flags: ["RST"] }, ipTraceId: { traceId: "1234" } },
  ],
  ["to-stack", "TCP Flags: SYN; SPIRE", { l4: { flags: ["SYN"] }, authType: "SPIRE" }],
  ["to-stack", "TCP Flags: SYN, ACK; Auth: SPIRE", { l4: { flags: ["SYN", "ACK"] }, authType: "SPIRE" }],
  ["to-stack", "TCP Flags: SYN:true ACK:true", { l4: { flags: ["SYN", "ACK"] } }],
  ["to-stack", "TCP Flags: PSH:true  ACK:true", { l4: { flags: ["PSH", "ACK"] } }],
  ["210", "TCP Flags: SYN", { eventType: { type: 1, subType: 210 }, dropCode: 210, dropReason: "210" }],
  [
    "http-request",
    "HTTP/1.1 GET http://api.shop/v1?q=(a)",
    {
      type: "L7",
      l4: { protocol: "TCP" },
      l7: { type: "REQUEST", http: { method: "GET", url: "http://api.shop/v1?q=(a)", protocol: "HTTP/1.1" } },
    },
  ],
  [
    "http-response",
    "HTTP/2 503 12ms (POST http://api/x)",
    {
      l7: { type: "RESPONSE", http: { code: 503, method: "POST", url: "http://api/x", protocol: "HTTP/2" } },
    },
  ],
  [
    "dns-request proxy",
    "DNS Query api.example.com. A",
    { l7: { type: "REQUEST", dns: { query: "api.example.com.", qtypes: ["A"] } } },
  ],
  [
    "dns-response proxy",
    'DNS Answer "10.0.0.1,10.0.0.2" CNAMEs: "c.example." TTL: 30 (Proxy api.example.com. A)',
    {
      eventType: { type: 129, subType: 0 },
      l7: {
        dns: {
          query: "api.example.com.",
          rcode: 0,
          ips: ["10.0.0.1", "10.0.0.2"],
          cnames: ["c.example."],
          ttl: 30,
          qtypes: ["A"],
        },
      },
    },
  ],
  [
    "dns-response",
    "DNS Answer RCode: Non-Existent Domain TTL: 4294967295 (Proxy nope.example. AAAA)",
    { l7: { dns: { query: "nope.example.", rcode: 3, qtypes: ["AAAA"] } } },
  ],
  ["kafka-request", "Kafka produce", { l4: { protocol: "TCP" }, l7: { type: "REQUEST", kafka: {} } }],
];

describe("the summary", () => {
  it.each(SUMMARIES)("of %s: %s", (type, summary, expected) => {
    expect(
      flowOf(`N/A: 10.0.0.1:5 (host) -> 10.0.0.2:80 (world) ${type} FORWARDED (${summary})`),
    ).toMatchObject(expected);
  });

  it("leaves unknown what it has no words for", () => {
    const icmp = flowOf("N/A: 10.0.0.1 (host) -> 10.0.0.2 (world) to-stack FORWARDED (ICMPv4 Strange(9))");
    expect(icmp.l4).toEqual({
      protocol: "ICMPv4",
      type: undefined,
      code: undefined,
      sourcePort: undefined,
      destinationPort: undefined,
    });
    const dns = flowOf(
      "N/A: 10.0.0.1:5 (host) -> 10.0.0.2:53 (world) dns-response FORWARDED (DNS Answer RCode: Strange TTL: 1 (Proxy a. A))",
    );
    expect(dns.l7?.dns?.rcode).toBeUndefined();
    // DNS goes over UDP and TCP: only the ports are known.
    expect(dns.l4).toEqual({ sourcePort: 5, destinationPort: 53 });
    expect(dns.l7?.latencyNs).toBeUndefined();
  });
});

describe("dict and table", () => {
  const DICT = `  TIMESTAMP: 2026-08-21T12:12:18Z
       NODE: k8s1
     SOURCE: shop/web-0:31793
DESTINATION: 2.2.2.2:8080
       TYPE: Policy denied
    VERDICT: DROPPED
    SUMMARY: TCP Flags: SYN`;
  const EXPECTED = {
    timeNs: ns("2026-08-21T12:12:18Z"),
    nodeName: "k8s1",
    source: { namespace: "shop", pod: "web-0" },
    ip: { destination: "2.2.2.2" },
    l4: { protocol: "TCP", sourcePort: 31793, destinationPort: 8080, flags: ["SYN"] },
    verdict: "DROPPED",
    dropCode: 133,
  };

  it("reads a record over seven lines", () => {
    expect(flowOf(DICT)).toMatchObject(EXPECTED);
    expect(flowOf(DICT).source?.identity).toBeUndefined();
    expect(flowOf(DICT).isReply).toBeUndefined();
    expect(decodedOf(DICT.replaceAll("\n", "\r\n")).format).toBe("hubble-dict");
  });

  it.each([
    [
      "with a node",
      "2026-08-21T12:12:18Z   k8s1   shop/web-0:31793   2.2.2.2:8080   Policy denied   DROPPED   TCP Flags: SYN",
      "k8s1",
    ],
    [
      "without",
      "2026-08-21T12:12:18Z   shop/web-0:31793   2.2.2.2:8080   Policy denied   DROPPED   TCP Flags: SYN",
      undefined,
    ],
  ])("reads a row of the table %s", (_name, text, nodeName) => {
    expect(decodedOf(text).format).toBe("hubble-table");
    const { nodeName: _, ...expected } = EXPECTED;
    expect(flowOf(text)).toMatchObject(expected);
    expect(flowOf(text).nodeName).toBe(nodeName);
  });

  it.each([
    ["TIMESTAMP             SOURCE          DESTINATION    TYPE            VERDICT   SUMMARY"],
    ["TIMESTAMP             NODE   SOURCE          DESTINATION    TYPE            VERDICT   SUMMARY"],
    ["------------"],
  ])("counts no record for %s", (text) => {
    expect(decodeText(text)).toEqual({ ok: true, value: { several: [] } });
  });
});

describe("what is beside the flows", () => {
  it.each([
    ["compact", "EVENTS LOST: HUBBLE_RING_BUFFER CPU(3) 18446744073709551615", 18446744073709551615n],
    ["table", "HUBBLE_RING_BUFFER      EVENTS LOST      CPU(0) - 5", 5n],
    [
      "dict",
      "TIMESTAMP: \n     SOURCE: HUBBLE_RING_BUFFER\n       TYPE: EVENTS LOST\n    VERDICT: \n    SUMMARY: CPU(0) - 7",
      7n,
    ],
    ["compact without a number", "EVENTS LOST: HUBBLE_RING_BUFFER CPU(0) 0", undefined],
  ])("lost events of %s", (_name, text, lostEvents) => {
    expect(otherOf(text)).toMatchObject({
      kind: "lost_events",
      lostEvents,
      detail: `${lostEvents === undefined ? "a loss was reported, without a number" : `${lostEvents} events lost`} (HUBBLE_RING_BUFFER)`,
    });
  });

  it("a node's state", () => {
    expect(otherOf("2026-08-21T12:00:00Z [relay]: 2 nodes are unavailable: a, b")).toMatchObject({
      kind: "node_status",
      nodeName: undefined,
      timeNs: ns("2026-08-21T12:00:00Z"),
      detail: "2 nodes are unavailable: a, b",
    });
    expect(otherOf("2026-08-21T12:00:00Z [relay]: 1 nodes removed from cluster: k/a")).toMatchObject({
      nodeName: "k/a",
    });
    expect(otherOf('TIMESTAMP: N/A\n      STATE: NODE_GONE\n      NODES: a\n    MESSAGE: "x"')).toMatchObject(
      {
        nodeName: "a",
        detail: 'NODE_GONE: a: "x"',
      },
    );
  });

  it.each([
    ["no verdict", "Aug 21 12:12:18.510: a/b:1 (ID:5) -> c/d:2 (ID:6) to-stack (UDP)"],
    ["no identity", "Aug 21 12:12:18.510: a/b:1 (who) -> c/d:2 (ID:6) to-stack FORWARDED (UDP)"],
    ["torn", "Aug 21 12:12:18.510: a/b:1 (ID:5) -> c/d:2 (ID:6) to-stack FORWARDED (TCP Fl"],
    ["a dict without verdict", "TIMESTAMP: N/A\n     SOURCE: a"],
    [
      "too long for a printed line",
      `Aug 21 12:12:18.510: a/b:1 (ID:5) -> c/d:2 (ID:6) to-stack FORWARDED (${"x".repeat(70_000)})`,
    ],
  ])("refuses %s", (_name, text) => {
    expect(refusalOf(text).code).toBe("not_a_record");
  });
});

import { describe, expect, it } from "vitest";
import { parseTime } from "@/lib/base/time";
import { presentFields } from "@/lib/flow/presence";
import { decodedOf, flowOf, refusalOf } from "./testing";

const T = "2026-08-21T12:12:30Z";
const row = (columns: object): string => JSON.stringify({ TimeGenerated: T, ...columns });

/** A row of ContainerNetworkLogs as a data export writes it: dynamic columns are JSON. */
const AGGREGATED = {
  TenantId: "t",
  SourceSystem: "",
  TimeGenerated: T,
  UUID: "2b6ac1a6-6a9a-4b9b-8d8f-6b41e2a3c001",
  Verdict: "DROPPED",
  DropReason: "POLICY_DENIED",
  IP: { ipVersion: "IPv4", encrypted: true },
  Layer4: { TCP: { destination_port: 443 } },
  SourceIdentity: 31876,
  DestinationIdentity: 2,
  SourceClusterName: "prod",
  SourceNamespace: "shop",
  SourceWorkloads: [{ name: "web", kind: "Deployment" }],
  Reply: false,
  IngressFlowCount: 0,
  EgressFlowCount: 40,
  UnknownDirectionFlowCount: 2,
  Type: "ContainerNetworkLogs",
  _ResourceId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/prod",
};

describe("a row of ContainerNetworkLogs", () => {
  it("is a flow with what aggregation left of it", () => {
    const { format, record } = decodedOf(JSON.stringify(AGGREGATED));
    expect(format).toBe("log-analytics");
    expect(record).toMatchObject({
      kind: "flow",
      flow: {
        timeNs: parseTime(T),
        verdict: "DROPPED",
        dropReason: "POLICY_DENIED",
        dropCode: 133,
        ip: { version: "IPv4", encrypted: true },
        l4: { protocol: "TCP", destinationPort: 443 },
        source: {
          identity: 31876,
          cluster: "prod",
          namespace: "shop",
          workloads: [{ kind: "Deployment", name: "web" }],
        },
        destination: { identity: 2 },
        isReply: false,
        aggregate: { ingressFlowCount: "0", egressFlowCount: "40", unknownDirectionFlowCount: "2" },
        events: 42,
        eventsAtLeast: false,
      },
    });
  });

  it("does not take the UUID for an identity, and leaves unknown what it has no column for", () => {
    const flow = flowOf(JSON.stringify(AGGREGATED));
    expect(flow.uuid).toBeUndefined();
    expect(presentFields(flow.present ?? 0)).toEqual([
      "time",
      "verdict",
      "IP",
      "l4",
      "source",
      "destination",
      "is_reply",
      "identity",
      "namespace",
      "workloads",
    ]);
    expect(flow.trafficDirection).toBe("TRAFFIC_DIRECTION_UNKNOWN");
    expect(flow.type).toBe("UNKNOWN_TYPE");
  });

  it("is told from others by its text without the UUID", () => {
    const text = JSON.stringify(AGGREGATED);
    const other = text.replace(AGGREGATED.UUID, "0f0f0f0f-6a9a-4b9b-8d8f-6b41e2a3c001");
    expect(decodedOf(text).identity).toBe(text.replace(AGGREGATED.UUID, ""));
    expect(decodedOf(other).identity).toBe(decodedOf(text).identity);
    expect(decodedOf(text.replace("443", "444")).identity).not.toBe(decodedOf(text).identity);
  });

  it("reads every other column where its place in a flow is", () => {
    const flow = flowOf(
      row({
        Verdict: "FORWARDED",
        FlowType: "L7",
        NodeName: "aks-np-01",
        EventType: { type: 129 },
        TrafficDirection: "INGRESS",
        TraceObservationPoint: "TO_ENDPOINT",
        SourcePodName: "web-0",
        DestinationNamespace: "shop",
        DestinationPodName: "api-1",
        DestinationWorkloads: '[{"name":"api","kind":"ReplicaSet"}]',
        Layer4: '{"UDP":{"source_port":5,"destination_port":53}}',
        Layer7: '{"type":"RESPONSE","dns":{"query":"a.example.","rcode":3}}',
        Service: '{"DestinationService":"kube-dns","DestinationServiceNamespace":"kube-system"}',
        AdditionalFlowData:
          '{"EthernetSource":"5a:87:00:00:00:01","SourceLabels":["k8s:app=web"],"Summary":"DNS","Extensions":{"a":1}}',
      }),
    );
    expect(flow).toMatchObject({
      type: "L7",
      nodeName: "aks-np-01",
      eventType: { type: 129, subType: 0 },
      trafficDirection: "INGRESS",
      traceObservationPoint: "TO_ENDPOINT",
      source: { pod: "web-0", labels: ["k8s:app=web"] },
      destination: { namespace: "shop", pod: "api-1", workloads: [{ name: "api", kind: "ReplicaSet" }] },
      l4: { protocol: "UDP", sourcePort: 5, destinationPort: 53 },
      l7: { type: "RESPONSE", dns: { query: "a.example.", rcode: 3 } },
      destinationService: { name: "kube-dns", namespace: "kube-system" },
      ethernet: { source: "5a:87:00:00:00:01" },
      summary: "DNS",
      extensions: { a: 1 },
      events: 1,
      eventsAtLeast: false,
    });
  });

  it("reads the policies, whose lists are JSON in text in JSON", () => {
    const list = JSON.stringify([
      { name: "deny", namespace: "shop", kind: "CiliumNetworkPolicy", revision: "7" },
    ]);
    const expected = [{ name: "deny", namespace: "shop", kind: "CiliumNetworkPolicy", revision: "7" }];
    for (const Policies of [
      { egress_denied_by: list },
      JSON.stringify({ egress_denied_by: list }),
      // RetinaNetworkFlowLogs has plain lists.
      { egress_denied_by: JSON.parse(list) as unknown },
    ])
      expect(flowOf(row({ Verdict: "DROPPED", Policies })).egressDeniedBy).toEqual(expected);
    expect(
      flowOf(row({ Verdict: "DROPPED", Policies: { egress_denied_by: null } })).egressDeniedBy,
    ).toBeUndefined();
    // Without a direction they say nothing of the flow, and refuse no row.
    for (const Policies of [list, JSON.parse(list) as unknown])
      expect(flowOf(row({ Verdict: "DROPPED", Policies }))).toMatchObject({ verdict: "DROPPED" });
  });
});

/** What the columns hold, and what is read of it. */
const SPELLINGS: readonly (readonly [string, object, object])[] = [
  [
    "all as text, as the az command line writes it",
    {
      TableName: "PrimaryResult",
      SourceIdentity: "31876",
      Reply: "True",
      EgressFlowCount: "42",
      IngressFlowCount: "None",
    },
    { source: { identity: 31876 }, isReply: true, events: 42 },
  ],
  [
    "nothing, in every spelling",
    { Verdict: "FORWARDED", SourceNamespace: "None", SourceIdentity: null, DropReason: "", NodeName: "NaN" },
    { verdict: "FORWARDED" },
  ],
  [
    "numbers of a data frame",
    { SourceIdentity: "31876.0", EgressFlowCount: "42.0" },
    { source: { identity: 31876 }, events: 42 },
  ],
  ["a reply as 0", { Verdict: "FORWARDED", Reply: "0" }, { isReply: false }],
  [
    "a response code as text",
    { Verdict: "FORWARDED", Layer7: '{"type":"RESPONSE","dns":{"rcode":"3"}}' },
    { l7: { dns: { rcode: 3 } } },
  ],
  [
    "a response code by its name",
    { Verdict: "FORWARDED", Layer7: '{"type":"RESPONSE","dns":{"rcode":"NXDOMAIN"}}' },
    { l7: { dns: { rcode: 3 } } },
  ],
  [
    "no response code: it succeeded",
    { Verdict: "FORWARDED", Layer7: '{"type":"RESPONSE","dns":{}}' },
    { l7: { dns: { rcode: 0 } } },
  ],
  [
    "addresses with capitals, as in a sample query",
    { Verdict: "FORWARDED", IP: '{"Source":"10.0.0.1","Destination":"10.0.0.2"}' },
    { ip: { source: "10.0.0.1", destination: "10.0.0.2" } },
  ],
  [
    "a protocol in small letters",
    { Verdict: "FORWARDED", Layer4: '{"tcp":{"destination_port":443}}' },
    { l4: { protocol: "TCP", destinationPort: 443 } },
  ],
  ["a verdict as a number", { Verdict: "2" }, { verdict: "DROPPED" }],
  [
    "columns in other letters",
    { sourcenamespace: "shop", VERDICT: "AUDIT" },
    { verdict: "AUDIT", source: { namespace: "shop" } },
  ],
  ["blanks around", { Verdict: " DROPPED ", DropReason: "  " }, { verdict: "DROPPED" }],
  ["no drop", { Verdict: "FORWARDED", DropReason: "DROP_REASON_UNKNOWN" }, { verdict: "FORWARDED" }],
];

describe("spellings of the exports", () => {
  it.each(SPELLINGS)("%s", (_name, columns, expected) => {
    expect(flowOf(row(columns))).toMatchObject(expected);
  });

  it("leaves out what is not there", () => {
    const flow = flowOf(
      row({ Verdict: "FORWARDED", SourceNamespace: "None", Reply: "None", DropReason: "" }),
    );
    expect([flow.source, flow.isReply, flow.dropReason, flow.dropCode]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("events of a row", () => {
  it.each([
    ["its counters", { EgressFlowCount: 40, IngressFlowCount: 2 }, 42, false],
    [
      "its counters, with thousands parted",
      { EgressFlowCount: "1,234,567", IngressFlowCount: "1,000.0", UnknownDirectionFlowCount: "12" },
      1_235_579,
      false,
    ],
    ["at least one, when a query left the counters out", {}, 1, true],
    ["at least one, when they are all zero", { EgressFlowCount: 0 }, 1, true],
    ["one, where a pod tells that it was not aggregated", { SourcePodName: "web-0" }, 1, false],
    ["one, where a source port does", { Layer4: '{"TCP":{"source_port":5}}' }, 1, false],
    ["one, for the older table", { PacketsSent: 1 }, 1, false],
  ])("are %s", (_name, columns, events, eventsAtLeast) => {
    expect(flowOf(row({ Verdict: "FORWARDED", ...columns }))).toMatchObject({ events, eventsAtLeast });
  });
});

it.each(["1,23", "12,3456", ",123", "1,,234"])("does not guess what %s counts", (EgressFlowCount) => {
  expect(refusalOf(row({ Verdict: "FORWARDED", EgressFlowCount })).code).toBe("field_invalid");
});

describe("a query's own columns", () => {
  it.each([
    ["a time and a verdict", { TimeGenerated: T, Verdict: "DROPPED" }],
    ["a time and a namespace", { TimeGenerated: T, DestinationNamespace: "shop" }],
    ["a renamed time and an identity", { Timestamp: T, SourceIdentity: 5 }],
    ["a time with a zone", { "TimeGenerated [UTC]": "8/21/2026, 12:12:30 PM", Verdict: "DROPPED" }],
  ])("%s are enough", (_name, columns) => {
    expect(flowOf(JSON.stringify(columns)).timeNs).toBe(parseTime(T));
  });

  it.each([
    ["no time", { TableName: "PrimaryResult", Verdict: "DROPPED" }],
    ["nothing of a flow", { TimeGenerated: T, Count: 5 }],
  ])("%s is no flow", (_name, columns) => {
    expect(refusalOf(JSON.stringify(columns)).code).toBe("not_a_flow");
  });

  it("keeps a time that does not say the instant as its text", () => {
    const flow = flowOf('{"TimeGenerated [Local Time]":"8/21/2026, 12:12:30 PM","Verdict":"DROPPED"}');
    expect([flow.timeNs, flow.timeText]).toEqual([undefined, "8/21/2026, 12:12:30 PM"]);
  });

  it.each([
    ["identity", { SourceIdentity: "many" }],
    ["Reply", { Verdict: "DROPPED", Reply: "perhaps" }],
    ["layer4", { Verdict: "DROPPED", Layer4: '{"TCP":' }],
    ["Layer7.dns.rcode", { Verdict: "DROPPED", Layer7: '{"dns":{"rcode":"WHAT"}}' }],
  ])("refuses a wrong %s by its name", (name, columns) => {
    const { code, message } = refusalOf(row(columns));
    expect(code).toBe("field_invalid");
    expect(message.toLowerCase()).toContain(name.toLowerCase());
  });
});

describe("rows of tables", () => {
  const columns = ["TimeGenerated [UTC]", "Verdict", "Layer4", "EgressFlowCount"];

  it.each([
    [
      "CSV",
      { columns, separator: "," as const },
      '"8/21/2026, 12:12:30.000 PM",DROPPED,"{""TCP"":{""destination_port"":443}}",42',
    ],
    [
      "CSV of a spreadsheet",
      { columns, separator: ";" as const },
      '8/21/2026, 12:12:30 PM;DROPPED;"{""TCP"":{""destination_port"":443}}";42',
    ],
    ["JSON", { columns }, '["2026-08-21T12:12:30Z","DROPPED","{\\"TCP\\":{\\"destination_port\\":443}}",42]'],
  ])("are read by the columns of their file: %s", (_name, context, text) => {
    expect(flowOf(text, context)).toMatchObject({
      timeNs: parseTime(T),
      verdict: "DROPPED",
      l4: { protocol: "TCP", destinationPort: 443 },
      events: 42,
    });
    expect(decodedOf(text, context).identity).toBe(text);
  });

  it("with more or fewer cells than columns are no records", () => {
    const context = { columns, separator: "," as const };
    expect(refusalOf("2026-08-21T12:12:30Z,DROPPED", context).code).toBe("not_a_record");
    expect(refusalOf('2026-08-21T12:12:30Z,DROPPED,"{",1', context).code).toBe("field_invalid");
  });

  it("do not keep other records of the file from being read", () => {
    const context = { columns, separator: "," as const };
    expect(flowOf('{"flow":{"verdict":"AUDIT"}}', context).verdict).toBe("AUDIT");
    expect(flowOf("N/A: 10.0.0.1 (host) -> 10.0.0.2 (world) to-stack FORWARDED (UDP)", context).verdict).toBe(
      "FORWARDED",
    );
  });
});

describe("columns of a data frame or a table of one's own", () => {
  it.each([
    [{ "Layer4.TCP.destination_port": "443.0", "IP.Source": "10.0.0.1", "IP.encrypted": "True" }],
    [{ Layer4_TCP_destination_port: 443, IP_source: "10.0.0.1", IP_encrypted: true }],
    [
      {
        Layer4_s: '{"TCP":{"destination_port":443}}',
        "IP_s [UTC]": '{"source":"10.0.0.1","encrypted":true}',
      },
    ],
  ])("are members of their objects: %j", (columns) => {
    const flow = flowOf(row({ Verdict_s: "DROPPED", SourceNamespace_s: "shop", ...columns }));
    expect(flow).toMatchObject({
      verdict: "DROPPED",
      source: { namespace: "shop" },
      l4: { protocol: "TCP", destinationPort: 443 },
      ip: { source: "10.0.0.1", encrypted: true },
    });
  });

  it("yield to the object itself", () => {
    const flow = flowOf(row({ Verdict: "DROPPED", Layer4: { UDP: {} }, "Layer4.TCP.destination_port": 443 }));
    expect(flow.l4).toMatchObject({ protocol: "UDP" });
  });
});

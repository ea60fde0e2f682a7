import { describe, expect, it } from "vitest";
import { decodeRecord, decodeText } from "./decode";
import type { Decoded } from "./record";

function decoded(text: string): Decoded {
  const result = decodeText(text);
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  if (!("record" in result.value)) throw new Error("not one record");
  return result.value;
}

function refused(text: string): { code: string; message: string } {
  const result = decodeText(text);
  if (result.ok) throw new Error("was accepted");
  return result.failure;
}

const T = "2026-08-21T12:12:18.510175415Z";
const T_NS = 1787314338510175415n;
/** Another time, for the envelope. */
const E = "2026-08-21T12:12:19Z";
const E_NS = 1787314339000000000n;

describe("the envelope", () => {
  it.each([
    [
      "the flow's own time and node before the envelope's",
      `{"flow":{"verdict":"FORWARDED","time":"${T}","node_name":"a"},"node_name":"b","time":"${E}"}`,
      T_NS,
      "a",
    ],
    [
      "the envelope's, where the flow has none",
      `{"flow":{"verdict":"FORWARDED"},"node_name":"b","time":"${E}"}`,
      E_NS,
      "b",
    ],
    ["camelCase of gateways", `{"flow":{"verdict":"FORWARDED"},"nodeName":"b","time":"${E}"}`, E_NS, "b"],
    [
      "the envelope's, where the flow's time cannot be read",
      `{"flow":{"verdict":"FORWARDED","time":"?"},"node_name":"b","time":"${E}"}`,
      E_NS,
      "b",
    ],
    ["a masked envelope, which has neither", '{"flow":{"source":{},"destination":{}}}', undefined, undefined],
    ["an unreadable envelope time", '{"flow":{"verdict":"AUDIT"},"time":"later"}', undefined, undefined],
    ["an empty flow", '{"flow":{}}', undefined, undefined],
  ])("takes %s", (_name, text, timeNs, nodeName) => {
    const { format, record } = decoded(text);
    expect(format).toBe("hubble");
    expect(record).toMatchObject({ kind: "flow", flow: { timeNs, nodeName } });
  });

  it.each([
    ['{"flow":{"rate":5},"time":"2026-08-21T12:12:18Z"}', "not_a_flow"],
    ['{"flow":{"type":"x","summary":"y"}}', "not_a_flow"],
    ['{"flow.rate":5,"flow.unit":"l/s"}', "not_a_flow"],
    [
      '{"timestamp":"2026-08-21T12:12:18+0000","event_type":"flow","src_ip":"10.0.0.1","dest_ip":"10.0.0.2","flow":{"state":"new","age":0}}',
      "known_not_read",
    ],
    [
      '{"flow":{"id":"a","final":true},"source":{"ip":"10.0.0.1"},"event":{"dataset":"flow"}}',
      "known_not_read",
    ],
  ])("is none whose flow is another one: %s", (text, code) => {
    expect(refused(text).code).toBe(code);
  });

  it("is still one where an older version took it for one", () => {
    expect(decodeRecord('{"flow":{"rate":5}}')).toMatchObject({ record: { kind: "flow" } });
    expect(decodeRecord(`{"records":[5,{"flow":{"rate":5}}]}`, undefined, 1)).toMatchObject({
      format: "hubble",
    });
    expect(decodeRecord('{"rate":5}')).toBeUndefined();
  });

  it("skips text before the first brace", () => {
    const { record } = decoded('[pod/cilium-x/agent] 2026-08-21 level=info {"flow":{"verdict":"AUDIT"}}');
    expect(record).toMatchObject({ kind: "flow", flow: { verdict: "AUDIT" } });
  });

  it("reads a bare flow", () => {
    const { format, record } = decoded(`{"verdict":"DROPPED","time":"${T}","IP":{"source":"10.0.0.1"}}`);
    expect(format).toBe("hubble-bare");
    expect(record).toMatchObject({ kind: "flow", flow: { verdict: "DROPPED", timeNs: T_NS } });
  });

  it.each([
    ['{"event_type":{"type":1},"l4":{"TCP":{}}}'],
    ['{"eventType":{"type":1},"source":{}}'],
    ['{"Type":"L7","source":{}}'],
    ['{"verdict":"DROPPED","destination":{"pod_name":"a"}}'],
    ['{"verdict":"DROPPED","time":"2026-08-21T12:12:18Z","drop_reason_desc":"POLICY_DENIED"}'],
  ])("knows %s as a bare flow", (text) => {
    expect(decoded(text)).toMatchObject({ format: "hubble-bare", record: { kind: "flow" } });
  });
});

/** text, kind, time, node, lost events, sentence. */
const OTHERS: readonly (readonly [
  string,
  string,
  bigint | undefined,
  string | undefined,
  bigint | undefined,
  string,
])[] = [
  [
    `{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"18446744073709551615","cpu":3},"node_name":"n","time":"${T}"}`,
    "lost_events",
    T_NS,
    "n",
    18446744073709551615n,
    "18446744073709551615 events lost (HUBBLE_RING_BUFFER)",
  ],
  [
    `{"lostEvents":{"source":1,"numEventsLost":"7","first":"${E}","last":"${T}"},"nodeName":"n"}`,
    "lost_events",
    E_NS,
    "n",
    7n,
    "7 events lost (PERF_EVENT_RING_BUFFER)",
  ],
  [
    '{"lost_events":{}}',
    "lost_events",
    undefined,
    undefined,
    undefined,
    "a loss was reported, without a number (UNKNOWN_LOST_EVENT_SOURCE)",
  ],
  [
    '{"lost_events":{"num_events_lost":"","source":3},"node_name":"n"}',
    "lost_events",
    undefined,
    "n",
    undefined,
    "a loss was reported, without a number (HUBBLE_RING_BUFFER)",
  ],
  [
    '{"lost_events":{"num_events_lost":"01","source":""}}',
    "lost_events",
    undefined,
    undefined,
    1n,
    "1 event lost (UNKNOWN_LOST_EVENT_SOURCE)",
  ],
  [
    `{"lost_events":{"num_events_lost":5,"first":"${E}"},"time":"garbage"}`,
    "lost_events",
    E_NS,
    undefined,
    5n,
    "5 events lost (UNKNOWN_LOST_EVENT_SOURCE)",
  ],
  [
    `{"node_status":{"state_change":"NODE_GONE","node_names":["a","b"],"message":"timeout"},"time":"${T}"}`,
    "node_status",
    T_NS,
    undefined,
    undefined,
    "NODE_GONE: a, b: timeout",
  ],
  [
    `{"node_status":{"state_change":"NODE_UNAVAILABLE","node_names":["k/n9"]},"node_name":"relay","time":"${T}"}`,
    "node_status",
    T_NS,
    "k/n9",
    undefined,
    "NODE_UNAVAILABLE: k/n9",
  ],
  ['{"nodeStatus":{"stateChange":1}}', "node_status", undefined, undefined, undefined, "NODE_CONNECTED"],
  [
    `{"debug_event":{"type":"DBG_GENERIC","message":"No message"},"node_name":"n","time":"${T}"}`,
    "debug_event",
    T_NS,
    "n",
    undefined,
    "DBG_GENERIC: No message",
  ],
  ['{"debugEvent":{"type":42}}', "debug_event", undefined, undefined, undefined, "42"],
  ['{"debug_event":{}}', "debug_event", undefined, undefined, undefined, "DBG_EVENT_UNKNOWN"],
];

/** Payload of an agent event, and its sentence. */
const AGENT_EVENTS: readonly (readonly [string, string])[] = [
  ["{}", "AGENT_EVENT_UNKNOWN"],
  ['{"type":"AGENT_EVENT_UNKNOWN","unknown":{"type":"9","notification":"x"}}', "AGENT_EVENT_UNKNOWN 9: x"],
  [`{"type":"AGENT_STARTED","agent_start":{"time":"${T}"}}`, `AGENT_STARTED ${T}`],
  [
    '{"type":"POLICY_UPDATED","policy_update":{"labels":["a","b"],"revision":"5","rule_count":"2"}}',
    "POLICY_UPDATED a, b",
  ],
  ['{"type":4,"policyUpdate":{"ruleCount":"1"}}', "POLICY_DELETED"],
  [
    '{"type":"ENDPOINT_REGENERATE_SUCCESS","endpoint_regenerate":{"id":"3","labels":["x"]}}',
    "ENDPOINT_REGENERATE_SUCCESS x",
  ],
  [
    '{"type":"ENDPOINT_REGENERATE_FAILURE","endpoint_regenerate":{"error":"no memory"}}',
    "ENDPOINT_REGENERATE_FAILURE no memory",
  ],
  [
    '{"type":"ENDPOINT_CREATED","endpoint_update":{"pod_name":"web-0","namespace":"shop"}}',
    "ENDPOINT_CREATED shop/web-0",
  ],
  ['{"type":"ENDPOINT_DELETED","endpointUpdate":{"podName":"web-0"}}', "ENDPOINT_DELETED web-0"],
  [
    '{"type":"IPCACHE_UPSERTED","ipcache_update":{"cidr":"10.0.0.1/32","identity":5}}',
    "IPCACHE_UPSERTED 10.0.0.1/32",
  ],
  [
    '{"type":"IPCACHE_DELETED","ipcache_update":{"cidr":"10.0.0.1/32","namespace":"shop","pod_name":"web-0"}}',
    "IPCACHE_DELETED 10.0.0.1/32 shop/web-0",
  ],
  [
    '{"type":"SERVICE_UPSERTED","service_upsert":{"id":7,"name":"api","namespace":"shop"}}',
    "SERVICE_UPSERTED shop/api",
  ],
  ['{"type":"SERVICE_DELETED","service_delete":{"id":7}}', "SERVICE_DELETED service 7"],
  ['{"type":99}', "99"],
];

describe("members that are not flows", () => {
  it.each(OTHERS)("keeps %s", (text, kind, timeNs, nodeName, lostEvents, detail) => {
    const { record } = decoded(text);
    if (record.kind !== "other") throw new Error("a flow");
    const { lostRange: _, ...other } = record.other;
    expect({ kind: record.kind, other }).toEqual({
      kind: "other",
      other: { kind, timeNs, nodeName, lostEvents, detail },
    });
  });

  it.each(AGENT_EVENTS)("says what the agent event %s was", (payload, detail) => {
    const { record } = decoded(`{"agent_event":${payload},"node_name":"n","time":"${T}"}`);
    expect(record).toMatchObject({
      kind: "other",
      other: { kind: "agent_event", timeNs: T_NS, nodeName: "n", detail },
    });
    const inCamelCase = decoded(`{"agentEvent":${payload},"nodeName":"n","time":"${T}"}`);
    expect(inCamelCase.record).toEqual(record);
  });

  it.each([
    [
      '{"source":"PERF_EVENT_RING_BUFFER","num_events_lost":"3"}',
      "lost_events",
      "3 events lost (PERF_EVENT_RING_BUFFER)",
    ],
    ['{"numEventsLost":"3"}', "lost_events", "3 events lost (UNKNOWN_LOST_EVENT_SOURCE)"],
    ['{"type":"IPCACHE_UPSERTED","ipcache_update":{"cidr":"::/0"}}', "agent_event", "IPCACHE_UPSERTED ::/0"],
    ['{"type":"DBG_GENERIC","message":"x"}', "debug_event", "DBG_GENERIC: x"],
  ])("reads the bare %s of old command lines", (text, kind, detail) => {
    expect(decoded(text)).toMatchObject({ format: "hubble-bare", record: { other: { kind, detail } } });
  });

  it.each([
    ["num_events_lost", '{"lost_events":{"num_events_lost":"many"}}'],
    ["node_names", '{"node_status":{"node_names":"a"}}'],
    ["agent_event", '{"agent_event":5}'],
    ["cidr", '{"agent_event":{"ipcache_update":{"cidr":{}}}}'],
    ["policy_update", '{"agent_event":{"policy_update":[]}}'],
    ["debug_event.type", '{"debug_event":{"type":{}}}'],
  ])("refuses a wrong %s by its name", (field, text) => {
    const { code, message } = refused(text);
    expect(code).toBe("field_invalid");
    expect(message.startsWith(`${field} is`)).toBe(true);
  });
});

describe("what is refused", () => {
  it.each([
    ["json_invalid", '{"flow":{"verdict":"DROPPED"'],
    ["json_invalid", "{'flow':{1:2}}"],
    ["json_invalid", "{'flow':{'verdict':'DROPPED}}"],
    ["json_invalid", '{"flow":{}} behind'],
    ["not_a_record", "no JSON here"],
    // An empty list deep in a document is no answer without records.
    ["not_a_flow", '{"time":"x","flowRecords":{"flows":[]}}'],
    ["not_a_record", ""],
    ["not_a_record", "[1,2,3]"],
    ["not_a_record", "[pod/x] {broken"],
    ["not_a_flow", "{}"],
    ["not_a_flow", '{"a":1,"b":2}'],
    ["not_a_flow", '{"verdict":"DROPPED"}'],
    ["not_a_flow", '{"flow":null}'],
    ["field_invalid", '{"flow":"a"}'],
    ["field_invalid", '{"flow":{"verdict":true}}'],
    ["field_invalid", '{"flow":{},"node_name":5}'],
  ])("%s: %s", (code, text) => {
    const failure = refused(text);
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(/\.$/);
  });

  it.each([
    ["Tetragon event", '{"process_exec":{"process":{}},"node_name":"n","time":"x"}'],
    ["Tetragon event", '{"process_exec":{"process":{}},"node_name":"n"}'],
    ["Tetragon event", '{"rate_limit_info":{"number_of_dropped_process_events":"5"},"time":"x"}'],
    ["Tetragon event", '{"log":"{\\"process_exit\\":{},\\"node_name\\":\\"n\\"}\\n","stream":"stdout"}'],
    ["GKE network policy log", '{"connection":{"src_ip":"1.1.1.1"},"disposition":"deny"}'],
    ["GKE network policy log", '{"jsonPayload":{"connection":{"src_ip":"1.1.1.1"},"disposition":"deny"}}'],
    ["Calico flow log", '{"reporter":"src","source_namespace":"a"}'],
    [
      "Printed agent event",
      "Aug 21 12:12:18.510: IPCACHE_UPSERTED (cidr: 10.0.0.1/32, identity: 5, encrypt key: 0)",
    ],
    ["Printed agent event", "Aug 21 12:12:18.510 [prod/n1]: AGENT_STARTED (start time: Aug 21 12:12:18.510)"],
    ["Printed agent event", "Aug 21 12:12:18.510   ENDPOINT_CREATED   id: 5, namespace: shop"],
    [
      "Printed agent event",
      "  TIMESTAMP: Aug 21 12:12:18.510\n       TYPE: POLICY_UPDATED\n    DETAILS: labels: []",
    ],
    [
      "Printed debug event",
      "Aug 21 12:12:18.510: shop/a (ID: 5) DBG_CT_LOOKUP4_1 MARK: 0x5 CPU: 01 (conntrack lookup)",
    ],
    ["Printed debug event", "Aug 21 12:12:18.510   shop/a (ID: 5)      DBG_GENERIC   01 0x5   text"],
    [
      "Printed debug event",
      "  TIMESTAMP: Aug 21 12:12:18.510\n       TYPE: DBG_GENERIC\n       FROM: ID: 5\n    MESSAGE: text",
    ],
    ["Envoy access log", '{"response_flags":"-","upstream_cluster":"x"}'],
    [
      "ztunnel access log",
      '2026-08-21T12:00:00.1Z info access connection complete src.addr=10.0.0.1:5 src.workload="web" src.namespace="shop" dst.addr=10.0.0.2:15008 direction="outbound"',
    ],
    [
      "ztunnel access log",
      '{"level":"info","scope":"access","message":"connection complete","src.addr":"10.0.0.1:5","dst.addr":"10.0.0.2:15008"}',
    ],
    [
      "Envoy access log",
      '[2026-08-21T12:12:18.510Z] "GET /x HTTP/1.1" 403 - rbac_access_denied - "-" 0 19 0 - inbound|80|| - -',
    ],
    ["Output of cilium monitor", '{"cpu":"CPU 01:","type":"drop","mark":"0x1","reason":"Policy denied"}'],
    [
      "Output of cilium monitor",
      "xx drop (Policy denied) flow 0x1c4b3f from endpoint 211 to identity 9021->world: 10.0.0.1:1 -> 10.0.0.2:80 tcp SYN",
    ],
    [
      "Output of cilium monitor",
      "-> endpoint 211 flow 0x0 , identity 5->9 state established: 10.0.0.1:4240 -> 10.0.0.2:80 tcp ACK",
    ],
    [
      "NSG or virtual network flow log of Azure Network Watcher",
      '{"time":"x","category":"NetworkSecurityGroupFlowEvent","properties":{"flows":[]}}',
    ],
  ])("known_not_read: %s", (name, text) => {
    const failure = refused(text);
    expect(failure.code).toBe("known_not_read");
    expect(failure.message.startsWith(`${name}: known, not read yet.`)).toBe(true);
  });

  it("does not call a record rubbish that merely has a member of that name", () => {
    expect(decoded('{"flow":{"verdict":"DROPPED"},"process_x":1}').format).toBe("hubble");
  });

  it("reads 200,000 nested lists without giving way", () => {
    const text = `{"flow":{"verdict":"AUDIT","unknown":${"[".repeat(200_000)}${"]".repeat(200_000)}}}`;
    expect(decoded(text).record).toMatchObject({ kind: "flow", flow: { verdict: "AUDIT" } });
    expect(refused(`{"a":${"[".repeat(200_000)}`).code).toBe("json_invalid");
  });

  it("takes the last of two equal members, as every reader of JSON does", () => {
    expect(decoded('{"flow":{"verdict":"DROPPED","verdict":"AUDIT"}}').record).toMatchObject({
      flow: { verdict: "AUDIT" },
    });
  });

  it("does not quote the record in its reason", () => {
    expect(refused('{"secret":tru}').message).not.toContain("secret");
    expect(refused('{"flow" "secret, hidden":1}').message).not.toContain("secret");
  });
});

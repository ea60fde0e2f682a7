import { describe, expect, it } from "vitest";
import { ok } from "@/lib/base/result";
import { parseTime } from "@/lib/base/time";
import { decodeText } from "./decode";
import { decodedOf, flowOf, refusalOf } from "./testing";

const RECORD = '{"flow":{"verdict":"DROPPED","time":"2026-08-21T12:12:18Z"},"node_name":"n1"}';
const object = JSON.parse(RECORD) as { flow: object };

function kvlist(members: Readonly<Record<string, unknown>>): object {
  return { kvlistValue: { values: Object.entries(members).map(([key, value]) => ({ key, value })) } };
}

describe("a record as Python prints it", () => {
  it("is read, with its words and escapes", () => {
    const printed =
      "{'flow': {'verdict': 'DROPPED', 'is_reply': True, 'l7': None, 'uuid': \"it's\", 'Summary': 'a\\'b\\x41\\u00fc\\n\"True\"', 'l4': {'TCP': {'source_port': 1}}}}";
    expect(flowOf(printed)).toMatchObject({
      verdict: "DROPPED",
      isReply: true,
      uuid: "it's",
      summary: 'a\'bA\u00fc\n"True"',
      l4: { protocol: "TCP", sourcePort: 1 },
    });
    expect(flowOf(`INFO:root:${printed}`).verdict).toBe("DROPPED");
    expect(flowOf("{'flow': {'verdict': 'AUDIT', 'Summary': '\\U0001f600\\xe9'}}").summary).toBe(
      "\u{1f600}\u00e9",
    );
    const pieces =
      "{'flow': {'Summary': 'TCP Flags: '\n                     'SYN, '\n \"it's\",\n 'verdict': 'AUDIT'}}";
    expect(flowOf(pieces)).toMatchObject({ summary: "TCP Flags: SYN, it's", verdict: "AUDIT" });
  });

  it.each(["{'flow': {'time': datetime(2026, 8, 21)}}", "{'flow': {'verdict': 'DRO"])(
    "is told by name where it cannot be read: %s",
    (text) => {
      expect(refusalOf(text).message).toMatch(/Python prints .* json\.dumps/);
    },
  );
});

describe("what is no JSON any more", () => {
  it.each([
    ["{&quot;flow&quot;:{}}", /web page/],
    ["{\u201cflow\u201d:{}}", /typographic/],
    ['{"flow"=>{"verdict"=>"DROPPED"}}', /Ruby/],
    ["{ flow: { verdict: 'DROPPED' } }", /console\.log/],
    ["{verdict:DROPPED IP:{}}", /Go's %v/],
  ])("says what it is: %s", (text, why) => {
    expect(refusalOf(text)).toMatchObject({ code: "json_invalid", message: expect.stringMatching(why) });
  });
});

describe("a record in a log line", () => {
  it.each([
    ["kubectl logs --timestamps", `2026-08-21T12:12:19.123456789Z ${RECORD}`],
    ["kubectl logs --prefix", `[pod/cilium-x/cilium-agent] ${RECORD}`],
    ["stern", `cilium-x cilium-agent ${RECORD}`],
    ["a container runtime", `2026-08-21T12:12:19.123456789Z stdout F ${RECORD}`],
    [
      "parts of a container runtime",
      `2026-08-21T12:12:19Z stdout P ${RECORD.slice(0, 30)}\n2026-08-21T12:12:19Z stdout F ${RECORD.slice(30)}`,
    ],
    ["Docker", JSON.stringify({ log: `${RECORD}\n`, stream: "stdout", time: "2026-08-21T12:12:19Z" })],
    [
      "parts of Docker",
      `${JSON.stringify({ log: RECORD.slice(0, 30), stream: "stdout", time: "x" })}\n${JSON.stringify({ log: `${RECORD.slice(30)}\n`, stream: "stdout", time: "x" })}`,
    ],
    ["Docker, its text before JSON", JSON.stringify({ log: `level=info ${RECORD}\n`, stream: "stdout" })],
    ["Fluent Bit", JSON.stringify({ "@timestamp": "x", log: object })],
    ["Logstash", JSON.stringify({ message: RECORD })],
    ["Loki", JSON.stringify({ line: RECORD, labels: {} })],
    ["Elasticsearch", JSON.stringify({ _index: "i", _source: object })],
    ["Elasticsearch and a shipper", JSON.stringify({ _source: { message: RECORD } })],
    ["Google Cloud", JSON.stringify({ jsonPayload: object, resource: {} })],
    ["journald", JSON.stringify({ __REALTIME_TIMESTAMP: "1787314338000000", MESSAGE: RECORD })],
    ["Kafka", JSON.stringify({ topic: "hubble", partition: 0, key: null, value: RECORD })],
    ["Datadog", JSON.stringify({ id: "a", content: { message: RECORD } })],
    ["Elasticsearch, under a shipper's own name", JSON.stringify({ _source: { hubble: object } })],
    ["OpenTelemetry", JSON.stringify({ timeUnixNano: "1", body: { stringValue: RECORD } })],
    ["a member of the name of a list beside it", JSON.stringify({ log: RECORD, items: [1] })],
    ["labels in braces", `2026-08-21T12:12:19Z {app="cilium", pod="x"} ${RECORD}`],
    ["three levels", JSON.stringify({ _source: { log: JSON.stringify({ message: RECORD }) } })],
    ["a text of JSON", JSON.stringify(RECORD)],
    ["labels at the beginning", `{app="cilium", pod="x"} ${RECORD}`],
    ["text behind it", `msg=flow record=${RECORD} subsys=hubble`],
    ["bytes of Python", `b'${RECORD}'`],
    ["a text in a line", `level=info msg=${JSON.stringify(RECORD)} subsys=hubble`],
    ["Fluent Bit's own print", `[0] kube.x: [[1787314338.5, {}], {"log"=>${JSON.stringify(RECORD)}}]`],
    ["a row of CSV without its header", `2026-08-21T12:12:19Z,"${RECORD.replaceAll('"', '""')}",n1`],
    ["colours in JSON", RECORD.replaceAll('"', '\u001b[34;1m"\u001b[0m')],
    ["colours before it", `\u001b[38;5;38mcilium-x\u001b[0m › \u001b[1magent\u001b[0m ${RECORD}`],
    ["journald, a message as its bytes", JSON.stringify({ MESSAGE: [...Buffer.from(RECORD)] })],
    ["Elasticsearch, lists of one", JSON.stringify({ _index: "i", fields: { message: [RECORD] } })],
    [
      "CloudWatch Insights",
      JSON.stringify([
        { field: "@timestamp", value: "2026-08-21 12:12:19.000" },
        { field: "@message", value: RECORD },
      ]),
    ],
    [
      "OpenTelemetry, an object",
      JSON.stringify({
        body: kvlist({
          flow: kvlist({
            verdict: { stringValue: "DROPPED" },
            time: { stringValue: "2026-08-21T12:12:18Z" },
            event_type: kvlist({ type: { intValue: "1" } }),
            source: kvlist({ labels: { arrayValue: { values: [{ stringValue: "k8s:a=b" }] } } }),
          }),
          node_name: { stringValue: "n1" },
        }),
      }),
    ],
    [
      "MongoDB's export",
      JSON.stringify({
        _id: { $oid: "a" },
        flow: { verdict: { $numberInt: "2" }, time: { $date: { $numberLong: "1787314338000" } } },
        node_name: "n1",
      }),
    ],
    ["a flow as the text of its JSON", JSON.stringify({ ...object, flow: JSON.stringify(object.flow) })],
    [
      "numbers that are none",
      RECORD.replace('"verdict"', '"a":NaN,"b":[-Infinity,Infinity],"c":"NaN","verdict"'),
    ],
    ["Loki's entry", JSON.stringify(["1787314338510175415", RECORD, {}])],
    ["base64", JSON.stringify({ recordId: "a", data: Buffer.from(RECORD).toString("base64") })],
    [
      "base64 of URLs, in a known member",
      JSON.stringify({ body: Buffer.from(RECORD).toString("base64url") }),
    ],
    [
      "Elasticsearch, fields by their paths",
      JSON.stringify({
        _id: "a",
        fields: { "flow.verdict": ["DROPPED"], "flow.time": ["2026-08-21T12:12:18Z"], node_name: ["n1"] },
      }),
    ],
    ["Fluent Bit's event", JSON.stringify([1787314338.5, { log: RECORD }])],
    ["Fluent Bit's event with metadata", JSON.stringify([[1787314338.5, {}], object])],
    [
      "names that are paths",
      '{"flow.verdict":"DROPPED","flow.time":"2026-08-21T12:12:18Z","flow.event_type.type":1,"node_name":"n1"}',
    ],
  ])("is read: %s", (_name, text) => {
    const { format, record } = decodedOf(text);
    expect(format).toBe("hubble");
    expect(record).toMatchObject({
      kind: "flow",
      flow: { verdict: "DROPPED", nodeName: "n1", timeNs: parseTime("2026-08-21T12:12:18Z") },
    });
  });

  it.each([
    ["by name", JSON.stringify({ a: object, b: { ...object, node_name: "n2" } }), 2],
    [
      "in lists of any name",
      JSON.stringify({ dropped: [object, object], rest: [RECORD], other: [1, {}] }),
      3,
    ],
    [
      "by name, however many",
      JSON.stringify(Object.fromEntries(Array.from({ length: 200 }, (_, n) => [n, { ...object, n }]))),
      200,
    ],
    ["as text and parsed", JSON.stringify({ raw: RECORD, parsed: object }), undefined],
  ])("is not the only one of a document that has several %s", (_name, text, several) => {
    const outcome = decodeText(text);
    if (!outcome.ok) throw new Error(outcome.failure.message);
    expect("several" in outcome.value ? outcome.value.several.length : undefined).toBe(several);
  });

  it("gives a printed flow its year, when it says when it was logged", () => {
    const log = "Aug 21 12:12:18.510: 10.0.0.1 (host) -> 10.0.0.2 (world) to-stack FORWARDED (UDP)\n";
    const text = JSON.stringify({ log, stream: "stdout", time: "2026-08-21T12:12:19.1Z" });
    expect(flowOf(text).timeNs).toBe(parseTime("2026-08-21T12:12:18.510Z"));
    expect(flowOf(JSON.stringify({ message: log.trim() })).timeText).toBe("Aug 21 12:12:18.510");
  });

  it("is not looked for deeper than three levels", () => {
    const text = JSON.stringify({ _source: { _source: { _source: { _source: object } } } });
    expect(refusalOf(text)).toEqual({
      code: "too_deep",
      message:
        "Wrapped more than 3 times: a record is not looked for so deep. Take it out of there: jq -c '._source._source._source._source'",
    });
  });

  it("is told of where it lies deeper in members of other names", () => {
    const deep = "Wrapped more than 3 times: a record is not looked for so deep.";
    expect(refusalOf(JSON.stringify({ a: { x: 1, b: { c: { d: object } } } }))).toEqual({
      code: "too_deep",
      message: `${deep} Take it out of there: jq -c '.a.b.c.d'`,
    });
    expect(refusalOf(JSON.stringify({ a: { b: [{ c: [[1, RECORD]] }, 1, 2] } })).message).toBe(
      `${deep} Take it out of there: jq -c '.a.b[].c[][] | fromjson?'`,
    );
    const odd = JSON.stringify({ a: { "it's": { c: { d: { e: object } } } } });
    expect(refusalOf(odd)).toEqual({ code: "too_deep", message: deep });
  });

  it.each([
    ["not_a_record", '{"log":"level=info msg=started\\n","stream":"stderr"}'],
    ["not_a_record", '{"message":"nothing here"}'],
    ["not_a_record", '{"log":"{\\"flow\\":{\\n","stream":"stdout"}'],
    ["not_a_record", "2026-08-21T12:12:19Z stdout F level=info"],
    ["torn", '2026-08-21T12:12:19Z stdout P {"flow":{"verdict":'],
    ["not_a_flow", '{"_source":{"a":1}}'],
    ["not_a_flow", '{"other":{"a":1},"text":"{no record}"}'],
    ["not_a_flow", JSON.stringify({ a: { b: { c: { d: { message: "hello", list: [1] } } } } })],
    ["not_a_record", 'level=info {app="x"} {"level":'],
    ["field_invalid", '{"message":"{\\"flow\\":5}"}'],
    ["known_not_read", '{"jsonPayload":{"reporter":"src","source_namespace":"a"}}'],
  ])("is refused as %s: %s", (code, text) => {
    expect(refusalOf(text).code).toBe(code);
  });

  const hello = JSON.stringify({ message: "hello" });
  it.each([
    ["of its own", hello, "message"],
    ["as it is written", '{"__REALTIME_TIMESTAMP":"1","MESSAGE":"hello"}', "MESSAGE"],
    [
      "of Docker",
      '{"log":"level=info msg=started\\n","stream":"stderr","time":"2026-08-21T12:12:19Z"}',
      "log",
    ],
    ["of Docker, in two parts", '{"log":"a","stream":"stderr"}\n{"log":"b\\n","stream":"stderr"}', "log"],
    ["of Loki", '{"line":"hello","labels":{}}', "line"],
    ["2 levels deep, as an object", `{"_source":${hello}}`, "message"],
    ["2 levels deep, as a text", JSON.stringify({ log: hello }), "message"],
    ["2 levels deep, a runtime's around it", `2026-08-21T12:12:19Z stdout F ${hello}`, "message"],
    ["2 levels deep, a runtime's within", '{"line":"2026-08-21T12:12:19Z stdout F hello"}', "line"],
    ["3 levels deep", JSON.stringify({ _source: { log: hello } }), "message"],
    ["3 levels deep, behind a prefix", `[pod/x] ${JSON.stringify({ _source: { log: hello } })}`, "message"],
  ])("names the member that holds none: %s", (_name, text, member) => {
    expect(refusalOf(text)).toEqual({
      code: "not_a_record",
      message: `A log line whose "${member}" holds no flow record.`,
    });
  });

  it.each([
    ["no object at all", "hello", "No JSON object in this line."],
    ["nor in a runtime's line", "2026-08-21T12:12:19Z stdout F hello", "No JSON object in this line."],
    [
      "a broken record in a good line",
      JSON.stringify({ message: 'level=info {"flow":{' }),
      /^In the log line: Not valid JSON: /,
    ],
  ])("says what is so of %s", (_name, text, message) => {
    expect(refusalOf(text)).toEqual({ code: "not_a_record", message: expect.stringMatching(message) });
  });

  it("does not claim a record where it no longer looks", () => {
    const text = JSON.stringify({ _source: { _source: { _source: { message: "hello" } } } });
    expect(refusalOf(text)).toEqual({
      code: "too_deep",
      message: "Wrapped more than 3 times: a record is not looked for so deep.",
    });
  });
});

describe("a document with several records", () => {
  it.each([
    ["a batch", { records: [object, { TimeGenerated: "2026-08-21T12:12:18Z", Verdict: "DROPPED" }, 5] }],
    [
      "hits",
      {
        took: 1,
        hits: { total: 2, hits: [{ _source: object }, { _source: { message: RECORD } }, { a: 1 }] },
      },
    ],
    [
      "a query answer",
      {
        tables: [
          {
            name: "PrimaryResult",
            columns: [
              { name: "TimeGenerated", type: "datetime" },
              { name: "Verdict", type: "string" },
            ],
            rows: [
              ["2026-08-21T12:12:18Z", "DROPPED"],
              ["2026-08-21T12:12:18Z", "DROPPED"],
              ["", ""],
            ],
          },
        ],
      },
    ],
  ])("decides each by itself: %s", (_name, document) => {
    const outcome = decodeText(JSON.stringify(document));
    if (!outcome.ok || !("several" in outcome.value)) throw new Error("not several");
    expect(outcome.value.several.map(({ ok }) => ok)).toEqual([true, true, false]);
    for (const member of outcome.value.several.slice(0, 2))
      expect(member).toMatchObject({
        value: { record: { flow: { verdict: "DROPPED", timeNs: parseTime("2026-08-21T12:12:18Z") } } },
      });
  });

  it.each([
    ["CloudWatch", { events: [{ timestamp: 1, message: RECORD }], nextForwardToken: "f" }],
    ["flows of a script", { flows: [object.flow] }],
    ["Loki", { status: "success", data: { result: [{ stream: {}, values: [["17", RECORD]] }] } }],
    ["Loki with structured metadata", { data: { result: [{ values: [["17", RECORD, { trace: "a" }]] }] } }],
    ["what is pushed to Loki", { streams: [{ stream: {}, values: [["17", RECORD]] }] }],
    ["Datadog", { data: [{ id: "a", attributes: { message: RECORD } }] }],
    ["Splunk", { preview: false, results: [{ _raw: RECORD, _time: "a" }] }],
    [
      "ClickHouse, rows as lists",
      { meta: [{ name: "at", type: "String" }, { name: "line" }], data: [["x", RECORD]], rows: 1 },
    ],
    ["ClickHouse, rows as objects", { meta: [{ name: "flow" }], data: [object], rows: 1 }],
    ["Trino", { columns: [{ name: "at" }, { name: "line" }], data: [["x", RECORD]] }],
    ["PowerShell", { Workspace: null, Results: [{ message: RECORD }] }],
    [
      "OpenTelemetry",
      { resourceLogs: [{ resource: {}, scopeLogs: [{ logRecords: [{ body: { stringValue: RECORD } }] }] }] },
    ],
  ])("is known by where its list stands: %s", (_name, document) => {
    const outcome = decodeText(JSON.stringify(document));
    if (!outcome.ok || !("several" in outcome.value)) throw new Error("not several");
    expect(outcome.value.several).toMatchObject([{ value: { record: { flow: { verdict: "DROPPED" } } } }]);
  });

  const LOST = { source: "HUBBLE_RING_BUFFER", num_events_lost: "5" };
  const { flow } = object;

  /** `flow`, a kind, or the code of a refusal. */
  function toldOf(document: object | string): string[] {
    const outcome = decodeText(JSON.stringify(document));
    if (!outcome.ok) return [outcome.failure.code];
    const members = "several" in outcome.value ? outcome.value.several : [ok(outcome.value)];
    return members.map((each) => {
      if (!each.ok) return each.failure.code;
      const { record } = each.value;
      return record.kind === "flow" ? "flow" : record.other.kind;
    });
  }

  it.each([
    [
      "lines of a text",
      JSON.stringify({ message: `${RECORD}\n\nhello {\r\n${RECORD}\n` }),
      ["flow", "not_a_record", "flow"],
    ],
    ["a text by itself", JSON.stringify(`${RECORD}\n${RECORD}`), ["flow", "flow"]],
    [
      "one line of a text",
      JSON.stringify({ log: `${RECORD}, ${RECORD}${RECORD}` }),
      ["flow", "flow", "flow"],
    ],
    ["texts of a list", JSON.stringify([`${RECORD}\n${RECORD}`, RECORD]), ["flow", "flow", "flow"]],
    [
      "lines printed for people",
      JSON.stringify({
        message: "N/A: 10.0.0.1 (host) -> 10.0.0.2 (world) to-stack FORWARDED (UDP)\n".repeat(2),
      }),
      ["flow", "flow"],
    ],
    ["a text without any", JSON.stringify({ message: "a {\n b }" }), ["not_a_record"]],
    ["too many", JSON.stringify({ message: `${"{\n".repeat(10_001)}${RECORD}` }), ["not_a_record"]],
  ])("may be in a text: %s", (_name, text, told) => {
    expect(toldOf(JSON.parse(text))).toEqual(told);
  });

  it.each([
    ["a list of another name", { flows: [flow, flow], lost: [LOST] }, ["flow", "flow", "lost_events"]],
    ["one of what is no record", { flows: [flow], lost: [{ count: 5 }, 7] }, ["flow", "not_a_flow"]],
    [
      "a list of a kind",
      { flows: [flow], lost_events: [LOST, LOST] },
      ["flow", "lost_events", "lost_events"],
    ],
    ["a record of a kind", { flows: [flow], lost_events: LOST }, ["flow", "lost_events"]],
    ["a record of another name", { flows: [flow], lost: LOST, page: { next: 1 } }, ["flow", "lost_events"]],
    ["a list of texts", { flows: [flow], lost: [JSON.stringify(LOST), "x"] }, ["flow", "lost_events"]],
    ["lists in a list", { flows: [flow], more: [[flow], [[flow]]] }, ["flow", "flow", "flow"]],
    ["lists that all have other names", { a: [object], b: [{ n: 1 }] }, ["flow", "not_a_flow"]],
    [
      "what says something of the answer",
      { events: [object], searchedLogStreams: [{ logStreamName: "a" }], tags: ["x"] },
      ["flow"],
    ],
    ["a second member of an envelope", { flow, lost_events: LOST, node_name: "n" }, ["flow", "lost_events"]],
    ["an empty member of an envelope", { flow, lost_events: {}, node_status: null }, ["flow"]],
    ["an envelope of a list", { lost_events: [LOST, LOST], node_name: "n" }, ["lost_events", "lost_events"]],
    ["an envelope of an empty list", { lost_events: [] }, ["not_a_flow"]],
    ["a record that is none of both", { flow, lost_events: 5 }, ["flow", "field_invalid"]],
  ])("passes over nothing in silence: %s", (_name, document, told) => {
    expect(toldOf(document)).toEqual(told);
  });

  it.each([
    [{ source: "PERF_EVENT_RING_BUFFER" }, "lost_events"],
    [{ state_change: "NODE_GONE", node_names: ["n"] }, "node_status"],
    [{ source: "web", state_change: "gone" }, "not_a_flow"],
  ])("knows a record of a kind without its envelope: %j", (payload, told) => {
    expect(toldOf({ flows: [], rest: [payload] })).toEqual([told]);
  });

  it("of none is none", () => {
    expect(decodeText('{"records":[]}')).toEqual({ ok: true, value: { several: [] } });
  });
});

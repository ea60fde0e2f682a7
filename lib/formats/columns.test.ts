import { describe, expect, it } from "vitest";
import { parseTime } from "@/lib/base/time";
import type { ReadingContext } from "@/lib/flow/reading-context";
import { readHeader } from "./csv";
import { decodedOf, flowOf, refusalOf } from "./testing";

const T = "2026-08-21T12:12:18.510175415Z";
const FLOW = {
  time: T,
  uuid: "6a2e4b7c-0000-4000-8000-000000000001",
  verdict: "DROPPED",
  drop_reason_desc: "POLICY_DENIED",
  IP: { source: "10.0.0.1", destination: "10.0.0.2", ipVersion: "IPv4", encrypted: true },
  l4: { TCP: { source_port: 44916, destination_port: 80, flags: { SYN: true, ACK: false } } },
  source: {
    ID: 211,
    identity: 31876,
    namespace: "shop",
    labels: ["k8s:app=web", "k8s:a=b"],
    pod_name: "web-0",
    workloads: [{ name: "web", kind: "StatefulSet" }],
  },
  destination: { identity: 2, labels: ["reserved:world"] },
  Type: "L7",
  l7: { type: "RESPONSE", latency_ns: "5", http: { code: 404, headers: [{ key: "a", value: "b, c" }] } },
  node_name: "c/n1",
  source_names: ["a.example"],
  event_type: { type: 129, sub_type: 1 },
  source_service: { name: "web", namespace: "shop" },
  traffic_direction: "EGRESS",
  is_reply: false,
  policy_log: ["x, y"],
  egress_denied_by: [{ name: "p", namespace: "shop", labels: ["k8s:x=y"], revision: "7" }],
};
const WANTED = flowOf(JSON.stringify({ flow: FLOW }));

/** Members by their paths; lists are values. */
function flat(value: object, mark: string, before = ""): Record<string, unknown> {
  return Object.assign(
    {},
    ...Object.entries(value).map(([name, inner]) =>
      inner !== null && typeof inner === "object" && !Array.isArray(inner)
        ? flat(inner, mark, `${before}${name}${mark}`)
        : { [`${before}${name}`]: inner },
    ),
  );
}

type Print = (value: unknown) => string;
const json: Print = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const python: Print = (value) => {
  if (Array.isArray(value))
    return `[${value.map((item) => (typeof item === "string" ? `'${item}'` : python(item))).join(", ")}]`;
  if (value !== null && typeof value === "object")
    return `{${Object.entries(value)
      .map(([name, inner]) => `'${name}': ${typeof inner === "string" ? `'${inner}'` : python(inner)}`)
      .join(", ")}}`;
  return value === true
    ? "True"
    : value === false
      ? "False"
      : typeof value === "number"
        ? `${value}.0`
        : String(value);
};

/** A row and what its header says, as it is read from a file. */
function table(
  members: Readonly<Record<string, unknown>>,
  print = json,
  mark = ",",
): readonly [string, ReadingContext] {
  const context = readHeader(Object.keys(members).join(mark));
  if (context === undefined) throw new Error("no header");
  const cells = Object.values(members).map((value) => `"${print(value).replaceAll('"', '""')}"`);
  return [cells.join(mark), context];
}

describe("a row whose columns are members", () => {
  const enveloped = { flow: FLOW, node_name: "c/n1", time: T };

  it.each([
    ["pandas' json_normalize", table(flat(enveloped, "."), python)],
    ["parted by underscores", table(flat(enveloped, "_"))],
    ["by two", table(flat(enveloped, "__"))],
    ["tabs", table(flat(enveloped, "."), json, "\t")],
    ["behind a store's prefix", table({ "@timestamp": "x", ...flat({ hubble: enveloped }, ".") })],
    ["behind one with underscores", table({ insertId: "a", ...flat({ jsonPayload: enveloped }, "_") })],
    [
      "in capitals",
      table(
        Object.fromEntries(
          Object.entries(flat(enveloped, "_")).map(([name, value]) => [name.toUpperCase(), value]),
        ),
      ),
    ],
    [
      "objects as cells",
      table({
        "flow.uuid": FLOW.uuid,
        ...Object.fromEntries(Object.entries(FLOW).map(([name, value]) => [`flow.${name}`, value])),
      }),
    ],
    ["the flow as a cell", table(enveloped)],
    ["without its envelope", table(flat(FLOW, "."))],
    ["without its envelope, by underscores", table(flat(FLOW, "_"))],
    ["without its envelope, objects as cells", table(FLOW)],
  ])("is read as the record that it was: %s", (_name, [row, context]) => {
    expect(flowOf(row, context)).toEqual(WANTED);
  });

  it("is read from JSON, too", () => {
    for (const document of [
      flat(enveloped, "."),
      flat(enveloped, "_"),
      flat({ a: enveloped }, "."),
      flat(FLOW, "."),
    ])
      expect(flowOf(JSON.stringify(document))).toEqual(WANTED);
  });

  it.each([
    [
      { "flow.source.labels.0": "a", "flow.source.labels.1": "b", "flow.source.labels.2": "" },
      { labels: ["a", "b"] },
    ],
    [{ "flow.source.labels[0]": "", "flow.source.labels[1]": "b" }, { labels: ["b"] }],
    [
      { "flow.source.workloads.0.name": "w", "flow.source.workloads.0.kind": "k" },
      { workloads: [{ name: "w", kind: "k" }] },
    ],
    [{ "flow.source.labels": "a, b" }, { labels: ["a", "b"] }],
    [{ "flow.source.labels": "[a, b]" }, { labels: ["a", "b"] }],
    [{ "flow.source.labels": "{a,b}" }, { labels: ["a", "b"] }],
    [{ "flow.source.labels{}": "a\nb" }, { labels: ["a", "b"] }],
    [{ "flow.source.workloads{}.name": "w" }, { workloads: [{ name: "w" }] }],
    [{ "flow.source.labels": "[]" }, { labels: [] }],
    [{ "flow.source.labels.keyword": "a" }, { labels: ["a"] }],
    [
      { flow_source_namespace_s: "shop", flow_source_identity_d: "1,234.0" },
      { namespace: "shop", identity: 1234 },
    ],
    [{ "flow.source.podName": "p" }, { pod: "p" }],
  ])("has members of %j", (members, source) => {
    const [row, context] = table({ "flow.time": T, "flow.verdict": "DROPPED", ...members });
    expect(flowOf(row, context).source).toMatchObject(source);
  });

  it.each([
    ["flow.time", "2026-08-21 12:12:18.510175415", T],
    ["flow.time", "2026-08-21 14:12:18.510175415+02:00", T],
    ["flow.time", "2026-08-21 12:12:18.510175415 UTC", T],
    ["@flow.time", "1787314338510175415", T],
    ["flow_time_t [UTC+02:00]", "8/21/2026, 2:12:18.510 PM", "2026-08-21T12:12:18.510Z"],
  ])("has its time in %s: %s", (column, cell, time) => {
    const [row, context] = table({
      [column]: cell,
      [`${column.startsWith("@") ? "@" : ""}flow.verdict`]: "DROPPED",
      flow_uuid_g: "",
    });
    expect(flowOf(row, context).timeNs).toBe(parseTime(time));
  });

  it("tells a time that cannot be read as it was written", () => {
    const [row, context] = table({ "flow.time": "Aug 21, 2026 @ 12:12:18.510", "flow.verdict": "DROPPED" });
    const flow = flowOf(row, context);
    expect([flow.timeNs, flow.timeText]).toEqual([undefined, "Aug 21, 2026 @ 12:12:18.510"]);
  });

  it("may be of another kind, or hold the record in a cell of another column", () => {
    const members = {
      "flow.verdict": "",
      "lost_events.num_events_lost": "5.0",
      "lost_events.source": "HUBBLE_RING_BUFFER",
      node_name: "n1",
      time: T,
      message: "",
    };
    const [row, context] = table(members);
    expect(decodedOf(row, context).record).toMatchObject({
      kind: "other",
      other: { kind: "lost_events", lostEvents: 5n, nodeName: "n1", timeNs: parseTime(T) },
    });
    const message = `"${JSON.stringify({ flow: FLOW }).replaceAll('"', '""')}"`;
    expect(flowOf(`,,,n2,${T},${message}`, context)).toEqual(WANTED);
    expect(refusalOf(`,,,n2,${T},hello`, context).code).toBe("not_a_record");
  });

  it.each([
    [{ "flow.source": "web" }, "source is the text"],
    [{ "flow.source": "{web" }, "flow.source is the text"],
    [{ "flow.source.labels": "[{'name': web}]" }, "flow.source.labels is the text"],
    [{ "flow.is_reply": "maybe" }, "is_reply is the text"],
  ])("is refused by the name of the cell that cannot be read: %j", (members, reason) => {
    const [row, context] = table({ "flow.time": T, "flow.verdict": "DROPPED", ...members });
    expect(refusalOf(row, context)).toMatchObject({
      code: "field_invalid",
      message: expect.stringContaining(reason),
    });
  });

  it("has members that are not known, whatever their names", () => {
    const [row, context] = table({
      "flow.verdict": "DROPPED",
      "flow.l4.GRE.source_port": "5",
      "flow.new.member": "{",
      "flow.__proto__.polluted": "yes",
    });
    expect(flowOf(row, context)).toMatchObject({
      verdict: "DROPPED",
      l4: { protocol: "GRE", sourcePort: 5 },
    });
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("columns of something else", () => {
  it.each([
    "flow_type,time",
    "time,flow_rate",
    "verdict,source",
    "Type,Name",
    "source.ip,destination.port,event.type",
    "hello, flow.verdict is what we look at",
    "verdict,message_type,source_namespace2",
  ])("are no header: %s", (line) => {
    expect(readHeader(line)).toBeUndefined();
  });

  it.each([
    [{ reporter: "src", source_namespace: "a", Type: "x" }, "known_not_read"],
    [{ "source.ip": "10.0.0.1", "event.type": "x", Type: "x" }, "not_a_flow"],
    [{ flow_type: "x", time: T }, "not_a_flow"],
  ])("are no record in JSON: %j", (document, code) => {
    expect(refusalOf(JSON.stringify(document)).code).toBe(code);
  });

  it("are rows of Log Analytics, also where its names are written apart", () => {
    for (const header of [
      "time_generated,verdict,source_namespace,flow_type,drop_reason",
      "Time Generated [UTC],Verdict,Source Namespace,Flow Type,Drop Reason",
      "TimeGenerated,Verdict,SourceNamespace,FlowType,DropReason",
    ]) {
      const { format, record } = decodedOf(
        "2026-08-21T12:12:18Z,DROPPED,shop,L3_L4,POLICY_DENIED",
        readHeader(header),
      );
      expect(format).toBe("log-analytics");
      expect(record).toMatchObject({
        flow: {
          timeNs: parseTime("2026-08-21T12:12:18Z"),
          source: { namespace: "shop" },
          type: "L3_L4",
          dropReason: "POLICY_DENIED",
        },
      });
    }
  });
});

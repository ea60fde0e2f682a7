import { describe, expect, it, onTestFinished } from "vitest";
import { presentFields } from "@/lib/flow/presence";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import type { FlowDetailAnswer } from "./answers";
import { flowAnswerSchema, flowsAnswerSchema } from "./answers";
import { readFlow, readFlowBytes } from "./flow";
import { flowIdOf, parseFlowId } from "./flow-row";
import { readFlows } from "./flows";
import { OpenCapture } from "./open-capture";

function reader(capture: TestCapture): OpenCapture {
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  return opened.value;
}

function idsIn(open: OpenCapture): string[] {
  const answer = open.ask((capture) => readFlows(capture, { limit: 500, order: "asc", total: false }));
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value.flows.map(({ id }) => id);
}

function ask(open: OpenCapture, flowId: string): FlowDetailAnswer {
  const answer = open.ask((capture) => readFlow(capture, flowId));
  if (!answer.ok) throw new Error(`${answer.failure.code}: ${answer.failure.message}`);
  return answer.value;
}

function bytesOf(open: OpenCapture, flowId: string): Buffer {
  const answer = open.ask((capture) => readFlowBytes(capture, flowId));
  if (!answer.ok) throw new Error(answer.failure.message);
  return Buffer.from(answer.value);
}

describe("one flow", () => {
  it("has all its fields, and its record with file, line and offset", () => {
    const capture = new TestCapture();
    const text = line(1, {
      Summary: "x",
      socket_cookie: "18446744073709551615",
      extensions: { a: [1] },
      l7: { type: "RESPONSE", dns: { ttl: 5 } },
    });
    capture.add("events.log", `rubbish\n${text}\n`);
    const open = reader(capture);
    const [id = ""] = idsIn(open);
    const { flow, row, raw, meta } = ask(open, id);
    expect(flow).toMatchObject({
      id,
      time: "2026-08-21T12:00:01.000000000Z",
      summary: "x",
      socketCookie: "18446744073709551615",
      extensions: { a: [1] },
      l7: { dns: { ttl: 5, rcode: 0 } },
    });
    expect(presentFields(flow.present)).toContain("Summary");
    expect(row.id).toBe(id);
    expect(raw).toEqual({
      text,
      exact: true,
      file: "events.log",
      fileId: 1,
      line: 2,
      offset: 8,
      bytes: text.length,
      format: "hubble",
      lossy: false,
    });
    expect(meta.unit).toBe("records");
  });

  it("has no time where the record has none that can be read", () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(undefined, { time: "noon" })));
    const open = reader(capture);
    expect(ask(open, idsIn(open)[0] ?? "").flow.time).toBeUndefined();
  });

  it.each([
    ["invalid UTF-8", Buffer.from('{"flow":{"verdict":"AUDIT","Summary":"\u00ff\u00c3("}}', "latin1"), false],
    [
      "a cut character",
      Buffer.from('{"flow":{"verdict":"AUDIT","Summary":"\u00e2\u0082"}}', "latin1"),
      false,
    ],
    ["text of every plane", Buffer.from('{"flow":{"verdict":"AUDIT","Summary":"é名😀\u2028"}}'), true],
    [
      "a replacement character of its own",
      Buffer.from('{"flow":{"verdict":"AUDIT","Summary":"\ufffd"}}'),
      true,
    ],
    ["escapes", Buffer.from('{"flow":{"verdict":"AUDIT","Summary":"\\u0026\\ud800\\u0000"}}'), true],
    ["a prefix, tabs and colours", Buffer.from('\u001b[1m[pod/a] \t{"flow":{"verdict":"AUDIT"}}'), true],
    ["many lines", Buffer.from('{\r\n  "flow": {\r\n "verdict": "AUDIT" }\r\n}'), true],
  ])("gives back its bytes exactly: %s", (_name, bytes, exact) => {
    const capture = new TestCapture();
    capture.add("a", Buffer.concat([Buffer.from(lines(line(1))), bytes, Buffer.from(`\n${line(2)}`)]));
    const open = reader(capture);
    const [id = ""] = idsIn(open);
    expect(bytesOf(open, id)).toEqual(bytes);
    const { raw } = ask(open, id);
    expect(raw).toMatchObject({ exact, bytes: bytes.length, line: 2 });
    expect(raw.text).toBe(bytes.toString("utf8"));
  });

  it("shows the beginning of a record too long to show, and has its bytes whole", () => {
    const capture = new TestCapture();
    const text = line(1, { Summary: "é".repeat(1_200_000) });
    capture.add("a", lines(text));
    const open = reader(capture);
    const [id = ""] = idsIn(open);
    const { raw } = ask(open, id);
    expect(raw.exact).toBe(false);
    expect(raw.text).toHaveLength(1_000_000);
    expect(bytesOf(open, id).toString("utf8")).toBe(text);
  });

  it("is known by the same id in every capture and order, equal records by their number", () => {
    const first = new TestCapture();
    first.add("a", lines(line(1), line(1), line(2)));
    const second = new TestCapture(undefined, "testcapture1");
    second.add("z", lines(line(2)));
    second.add("a", lines(line(1)));
    second.add("b", lines(line(1), line(1)));
    const ids = idsIn(reader(first));
    expect(idsIn(reader(second)).sort()).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(3);
    expect(ids.filter((id) => id.endsWith(".1"))).toHaveLength(1);
    for (const id of ids) expect(ask(reader(first), id).flow.id).toBe(id);
  });

  it.each([
    "",
    "x",
    "0000000000000000",
    "0000000000000000.1",
    "0000000000000000.0",
    "'; DROP TABLE Flow",
    "g".repeat(16),
    "0".repeat(1000),
  ])("is not found by %j", (id) => {
    const capture = new TestCapture();
    capture.add("a", lines(line(1)));
    for (const read of [readFlow, readFlowBytes]) {
      const answer = reader(capture).ask((open) => read(open, id));
      expect(answer).toMatchObject({ ok: false, failure: { code: "flow_not_found" } });
    }
  });

  it("is not found when its file is gone", () => {
    const capture = new TestCapture();
    const file = capture.add("a", lines(line(1)));
    const open = reader(capture);
    const [id = ""] = idsIn(open);
    capture.remove(file.id);
    expect(open.ask((opened) => readFlow(opened, id))).toMatchObject({ failure: { code: "flow_not_found" } });
  });

  it("and its row are as the interface describes them, whatever the record holds", () => {
    const capture = new TestCapture();
    const odd = [
      line(1, { verdict: 15, event_type: { type: 1, sub_type: -3 }, drop_reason_desc: 250 }),
      line(undefined, { l4: { NEW: { source_port: 4294967295 } }, is_reply: {} }),
      line(2, { l7: { type: 9, http: { headers: [{}] } }, aggregate: {}, policy_log: [], tunnel: {} }),
      '{"flow":{}}',
      line(3, {
        egress_allowed_by: [{ revision: "0" }],
        ip_trace_id: { trace_id: "1" },
        l7: { kafka: { error_code: -1 } },
      }),
    ];
    expect(capture.add("a", lines(...odd))).toMatchObject({ accepted: odd.length, refused: 0 });
    const open = reader(capture);
    const page = open.ask((opened) => readFlows(opened, { limit: 10, order: "asc", total: true }));
    if (!page.ok) throw new Error(page.failure.message);
    expect(() => flowsAnswerSchema.parse(JSON.parse(JSON.stringify(page.value)))).not.toThrow();
    for (const { id } of page.value.flows)
      expect(() => flowAnswerSchema.parse(JSON.parse(JSON.stringify(ask(open, id))))).not.toThrow();
  });
});

describe("the id of a flow", () => {
  it.each([
    [0n, 0, "0000000000000000"],
    [-1n, 0, "ffffffffffffffff"],
    [-(2n ** 63n), 3, "8000000000000000.3"],
    [255n, 12, "00000000000000ff.12"],
  ])("%s, %i is %s, and back", (hash, occurrence, id) => {
    expect(flowIdOf(hash, occurrence)).toBe(id);
    expect(parseFlowId(id)).toEqual({ hash, occurrence });
  });
});

/** Records of every format written as lines of Hubble's exporter (lib/formats/write-hubble.ts): nothing that is read gets lost. */

import { describe, expect, it } from "vitest";
import { openRawBlock, type RawBlockReader } from "@/lib/capture/raw";
import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import { decodeRecord } from "@/lib/formats/decode";
import type { Decoded } from "@/lib/formats/record";
import { writeFlow, writeOther } from "@/lib/formats/write-hubble";
import { TestCapture } from "@/lib/jobs/testing";
import { FORMATS, type Format, shapeOf } from "@/scripts/generator/shapes/shape";
import { generateLogs, linesOf, REAL_LOGS } from "./captures";

function decodedIn(name: string, text: string): Decoded[] {
  const { database } = capture(name, text);
  const blocks = new Map<number, RawBlockReader | undefined>();
  return database
    .prepare("SELECT id FROM Flow UNION ALL SELECT id FROM OtherRecord ORDER BY id")
    .all([])
    .map(({ id }) => {
      const block = Math.floor(Number(id) / PLACES_PER_BLOCK);
      if (!blocks.has(block)) blocks.set(block, openRawBlock(database, block));
      const raw = blocks.get(block)?.record(Number(id) % PLACES_PER_BLOCK);
      const decoded = raw && decodeRecord(raw.bytes.toString("utf8"), raw.context, raw.nth);
      if (decoded === undefined) throw new Error(`no record ${id}`);
      return decoded;
    });
}

function capture(name: string, text: string): TestCapture {
  const made = new TestCapture();
  made.add(name, text);
  return made;
}

/** As JSON, without what an exporter's line cannot say: a time that is no instant, what happened in words. */
function comparable({ record }: Decoded): unknown {
  const value =
    record.kind === "flow" ? { ...record.flow, timeText: undefined } : { ...record.other, detail: undefined };
  return JSON.parse(JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item)));
}

function written({ record }: Decoded): string {
  return record.kind === "flow" ? writeFlow(record.flow) : writeOther(record.other);
}

function expectSame(records: readonly Decoded[]): void {
  const again = records.map((record) => decodeRecord(written(record)));
  expect(again.map((record) => record && comparable(record))).toEqual(records.map(comparable));
}

describe("a record that is written again", () => {
  it.each(Object.keys(FORMATS) as Format[])("is read as it was in the format %s", async (format) => {
    const { logs } = await generateLogs(11, 300);
    const shape = shapeOf(format);
    const lines = logs.flatMap(({ text }) => linesOf(text)).flatMap((line) => shape.lines(line));
    const records = decodedIn(
      "events",
      `${shape.begin()}${lines.map((line) => `${line}\n`).join("")}${shape.end()}`,
    );
    expect(records.length).toBeGreaterThan(20);
    expectSame(records);
  });

  it.each(REAL_LOGS)("is read as it was in $name", ({ name, text }) => {
    expectSame(decodedIn(name, text));
  });

  it.each([
    [
      "Retina's verdict",
      '{"flow":{"verdict":15,"time":"2026-08-21T12:00:00Z","traffic_direction":"INGRESS","is_reply":false}}',
    ],
    ["an unreadable time", '{"flow":{"verdict":"DROPPED","time":"yesterday","IP":{"source":"10.0.0.1"}}}'],
    ["no counters", '{"flow":{"verdict":"DROPPED","aggregate":{}}}'],
    ["counters of Azure's shipper", '{"flow":{"verdict":"DROPPED","extensions":{"ingress_flow_count":7}}}'],
    [
      "a tunnel",
      '{"flow":{"verdict":"FORWARDED","Type":"L3_L4","tunnel":{"protocol":"VXLAN","IP":{"source":"10.0.0.1"},"l4":{"UDP":{"source_port":8472,"destination_port":8472}},"vni":9}}}',
    ],
    [
      "members that are zero",
      '{"flow":{"verdict":0,"Type":0,"traffic_direction":0,"l4":{},"node_name":"","Summary":"","source":{},"l7":{"type":"RESPONSE","dns":{}},"IP":{}}}',
    ],
    [
      "everything else",
      '{"flow":{"verdict":"TRACED","uuid":"u","emitter":{"name":"Hubble","version":"1.19.4"},"auth_type":"SPIRE","ext_error":-5,"ext_drop_reason_desc":"FIB lookup failed, -5","drop_reason":169,"ethernet":{"source":"02:00:00:00:00:01"},"l4":{"SCTP":{"source_port":1,"destination_port":2,"chunk_type":"INIT"}},"node_labels":["a=b"],"source_names":["a.example"],"sock_xlate_point":1,"socket_cookie":"77","cgroup_id":"78","policy_match_type":2,"trace_reason":"NEW","file":{"name":"bpf_lxc.c","line":12},"ip_trace_id":{"trace_id":"5","ip_option_type":1},"debug_capture_point":4,"interface":{"index":3,"name":"eth0"},"proxy_port":14321,"trace_context":{"parent":{"trace_id":"ab"}},"policy_log":["x"],"ingress_denied_by":[{"kind":"CiliumNetworkPolicy","namespace":"a","name":"b","labels":["k8s:x=y"],"revision":"4"}],"source_service":{"name":"a","namespace":"b"},"reply":true}}',
    ],
    [
      "a Kafka answer",
      '{"flow":{"verdict":"FORWARDED","Type":"L7","l7":{"type":"RESPONSE","latency_ns":"5","kafka":{"error_code":3,"api_version":2,"api_key":"fetch","correlation_id":9,"topic":"orders"}}}}',
    ],
    [
      "lost events",
      '{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"12","first":"2026-08-21T12:00:00Z","last":"2026-08-21T12:00:01Z"},"node_name":"n1","time":"2026-08-21T12:00:02Z"}',
    ],
    [
      "a change of the agent",
      '{"agent_event":{"type":"POLICY_UPDATED","policy_update":{"labels":["k8s:x=y"]}},"node_name":"n1","time":"2026-08-21T12:00:02Z"}',
    ],
  ])("is read as it was with %s", (_, text) => {
    const record = decodeRecord(text);
    if (record === undefined) throw new Error("not read");
    expectSame([record]);
  });
});

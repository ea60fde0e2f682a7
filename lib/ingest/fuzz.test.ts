/**
 * Damaged files of all formats at once, from fixed seeds: nothing throws or hangs, every record is counted once, every flow is
 * decoded again from its original bytes, and how the bytes were portioned changes nothing.
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openBytes } from "@/lib/capture/likeness";
import { findPlace } from "@/lib/capture/raw";
import { UNTIMED } from "@/lib/flow/batch";
import { decodeRecord } from "@/lib/formats/decode";
import { LIMITS } from "./limits";
import { batchesOf, type Limits, recordsOf, sumOf } from "./testing";

const FLOW =
  '{"flow":{"time":"2026-08-21T12:12:18.5Z","uuid":"d5814bfb-4707-4131-a890-78fb3c7b571c","verdict":"DROPPED","IP":{"source":"10.0.0.1","destination":"10.0.0.2","ipVersion":"IPv4"},"l4":{"TCP":{"source_port":44916,"destination_port":80,"flags":{"SYN":true}}},"source":{"identity":7777,"namespace":"shop","pod_name":"web-0"},"Type":"L3_L4","event_type":{"type":1,"sub_type":133}},"node_name":"n1","time":"2026-08-21T12:12:18.5Z"}';
const ROW =
  '{"TimeGenerated":"2026-08-21T12:12:18Z","UUID":"2b6ac1a6-6a9a-4b9b-8d8f-6b41e2a3c001","Verdict":"FORWARDED","Layer4":"{\\"TCP\\":{\\"destination_port\\":443}}","EgressFlowCount":"42"}';

/** One document, or some lines, of each shape. */
const PIECES: readonly string[] = [
  FLOW,
  FLOW.replace('"uuid":"d5814bfb-4707-4131-a890-78fb3c7b571c",', ""),
  `{\n  "flow": {\n    "verdict": "AUDIT"\n  }\n}`,
  '{"flow":{"verdict":15,"extensions":{"@type":"x.RetinaMetadata","bytes":"5"}}}',
  '{"flow":{"aggregate":{"egress_flow_count":7}}}',
  '{"lost_events":{"num_events_lost":"5"},"node_name":"n1"}',
  '{"verdict":"DROPPED","IP":{"source":"10.0.0.1"}}',
  ROW,
  `[${FLOW},${ROW}]`,
  `{"records":[${ROW},${FLOW}]}`,
  `{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated"},{"name":"Verdict"}],"rows":[["2026-08-21T12:12:18Z","DROPPED"],["2026-08-21T12:12:19Z","AUDIT"]]}]}`,
  'TimeGenerated [UTC],Verdict,Layer4\n"8/21/2026, 12:12:18 PM",DROPPED,"{""TCP"":\n{""destination_port"":443}}"\n2026-08-21T12:12:18Z,AUDIT,',
  "Aug 21 12:12:18.510: shop/web-0:5 (ID:7777) <- 10.0.0.2:80 (world) to-stack FORWARDED (TCP Flags: SYN, ACK)",
  "  TIMESTAMP: N/A\n     SOURCE: 1.1.1.1:1\nDESTINATION: 2.2.2.2:2\n       TYPE: Policy denied\n    VERDICT: DROPPED\n    SUMMARY: UDP\n------------",
  "TIMESTAMP   SOURCE   DESTINATION   TYPE   VERDICT   SUMMARY\nN/A   1.1.1.1:1   2.2.2.2:2   to-stack   FORWARDED   UDP",
  `2026-08-21T12:12:19Z stdout P ${FLOW.slice(0, 90)}\n2026-08-21T12:12:19Z stderr F level=info\n2026-08-21T12:12:19Z stdout F ${FLOW.slice(90)}`,
  `${JSON.stringify({ log: FLOW.slice(0, 90), stream: "stdout" })}\n${JSON.stringify({ log: `${FLOW.slice(90)}\n`, stream: "stdout" })}`,
  JSON.stringify({ message: JSON.stringify({ records: [JSON.parse(FLOW), 5] }) }),
  JSON.stringify({ _source: { log: FLOW } }),
  `[pod/a/b] 2026-08-21T12:12:19Z ${FLOW}`,
  `{"flows":[${ROW}],"lost_events":{"num_events_lost":"5"},"more":[["x",{"num_events_lost":"6"}],7]}`,
  '{"flow":{"verdict":"AUDIT"},"lostEvents":{"source":"HUBBLE_RING_BUFFER"}}',
  `,flow.time,flow.verdict,flow.source.labels\n0,2026-08-21T12:12:18Z,DROPPED,"[""a"",\n""b""]"\n1,1787314338,Audit,"a, b",`,
  'flow_time\tflow_l4\tflow_uuid\n2026-08-21T12:12:18Z\t{"TCP":{"source_port":1}}\tx',
  '{"flow.verdict":"DROPPED","flow.l4.UDP.source_port":"53.0","node_name":"n1"}',
  "Verdict    TimeGenerated\n---------  --------------------\nDROPPED    2026-08-21T12:12:18Z\nAUDIT",
  "| verdict | time | source_namespace |\n|---|---|---|\n| DROPPED | 2026-08-21T12:12:18Z | shop |",
  "{'flow': {'Summary': 'TCP '\n                     'SYN',\n          'verdict': 'DROPPED'},\n 'node_name': 'n1'}",
  JSON.stringify({
    message: "N/A: 10.0.0.1 (host) -> 10.0.0.2 (world) to-stack FORWARDED (UDP)\n".repeat(2),
  }),
  JSON.stringify({ message: `${FLOW}\n{"flow":{"verdict":"AUDIT"}}{"flow":{}}` }),
  JSON.stringify([
    [1787314338.5, { log: FLOW }],
    ["1787314338510175415", FLOW],
  ]),
  `{"meta":[{"name":"at"},{"name":"line"}],"data":[["x",${JSON.stringify(FLOW)}]]}`,
  JSON.stringify({ records: [{ data: Buffer.from(FLOW).toString("base64") }] }),
  "PrimaryResult\t2026-08-21T12:12:18Z\tDROPPED",
  '{"process_exec":{},"node_name":"n"}',
  'level=info msg="hello {world}"',
];

type Damage = (bytes: Buffer<ArrayBufferLike>) => Buffer<ArrayBufferLike>;

const at = (bytes: Buffer, share: number): number => Math.floor(share * bytes.length);
const spliced = (bytes: Buffer, from: number, to: number, middle: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(to)]);

const share = fc.double({ min: 0, max: 1, noNaN: true });
const bits = fc.constantFrom(
  ...'{}[]",:\\\n\r\t \u0000PF-<>()'.split(""),
  '"records":[',
  '{"tables":[',
  "\u001b[0m",
  "\ud800",
  "null",
  "1e999",
  '{"log":"',
  "------------",
);

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(share, bits).map(
    ([where, bit]): Damage =>
      (bytes) =>
        spliced(bytes, at(bytes, where), at(bytes, where), Buffer.from(bit)),
  ),
  fc.tuple(share, fc.nat(40)).map(
    ([where, length]): Damage =>
      (bytes) =>
        spliced(bytes, at(bytes, where), Math.min(bytes.length, at(bytes, where) + length), Buffer.alloc(0)),
  ),
  fc.tuple(share, fc.nat(255)).map(
    ([where, byte]): Damage =>
      (bytes) =>
        spliced(bytes, at(bytes, where), Math.min(bytes.length, at(bytes, where) + 1), Buffer.from([byte])),
  ),
  fc.tuple(share, share).map(
    ([a, b]): Damage =>
      (bytes) =>
        spliced(
          bytes,
          at(bytes, a),
          at(bytes, a),
          bytes.subarray(at(bytes, Math.min(a, b)), at(bytes, Math.max(a, b))),
        ),
  ),
);

const file = fc
  .record({
    pieces: fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 }),
    between: fc.constantFrom("\n", "\r\n", ",\n", "", "\n\n"),
    damages: fc.array(damage, { maxLength: 5 }),
  })
  .map(({ pieces, between, damages }) =>
    damages.reduce<Buffer<ArrayBufferLike>>(
      (bytes, damaged) => damaged(bytes),
      Buffer.from(pieces.join(between)),
    ),
  );

interface Seen {
  readonly records: readonly { readonly text: string; readonly line: number }[];
  readonly flows: number;
  readonly others: number;
  readonly refusedBy: Readonly<Record<string, number>>;
}

/** What was read; fails where the accounting does not add up or a flow cannot be decoded again. */
function readChecked(bytes: Buffer, step: number, limits: Limits): Seen {
  const records: { text: string; line: number }[] = [];
  const refusedBy: Record<string, number> = {};
  let [flows, others] = [0, 0];
  for (const batch of batchesOf(bytes, step, limits)) {
    expect(batch.read).toBe(batch.flows + batch.others.length + sumOf(batch.refusedBy));
    expect(batch.read).toBe(batch.block.records);
    const kept = recordsOf(batch, { findPlace, openBytes });
    for (let row = 0; row < batch.flows; row++) {
      const record = kept[batch.columns.place[row] as number];
      const again = record && decodeRecord(record.bytes.toString("utf8"), record.context, record.nth);
      if (again?.record.kind !== "flow")
        throw new Error(`no longer a flow: ${record?.bytes.toString("utf8")}`);
      expect(again.record.flow.timeNs ?? UNTIMED).toBe(batch.columns.timeNs[row]);
    }
    records.push(...kept.map(({ bytes: own, line }) => ({ text: own.toString("latin1"), line })));
    for (const [code, count] of Object.entries(batch.refusedBy))
      refusedBy[code] = (refusedBy[code] ?? 0) + count;
    flows += batch.flows;
    others += batch.others.length;
  }
  return { records, flows, others, refusedBy };
}

describe("damaged files of all formats", () => {
  it("whole, they are read without a refusal but of what is no record", () => {
    for (const piece of PIECES) {
      const { refusedBy } = readChecked(Buffer.from(`${piece}\n`), 65_536, LIMITS);
      expect([
        piece,
        Object.keys(refusedBy).filter(
          (code) => !["not_a_record", "known_not_read", "not_a_flow"].includes(code),
        ),
      ]).toEqual([piece, []]);
    }
  });

  it.each([1, 2, 3])("add up, decode again, and do not depend on the portions (seed %i)", (seed) => {
    fc.assert(
      fc.property(file, fc.integer({ min: 1, max: 200 }), (bytes, step) => {
        const whole = readChecked(bytes, 65_536, LIMITS);
        expect(readChecked(bytes, step, LIMITS)).toEqual(whole);
        // Other limits may cut otherwise; they add up all the same.
        readChecked(bytes, step, { ...LIMITS, blockBytes: 256, scannedFrom: 64, blockDocuments: 2 });
      }),
      { seed, numRuns: 400, endOnFailure: false },
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openBytes } from "@/lib/capture/likeness";
import { findPlace } from "@/lib/capture/raw";
import { type FlowBatch, NO_KEY, NO_LATENCY, NONE, PLACES_PER_BLOCK, UNTIMED } from "@/lib/flow/batch";
import { decodeChunk } from "./decode-chunk";
import { LIMITS } from "./limits";
import { Packer } from "./pack";
import { Splitter } from "./split";
import { batchesOf, bytesOf } from "./testing";

const T = "2026-08-21T12:12:18.510175415Z";
const T_NS = 1787314338510175415n;
const flow = (members = ""): string =>
  `{"flow":{"verdict":"FORWARDED","Type":"L3_L4"${members}},"node_name":"n1","time":"${T}"}`;

/** The batches of a file, fed in portions. */
function read(
  file: string | Uint8Array,
  { step = 65_536, limits = LIMITS, packer = new Packer() } = {},
): FlowBatch[] {
  return batchesOf(file, step, limits, packer);
}

function readOne(file: string | Uint8Array): FlowBatch {
  const [batch, ...more] = read(file);
  if (batch === undefined || more.length > 0) throw new Error("not one batch");
  return batch;
}

/** The original text of record `place` of a block, with its line. */
function original(batch: FlowBatch, place: number): { text: string; line: number; offset: number } {
  const { block } = batch;
  const found = findPlace(block.places, place, block.firstLine);
  if (found === undefined) throw new Error(`no place ${place}`);
  const { start, length, line } = found;
  const text = bytesOf(batch, openBytes)
    .range(start, start + length)
    .toString("latin1");
  return { text, line, offset: block.offset + start };
}

describe("a block of records", () => {
  it("holds the columns of each flow and the ids of what repeats", () => {
    const {
      flows,
      columns,
      dictionaries,
      read: records,
      formats,
    } = readOne(`${flow()}\n${flow(',"l4":{"UDP":{"source_port":5}}')}\n${flow()}\n`);
    expect([flows, records, formats]).toEqual([3, 3, { hubble: 3 }]);
    expect([...columns.place.subarray(0, 3)]).toEqual([0, 1, 2]);
    expect([...columns.timeNs.subarray(0, 3)]).toEqual([T_NS, T_NS, T_NS]);
    expect([...columns.kind.subarray(0, 3)]).toEqual([0, 1, 0]);
    expect([...columns.sourcePort.subarray(0, 3)]).toEqual([NONE, 5, NONE]);
    expect([...columns.events.subarray(0, 3)]).toEqual([1, 1, 1]);
    expect(columns.latencyNs[0]).toBe(NO_LATENCY);
    expect(columns.l7Text[0]).toBe(NONE);
    expect(columns.hash[0]).toBe(columns.hash[2]);
    expect(columns.hash[0]).not.toBe(columns.hash[1]);
    expect(dictionaries.kind.map(({ values }) => values.protocol)).toEqual([null, "UDP"]);
    expect(dictionaries.observer.map(({ values }) => values.nodeName)).toEqual(["n1"]);
  });

  it("knows records by their uuid, whatever their bytes", () => {
    const uuid = ',"uuid":"d5814bfb-4707-4131-a890-78fb3c7b571c"';
    const { columns } = readOne(`${flow(uuid)}\n${flow(`${uuid},"Summary":"x"`)}\n${flow(',"uuid":""')}\n`);
    expect(columns.hash[0]).toBe(columns.hash[1]);
    expect([...columns.hasUuid.subarray(0, 3)]).toEqual([1, 1, 0]);
  });

  it("keeps what has no time as untimed", () => {
    const { columns } = readOne('{"flow":{"verdict":"AUDIT"}}');
    expect(columns.timeNs[0]).toBe(UNTIMED);
  });

  it("keeps other members apart from flows, with their places", () => {
    const lost = `{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"18446744073709551615"},"node_name":"n1","time":"${T}"}`;
    const batch = readOne(`${flow()}\n${lost}\n${flow()}`);
    expect(batch.flows).toBe(2);
    expect(batch.others).toHaveLength(1);
    // The store has signed integers; the sentence keeps the number.
    expect(batch.others[0]).toMatchObject({ place: 1, kind: "lost_events", lostEvents: 2n ** 63n - 1n });
    expect(batch.others[0]?.detail).toContain("18446744073709551615");
    expect(original(batch, 1)).toEqual({ text: lost, line: 2, offset: flow().length + 1 });
  });

  it.each([
    ["5000000", 5_000_000n],
    ["9223372036854775807", 2n ** 63n - 1n],
    ["9223372036854775808", NO_LATENCY],
    ["18446744073709551615", NO_LATENCY],
  ])("stores a latency of %s ns as %s", (latency, stored) => {
    const l7 = `,"l7":{"type":"RESPONSE","latency_ns":"${latency}","http":{"code":200}}`;
    expect(readOne(flow(l7)).columns.latencyNs[0]).toBe(stored);
  });

  it("keeps what ties a request to its answer: the request id unless redacted, or the correlation id", () => {
    const http = (id: string) =>
      flow(`,"l7":{"type":"REQUEST","http":{"headers":[{"key":"X-Request-Id","value":"${id}"}]}}`);
    const kafka = (id: number) =>
      flow(`,"l7":{"type":"RESPONSE","kafka":{"correlation_id":${id},"topic":"t"}}`);
    const texts = [http("a"), http("a"), http("b"), http("HUBBLE_REDACTED"), http(""), kafka(7), flow()];
    const { columns } = readOne(texts.join("\n"));
    const [a, again, b, ...rest] = columns.exchangeKey;
    expect(a).toBe(again);
    expect(a).not.toBe(b);
    expect([a, b]).not.toContain(NO_KEY);
    expect(rest.slice(0, 4)).toEqual([NO_KEY, NO_KEY, 7n, NO_KEY]);
  });

  it("tells what the headers say about gRPC, and what they do not say", () => {
    const http = (headers: string) =>
      flow(`,"l7":{"type":"RESPONSE","http":{"code":200,"headers":[${headers}]}}`);
    const type = (value: string) => `{"key":"Content-Type","value":"${value}"}`;
    const texts = [
      http(`${type("application/grpc")},{"key":"Grpc-Status","value":"14"}`),
      http(type("application/grpc")),
      http(type("text/html")),
      http(""),
    ];
    const { dictionaries } = readOne(texts.join("\n"));
    expect(dictionaries.kind.map(({ values }) => [values.grpc, values.grpcStatus])).toEqual([
      [1, 14],
      [1, null],
      [0, null],
      [null, null],
    ]);
  });

  it("tells values from values that are absent, whatever they are called", () => {
    const sides = [
      '"namespace":"undefined"',
      '"namespace":""',
      '"pod_name":"undefined"',
      '"namespace":"null"',
      "",
    ];
    const { dictionaries } = readOne(sides.map((side) => flow(`,"source":{${side}}`)).join("\n"));
    const values = dictionaries.endpoint.map(({ values: { namespace, pod } }) => [namespace, pod]);
    expect(new Set(values.map((value) => JSON.stringify(value)))).toEqual(
      new Set(['["undefined",null]', "[null,null]", '[null,"undefined"]', '["null",null]']),
    );
  });

  it("tells a DNS record without members from an HTTP record without members", () => {
    const l7 = (member: string) => flow(`,"l7":{"type":"REQUEST","${member}":{}}`);
    const { dictionaries } = readOne(`${l7("dns")}\n${l7("http")}\n${l7("kafka")}`);
    expect(dictionaries.kind.map(({ values }) => values.l7Protocol)).toEqual(["dns", "http", "kafka"]);
  });

  it("tells flags that are all unset from flags that were left out", () => {
    const tcp = (flags: string) => flow(`,"l4":{"TCP":{${flags}}}`);
    const { dictionaries } = readOne(`${tcp('"flags":{}')}\n${tcp("")}`);
    expect(dictionaries.kind.map(({ values }) => values.tcpFlags)).toEqual(["", null]);
  });

  it("stores no NUL and no half characters in its texts", () => {
    const { dictionaries } = readOne(
      `${flow(',"source":{"pod_name":"a\\u0000b"}')}\n${flow(',"source":{"pod_name":"a\\ud800b"}')}`,
    );
    expect(dictionaries.endpoint.map(({ values }) => values.pod).filter((pod) => pod !== null)).toEqual([
      "a\u2400b",
      "a\ufffdb",
    ]);
  });
});

describe("several records on one line", () => {
  it.each([
    ["side by side", `${flow()}${flow()}${flow()}`],
    ["with blanks between", `${flow()} ${flow()}\t${flow()}`],
    ["with commas between", `${flow()},${flow()} , ${flow()}`],
  ])("%s are each a record with a place on that line", (_name, line) => {
    const batch = readOne(`${flow()}\n${line}\n${flow()}`);
    expect([batch.flows, batch.read]).toEqual([5, 5]);
    const places = [0, 1, 2, 3, 4].map((place) => original(batch, place));
    expect(places.map(({ text }) => text)).toEqual(Array(5).fill(flow()));
    expect(places.map((place) => place.line)).toEqual([1, 2, 2, 2, 3]);
  });

  it("that are more than were counted as documents all have a row", () => {
    const batch = readOne(`${'{"flow":{"verdict":"AUDIT"}}'.repeat(500)}\n${flow()}`);
    expect(batch.flows).toBe(501);
    expect([...batch.columns.place.subarray(0, 501)]).toEqual(Array.from({ length: 501 }, (_, i) => i));
    expect(original(batch, 500)).toMatchObject({ text: flow(), line: 2 });
  });

  it("never come to a place behind the last one of their block", () => {
    const batches = read(`${"{}".repeat(5)}\n`.repeat(9000));
    const refused = batches.reduce(
      (sum, batch) => sum + (batch.refusedBy.not_a_flow ?? 0) + (batch.refusedBy.json_invalid ?? 0),
      0,
    );
    for (const { read: records, block } of batches) {
      expect(records).toBeLessThanOrEqual(PLACES_PER_BLOCK);
      expect(block.records).toBe(records);
    }
    expect(refused).toBe(batches.reduce((sum, batch) => sum + batch.read, 0));
    // What found no place is refused in a sentence, not lost.
    const reasons = batches.flatMap(({ refusals }) => refusals.map(({ reason }) => reason));
    expect(new Set(reasons)).toContain("An empty object.");
  });

  it("that find no place in the block are one refusal per line", () => {
    const line = `{"flow":{}}`.repeat(1000);
    const batches = read(`${line}\n`.repeat(40));
    for (const { flows, columns, read: records } of batches) {
      expect(records).toBeLessThanOrEqual(PLACES_PER_BLOCK);
      const places = new Set(columns.place.subarray(0, flows));
      expect(places.size).toBe(flows);
    }
    const [first] = batches;
    expect(first?.refusals[0]).toMatchObject({
      line: 17,
      code: "json_invalid",
      reason: "More records on one line than are read.",
    });
  });

  it("with text behind them: the text is refused alone", () => {
    const batch = readOne(`${flow()} and more }\n${flow()}`);
    expect(batch.flows).toBe(2);
    expect(batch.refusals).toEqual([
      {
        line: 1,
        offset: flow().length + 1,
        code: "json_invalid",
        reason: "Text behind a record on the same line.",
        excerpt: "and more }",
      },
    ]);
  });

  it("with one that cannot be read between them", () => {
    const batch = readOne(`${flow()}{"a":tru}${flow()}`);
    expect([batch.flows, batch.read, batch.refusedBy]).toEqual([2, 3, { json_invalid: 1 }]);
  });
});

describe("documents and records one behind the other on a line", () => {
  // As Firehose puts batches of CloudWatch behind each other.
  const batchOf = (...records: string[]): string =>
    JSON.stringify({ logEvents: records.map((message) => ({ message })) });

  it("are all read: batches", () => {
    const batch = readOne(`${batchOf(flow(), flow())}${batchOf(flow(), "started", flow())}\n${flow()}`);
    expect([batch.flows, batch.read, batch.refusedBy]).toEqual([5, 6, { not_a_record: 1 }]);
  });

  it("are all read: batches in a list of batches", () => {
    const batch = readOne(
      JSON.stringify({ records: [JSON.parse(batchOf(flow(), flow())), JSON.parse(flow())] }),
    );
    expect([batch.flows, batch.read]).toEqual([3, 3]);
  });

  it.each([
    ["an assignment", `flows = [${flow()},${flow()}];`, {}],
    ["frames of syslog", `36 <134>1 - n1 - - - ${flow()}36 <134>1 - n1 - - - ${flow()}`, {}],
    ["a list whose beginning is missing", `"node_name":"n"},${flow()},${flow()}]`, { not_a_record: 1 }],
    ["text between them that is no record", `${flow()} and ${flow()}`, {}],
  ])("are all read: %s", (_name, line, refusedBy) => {
    const batch = readOne(`${line}\n`);
    expect([batch.flows, batch.refusedBy]).toEqual([2, refusedBy]);
  });

  it.each([`{app="x"} ${flow()}`, `b'${flow()}'`, `INFO flow=${flow()} subsys=hubble`, `'${flow()}',`])(
    "are read with what stands around: %s",
    (line) => {
      const batch = readOne(`${line}\n`);
      expect([batch.flows, batch.read]).toEqual([1, 1]);
    },
  );
});

describe("a record that breaks off, and others behind it on the same line", () => {
  // As a writer leaves them that was stopped, and went on with the same file.
  it.each([1, 2])("are told apart: %i whole ones", (whole) => {
    const torn = flow().slice(0, 40);
    const batch = readOne(`${flow()}\n${torn}${flow().repeat(whole)}\n${flow()}\n`);
    expect([batch.flows, batch.read, batch.refusedBy]).toEqual([2 + whole, 3 + whole, { torn: 1 }]);
    expect(batch.refusals).toMatchObject([{ line: 2, code: "torn", excerpt: torn }]);
    const records = Array.from({ length: batch.read }, (_, place) => original(batch, place));
    expect(records.map(({ text, line }) => [text, line])).toEqual([
      [flow(), 1],
      [torn, 2],
      ...Array.from({ length: whole }, () => [flow(), 2]),
      [flow(), 3],
    ]);
  });

  it.each(["", "}", ',"flow":{}}'])("is one refusal when it wraps a whole one: %s", (end) => {
    const line = `{"insertId":"a","jsonPayload": ${flow()},"timestamp":"20${end}`;
    const batch = readOne(`${line}\n${flow()}\n`);
    expect([batch.flows, batch.read]).toEqual([1, 2]);
  });

  it("is one refusal when nothing behind it is whole", () => {
    const line = `${flow().slice(0, 40)}${flow().slice(0, -2)}}`;
    const batch = readOne(`${line}\n`);
    expect([batch.flows, batch.read, batch.refusedBy]).toEqual([0, 1, { json_invalid: 1 }]);
  });

  it("costs no more than a few looks at the line", () => {
    const batch = readOne(`${'{"flow":tru'.repeat(1000)}}\n`);
    expect([batch.flows, batch.read, batch.refusedBy]).toEqual([0, 1, { json_invalid: 1 }]);
  });
});

describe("refusals", () => {
  it("are counted all and listed up to a bound, with line, place and reason", () => {
    const batch = readOne(`hello\n`.repeat(250) + flow());
    expect(batch.read).toBe(251);
    expect(batch.refusedBy).toEqual({ not_a_record: 250 });
    expect(batch.refusals).toHaveLength(100);
    expect(batch.refusals[99]).toEqual({
      line: 100,
      offset: 99 * 6,
      code: "not_a_record",
      reason: "No JSON object in this line.",
      excerpt: "hello",
    });
  });

  it.each([
    [
      "torn",
      '{"flow":{"verdict":"DRO\n',
      "The record breaks off: the line ends inside it, or another record begins there. Copy the file again.",
    ],
    [
      "not_a_record",
      `${"\0".repeat(5000)}${flow()}\n`,
      "A hole of zero bytes: the log was cut short or its machine lost power while it was written.",
    ],
    [
      "torn",
      '{\n  "flow": {\n    "verdict": "DRO\n',
      "The record breaks off: its lines end inside it, or another record begins there. Copy the file again.",
    ],
    [
      "not_a_record",
      '"a": 1\n  }\n}\n',
      "From within a record whose beginning is missing: it may be the end of the file before, or was cut off.",
    ],
    [
      "torn",
      "{'flow': {'verdict': 'DRO\n",
      "Not valid JSON. This is what Python prints of a dictionary: write json.dumps(record) instead, one record a line.",
    ],
    ["too_deep", `{"a":${"[".repeat(40_000)}\n`, "The record is nested more than 64 levels deep."],
    ["not_a_flow", "{}\n", "An empty object."],
    ["field_invalid", '{"flow":{"uuid":5}}\n', "uuid is 5, expected a text."],
  ])("say why: %s", (code, text, reason) => {
    expect(readOne(text).refusals[0]).toMatchObject({ line: 1, offset: 0, code, reason });
  });

  it.each([
    [
      "control characters",
      'a\u0000\u0001\u001b[31mred\u007f\u0085 "',
      'a\u2400\u2401\u241b[31mred\u2421\ufffd "',
    ],
    ["text that turns its direction", "\u202edesrever\u2066", "\ufffddesrever\ufffd"],
    ["separators of lines", "a\u2028b", "a\ufffdb"],
  ])("show %s as pictures", (_name, text, excerpt) => {
    expect(readOne(`x${text}`).refusals[0]?.excerpt).toBe(`x${excerpt}`);
  });

  it("show at most 200 characters of the record, and no half characters", () => {
    const [refusal] = readOne("\u{1f600}".repeat(500)).refusals;
    expect(refusal?.excerpt).toBe(`${"\u{1f600}".repeat(100)}`);
    const [uneven] = readOne(`x${"\u{1f600}".repeat(500)}`).refusals;
    expect(uneven?.excerpt.isWellFormed()).toBe(true);
  });

  it("give no control characters of the record in their reasons", () => {
    const names = '{"\\u0000\\u001b[2J\\ud800":1}';
    const token = '{"a":\u0001}';
    for (const text of [names, token, '{"flow":{"l4":{"\\u0007":1}}}'])
      for (const { reason } of readOne(text).refusals) {
        const codes = Array.from(reason, (char) => char.charCodeAt(0));
        expect(codes.filter((code) => code < 32 || (code > 126 && code < 160))).toEqual([]);
        expect(reason.isWellFormed()).toBe(true);
      }
  });

  it("keep their reasons short", () => {
    const keys = Array.from({ length: 5 }, (_, i) => `"${String(i).repeat(10_000)}":1`).join(",");
    expect(readOne(`{${keys}}`).refusals[0]?.reason.length).toBeLessThan(600);
  });
});

describe("dictionaries", () => {
  it("go on over batches, so that only new entries are sent", () => {
    const packer = new Packer();
    const [first] = read(flow(), { packer });
    const [second] = read(`${flow()}\n${flow(',"is_reply":true')}`, { packer });
    expect(first?.dictionaries.kind).toHaveLength(1);
    expect(second?.dictionaries.kind).toHaveLength(1);
    expect([...(second?.columns.kind.subarray(0, 2) ?? [])]).toEqual([0, 1]);
  });

  it("begin anew with a file, and say so", () => {
    const packer = new Packer();
    const chunks: Parameters<typeof decodeChunk>[0][] = [];
    const splitter = new Splitter((chunk) => chunks.push(chunk));
    splitter.push(Buffer.from(flow()));
    splitter.end();
    const [chunk] = chunks;
    if (chunk === undefined) throw new Error("nothing was cut");
    const decoded = [
      decodeChunk(chunk, packer, true),
      decodeChunk(chunk, packer, false),
      decodeChunk(chunk, packer, true),
    ];
    expect(decoded.map(({ reset }) => reset)).toEqual([true, false, true]);
    expect(decoded.map(({ dictionaries }) => dictionaries.kind.length)).toEqual([1, 0, 1]);
    expect(decoded.map(({ columns }) => columns.kind[0])).toEqual([0, 0, 0]);
  });

  it("begin anew when they have grown too large, and say so", () => {
    const packer = new Packer();
    const pod = (n: number) => flow(`,"source":{"pod_name":"${String(n).padStart(400_000, "x")}"}`);
    const batches = Array.from({ length: 40 }, (_, n) => read(pod(n), { packer })).flat();
    const resets = batches.map(({ reset }) => reset);
    expect(resets.filter(Boolean).length).toBeGreaterThan(0);
    expect(resets.filter(Boolean).length).toBeLessThan(5);
    const firstReset = batches[resets.indexOf(true)];
    expect(firstReset?.dictionaries.kind).toHaveLength(1);
    expect(firstReset?.columns.kind[0]).toBe(0);
  });
});

describe("any bytes in any portions", () => {
  const piece = fc.oneof(
    fc.constant(flow()),
    fc.uuid().map((uuid) => flow(`,"uuid":"${uuid}","l4":{"TCP":{"source_port":1,"destination_port":2}}`)),
    fc.string({ maxLength: 20 }).map((summary) => flow(`,"Summary":${JSON.stringify(summary)}`)),
    fc.constant('{"lost_events":{"num_events_lost":"3"}}'),
    fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
    fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify({ flow: value }, undefined, 2)),
    fc.string({ maxLength: 30 }),
    fc.constantFrom("{", "}", "[", "]", ",", '"', "\\", "\ufeff", "\u0000", "[pod/a/b] "),
  );
  const separator = fc.constantFrom("\n", "\n", "\n", "\r\n", "", ",", ",\n", " ", "\n\n");
  const file = fc
    .array(fc.tuple(piece, separator), { maxLength: 40 })
    .map((parts) => Buffer.from(parts.flat().join("")));
  /** Bytes that are overwritten, as [place, value]. */
  const corruption = fc.array(fc.tuple(fc.nat(100_000), fc.nat(255)), { maxLength: 6 });
  const steps = fc.constantFrom(1, 3, 16, 100, 100_000);
  const blocks = fc.constantFrom(16, 128, 4096, LIMITS.blockBytes);
  const runs = { seed: 20260304, numRuns: 400 };

  function corrupted(bytes: Buffer, changes: readonly (readonly [number, number])[]): Buffer {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) for (const [at, value] of changes) copy[at % copy.length] = value;
    return copy;
  }

  /** What was read, without how it was cut into blocks. */
  function said(batches: readonly FlowBatch[]) {
    return batches.flatMap((batch) =>
      Array.from({ length: batch.read }, (_, place) => {
        const { text, line, offset } = original(batch, place);
        const row = batch.columns.place.subarray(0, batch.flows).indexOf(place);
        const refusal = batch.refusals.find((one) => one.offset === offset && one.line === line);
        const other = batch.others.find((one) => one.place === place);
        return [text, line, offset, row >= 0 ? "flow" : (other?.kind ?? refusal?.code)];
      }),
    );
  }

  it("are accounted for: each record is a flow, another kind or refused, and its bytes are at its place", () => {
    fc.assert(
      fc.property(file, corruption, steps, blocks, (whole, changes, step, blockBytes) => {
        const bytes = corrupted(whole, changes);
        const batches = read(bytes, { step, limits: { ...LIMITS, blockBytes } });
        for (const batch of batches) {
          const refused = Object.values(batch.refusedBy).reduce((sum, n) => sum + n, 0);
          expect(batch.read).toBe(batch.flows + batch.others.length + refused);
          expect(Object.values(batch.formats).reduce((sum, n) => sum + n, 0)).toBe(
            batch.flows + batch.others.length,
          );
        }
        for (const [text, line, offset, what] of said(batches)) {
          const at = Number(offset);
          expect(bytes.toString("latin1", at, at + String(text).length)).toBe(text);
          expect(line).toBe(1 + bytes.subarray(0, at).filter((byte) => byte === 10).length);
          expect(what).toBeDefined();
        }
      }),
      runs,
    );
  });

  it("are read the same, however they are portioned and blocked", () => {
    fc.assert(
      fc.property(file, corruption, steps, blocks, (whole, changes, step, blockBytes) => {
        const bytes = corrupted(whole, changes);
        const limits = { ...LIMITS, recordBytes: 3000, scannedFrom: 200 };
        const expected = said(read(bytes, { limits }));
        expect(said(read(bytes, { step, limits: { ...limits, blockBytes } }))).toEqual(expected);
      }),
      runs,
    );
  });

  it("leave out nothing but separators and what stands behind the bound of a long record", () => {
    fc.assert(
      fc.property(file, (bytes) => {
        const seen = new Uint8Array(bytes.length);
        for (const [text, , offset] of said(read(bytes)))
          seen.fill(1, Number(offset), Number(offset) + String(text).length);
        const left = Buffer.from(bytes.filter((_, at) => seen[at] === 0)).toString("latin1");
        expect(left.replace(/\u00ef\u00bb\u00bf/g, "")).toMatch(/^[\s\0,;'"[\]})]*$/);
      }),
      runs,
    );
  });
});

import { describe, expect, it } from "vitest";
import { hash64 } from "@/lib/base/hash";
import type { DictionaryEntry, DictionaryName, FlowBatch, FlowColumns } from "@/lib/flow/batch";
import { NO_KEY, NO_LATENCY, NONE, PLACES_PER_BLOCK, UNTIMED } from "@/lib/flow/batch";
import { headerHash } from "@/lib/flow/http";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { DICTIONARY_COLUMNS, FLOW_COLUMNS } from "./columns";
import { addFile } from "./files";
import { FileLoader } from "./load";
import { readRaw } from "./raw";

/** One row in columns, each value different from all others. */
const ROW = {
  place: Int32Array.of(3),
  timeNs: BigInt64Array.of(1787314338510175415n),
  kind: Int32Array.of(0),
  observer: Int32Array.of(0),
  source: Int32Array.of(0),
  destination: Int32Array.of(1),
  pair: Int32Array.of(0),
  sourcePort: Float64Array.of(44916),
  destinationPort: Float64Array.of(80),
  l7Text: Int32Array.of(0),
  dnsAnswer: Int32Array.of(1),
  policies: Int32Array.of(2),
  latencyNs: BigInt64Array.of(5_000_000n),
  events: Float64Array.of(42),
  hash: BigInt64Array.of(-7n),
  hasUuid: Uint8Array.of(1),
  exchangeKey: BigInt64Array.of(77n),
} satisfies FlowColumns;

/** An entry whose values are all `null`, or texts where the column needs one. */
function entry(
  dictionary: DictionaryName,
  hash: bigint,
  values: DictionaryEntry["values"] = {},
): DictionaryEntry {
  const needed = ["format", "type", "verdict", "trafficDirection", "aggregated", "present", "value"];
  const columns = DICTIONARY_COLUMNS[dictionary].filter((column) => column !== "hash");
  const empty = Object.fromEntries(columns.map((column) => [column, needed.includes(column) ? 0 : null]));
  return { hash, values: { ...empty, ...values } };
}

function batch(columns: FlowColumns = ROW, flows = 1): FlowBatch {
  return {
    flows,
    columns,
    dictionaries: {
      kind: [entry("kind", 100n)],
      observer: [entry("observer", 200n)],
      endpoint: [entry("endpoint", 300n), entry("endpoint", 301n)],
      text: [entry("text", 400n), entry("text", 401n), entry("text", 402n)],
    },
    pairs: [{ source: 0, destination: 1, protocol: "TCP", side: 1, by: "tcp-flags", serverPort: 80 }],
    reset: true,
    others: [],
    extras: { words: new Int32Array(), varied: new Uint8Array() },
    refusals: [],
    refusedBy: {},
    formats: { hubble: flows },
    read: flows,
    block: {
      offset: 0,
      rawBytes: 0,
      records: 0,
      firstLine: 1,
      places: new Uint8Array(),
      notes: undefined,
      packing: 0,
      data: new Uint8Array(),
    },
  };
}

function loader(capture: TestCapture): { fileId: number; loader: FileLoader } {
  const fileId = addFile(capture.database, { name: "a", spool: "", addedAtMs: 0 });
  return { fileId, loader: new FileLoader(capture.database, fileId) };
}

describe("rows of flows", () => {
  it("hold each column of the batch in the column of that name", () => {
    const capture = new TestCapture();
    // So that the store's ids differ from the decoder's, and from each other.
    for (const [table, id] of Object.entries({ Kind: 11, Observer: 22, Endpoint: 33, Text: 44, Pair: 55 }))
      capture.database.exec(`INSERT INTO sqlite_sequence (name, seq) VALUES ('${table}', ${id})`);
    const { loader: loading } = loader(capture);
    loading.load([{ decoder: 0, batch: batch() }]);
    const row = capture.database.prepareExact("SELECT * FROM Flow").get([]);
    expect(row).toEqual({
      id: BigInt(PLACES_PER_BLOCK + 3),
      timeNs: 1787314338510175415n,
      kindId: 12n,
      observerId: 23n,
      sourceId: 34n,
      destinationId: 35n,
      sourcePort: 44916n,
      destinationPort: 80n,
      l7TextId: 45n,
      dnsAnswerId: 46n,
      policiesId: 47n,
      latencyNs: 5_000_000n,
      events: 42n,
      hash: -7n,
      occurrence: 0n,
      exchangeKey: 77n,
      pairId: 56n,
    });
    expect(Object.keys(row ?? {})).toEqual(FLOW_COLUMNS);
    expect(capture.database.prepare("SELECT * FROM Pair").get([])).toMatchObject({
      id: 56,
      sourceId: 34,
      destinationId: 35,
      clientSide: 1,
      clientBy: "tcp-flags",
      serverPort: 80,
      protocol: "TCP",
      clientId: null,
      serverId: null,
    });
  });

  it("have a row beside them for what few flows have", () => {
    const capture = new TestCapture();
    const http = { method: "GET", url: "/", headers: [{ key: "x-tenant", value: "blue" }] };
    capture.add(
      "a",
      lines(
        line(0),
        line(1, { l7: { type: "REQUEST", http }, trace_context: { parent: { trace_id: "4bf92f" } } }),
        line(2, { ip_trace_id: { trace_id: "18446744073709551615" } }),
        line(3, { ip_trace_id: { trace_id: "18446744073709551615" }, uuid: "u" }),
      ),
    );
    const rows = capture.database
      .prepareExact(
        "SELECT e.id % 16384 AS place, e.traceHash, e.ipTraceId, t.value, e.variedHeaders FROM FlowExtra e LEFT JOIN Text t ON t.id = e.headersId ORDER BY 1",
      )
      .rows([]);
    expect(rows).toEqual([
      [1n, hash64("4bf92f"), null, '[["x-tenant","blue"]]', null],
      [2n, null, -1n, null, null],
      [3n, null, -1n, null, null],
    ]);
    const [file] = capture.database.prepare("SELECT id FROM SourceFile").all([]);
    capture.remove(Number(file?.id));
    expect(capture.database.prepare("SELECT * FROM FlowExtra").all([])).toEqual([]);
  });

  it("have bytes beside them for each header that varies, however many there are", () => {
    const capture = new TestCapture();
    const value = "x".repeat(201);
    const counts = [0, 1, 1000, 1001, 2, 1200, 3];
    const logged = counts.map((headers, n) =>
      line(n, {
        l7: {
          type: "REQUEST",
          http: { headers: Array.from({ length: headers }, (_, nth) => ({ key: `h${nth}`, value })) },
        },
      }),
    );
    capture.add("a", lines(...logged));
    const rows = capture.database
      .prepareExact("SELECT id, variedHeaders FROM FlowExtra ORDER BY id")
      .rows([]);
    const digests = (headers: number): Buffer => {
      const bytes = Buffer.alloc(headers * 8);
      for (let nth = 0; nth < headers; nth++) bytes.writeBigInt64BE(headerHash(`h${nth}`, value), nth * 8);
      return bytes;
    };
    const wanted = counts.filter((headers) => headers > 0);
    expect(rows.length).toBe(wanted.length);
    for (const [nth, headers] of wanted.entries())
      expect(digests(headers).equals(rows[nth]?.[1] as Uint8Array), `${headers} headers`).toBe(true);
  });

  it("tell nodes apart by their labels", () => {
    const capture = new TestCapture();
    capture.add(
      "a",
      lines(line(0), line(1, { node_labels: ["pool=np1"] }), line(2, { node_labels: ["pool=np1"] })),
    );
    expect(capture.database.prepare("SELECT nodeName, nodeLabels FROM Observer ORDER BY id").all([])).toEqual(
      [
        { nodeName: "n1", nodeLabels: null },
        { nodeName: "n1", nodeLabels: '["pool=np1"]' },
      ],
    );
  });

  it("hold nothing where the batch says none", () => {
    const capture = new TestCapture();
    const { loader: loading } = loader(capture);
    const none = Int32Array.of(NONE);
    const columns = {
      ...ROW,
      timeNs: BigInt64Array.of(UNTIMED),
      sourcePort: Float64Array.of(NONE),
      destinationPort: Float64Array.of(NONE),
      l7Text: none,
      dnsAnswer: none,
      policies: none,
      latencyNs: BigInt64Array.of(NO_LATENCY),
      exchangeKey: BigInt64Array.of(NO_KEY),
    };
    loading.load([{ decoder: 0, batch: batch(columns) }]);
    expect(
      capture.database
        .prepare(
          "SELECT timeNs, sourcePort, destinationPort, l7TextId, dnsAnswerId, policiesId, latencyNs, exchangeKey FROM Flow",
        )
        .get([]),
    ).toEqual({
      timeNs: null,
      sourcePort: null,
      destinationPort: null,
      l7TextId: null,
      dnsAnswerId: null,
      policiesId: null,
      latencyNs: null,
      exchangeKey: null,
    });
    expect(loading.counts).toMatchObject({ firstNs: undefined, lastNs: undefined });
  });

  it.each([1, 31, 32, 33, 64, 100])("are written whole in groups: %i", (rows) => {
    const capture = new TestCapture();
    const text = lines(...Array.from({ length: rows }, (_, i) => line(i)));
    expect(capture.add("a", text)).toMatchObject({ read: rows, accepted: rows });
    expect(capture.database.prepare("SELECT count(DISTINCT timeNs) AS n FROM Flow").get([])?.n).toBe(rows);
  });

  it("refuse an id that the decoder never sent, and keep nothing of the group", () => {
    const capture = new TestCapture();
    const { fileId, loader: loading } = loader(capture);
    const broken = batch({ ...ROW, source: Int32Array.of(9) });
    expect(() =>
      loading.load([
        { decoder: 0, batch: batch() },
        { decoder: 0, batch: broken },
      ]),
    ).toThrow("never sent");
    for (const table of ["Flow", "RawBlock", "Kind", "Endpoint", "Pair"])
      expect(capture.database.prepare(`SELECT count(*) AS n FROM ${table}`).get([])?.n).toBe(0);
    expect(capture.report(fileId)).toMatchObject({ read: 0, accepted: 0 });
  });

  it("find their original bytes, with file, line and offset", () => {
    const capture = new TestCapture();
    const texts = [line(1), line(2, { Summary: "é\u2028" }), line(3)];
    capture.add("one.log", `\n${texts.join("\n\n")}`);
    capture.add("two.log", lines(line(4)));
    const rows = capture.database.prepare("SELECT id FROM Flow ORDER BY id").all([]);
    const raws = rows.map(({ id }) => readRaw(capture.database, Number(id)));
    expect(raws.map((raw) => [raw?.bytes.toString("utf8"), raw?.fileName, raw?.line, raw?.offset])).toEqual([
      [texts[0], "one.log", 2, 1],
      [texts[1], "one.log", 4, 1 + Buffer.byteLength(`${texts[0]}\n\n`)],
      [texts[2], "one.log", 6, 1 + Buffer.byteLength(`${texts[0]}\n\n${texts[1]}\n\n`)],
      [line(4), "two.log", 1, 0],
    ]);
    expect(readRaw(capture.database, 5)).toBeUndefined();
    expect(readRaw(capture.database, Number(rows[3]?.id) + 1)).toBeUndefined();
  });
});

describe("dictionaries", () => {
  it("find the entries of earlier files again", () => {
    const capture = new TestCapture();
    const members = {
      source: { namespace: "shop", pod_name: "web-0" },
      IP: { source: "10.0.0.1", destination: "::1" },
    };
    const count = () =>
      ["Kind", "Observer", "Endpoint", "Text"].map(
        (table) => capture.database.prepare(`SELECT count(*) AS n FROM ${table}`).get([])?.n,
      );
    capture.add("a", lines(line(1, members)));
    const before = count();
    capture.add("b", lines(line(2, members)));
    expect(count()).toEqual(before);
    expect(before).toEqual([1, 1, 2, 0]);
  });

  it("give each address the key of its family", () => {
    const capture = new TestCapture();
    capture.add(
      "a",
      lines(
        line(1, { IP: { source: "10.0.0.1", destination: "fd00::1" } }),
        line(2, { IP: { source: "no address" } }),
      ),
    );
    expect(capture.database.prepare("SELECT ip, ipKey FROM Endpoint ORDER BY id").all([])).toEqual([
      { ip: "10.0.0.1", ipKey: "00000000000000000000ffff0a000001" },
      { ip: "fd00::1", ipKey: "fd000000000000000000000000000001" },
      { ip: "no address", ipKey: null },
      { ip: null, ipKey: null },
    ]);
  });

  it("refuse an entry that lacks a column", () => {
    const capture = new TestCapture();
    const { loader: loading } = loader(capture);
    const lacking = {
      ...batch(),
      dictionaries: { ...batch().dictionaries, observer: [{ hash: 1n, values: {} }] },
    };
    expect(() => loading.load([{ decoder: 0, batch: lacking }])).toThrow(
      "dictionary observer lacks nodeName",
    );
  });

  it("keep the numbers of several decoders apart", () => {
    const capture = new TestCapture();
    const { loader: loading } = loader(capture);
    const other = batch();
    const theirs = {
      ...other,
      dictionaries: { ...other.dictionaries, observer: [entry("observer", 999n, { nodeName: "theirs" })] },
    };
    loading.load([
      { decoder: 0, batch: batch() },
      { decoder: 1, batch: theirs },
    ]);
    const names = capture.database
      .prepare("SELECT o.nodeName FROM Flow f JOIN Observer o ON o.id = f.observerId ORDER BY f.id")
      .all([]);
    expect(names).toEqual([{ nodeName: null }, { nodeName: "theirs" }]);
  });
});

describe("what is not a flow", () => {
  it("is kept with its kind, time, loss and sentence", () => {
    const capture = new TestCapture();
    const lost =
      '{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"7"},"node_name":"n1","time":"2026-08-21T12:00:05Z"}';
    const report = capture.add("a", lines(lost, '{"node_status":{"state_change":"NODE_GONE"}}', line(1)));
    expect(report).toMatchObject({ read: 3, accepted: 1, otherKinds: 2, refused: 0 });
    expect(
      capture.database
        .prepareExact("SELECT kind, timeNs, lostEvents, detail FROM OtherRecord ORDER BY id")
        .all([]),
    ).toEqual([
      {
        kind: "lost_events",
        timeNs: 1787313605000000000n,
        lostEvents: 7n,
        detail: "7 events lost (HUBBLE_RING_BUFFER)",
      },
      { kind: "node_status", timeNs: null, lostEvents: null, detail: "NODE_GONE" },
    ]);
  });

  it("takes the largest number of lost events", () => {
    const capture = new TestCapture();
    const report = capture.add("a", lines('{"lost_events":{"num_events_lost":"18446744073709551615"}}'));
    expect(report).toMatchObject({ state: "done", otherKinds: 1 });
  });

  it("that is refused is counted all, and listed up to a bound", () => {
    const capture = new TestCapture();
    const report = capture.add("a", "rubbish\n".repeat(20_000) + lines(line(1)));
    expect(report).toMatchObject({
      read: 20_001,
      accepted: 1,
      refused: 20_000,
      refusedBy: { not_a_record: 20_000 },
    });
    expect(report.refusals).toHaveLength(100);
    expect(report.refusals[0]).toMatchObject({
      line: 1,
      offset: 0,
      code: "not_a_record",
      excerpt: "rubbish",
    });
    // Of each block the first hundred.
    const listed = Number(capture.database.prepare("SELECT count(*) AS n FROM Refusal").get([])?.n);
    expect(listed).toBeGreaterThan(100);
    expect(listed).toBeLessThanOrEqual(1000);
  });

  it("is listed no more than a thousand times, but for the reason why the file ended early", () => {
    const capture = new TestCapture();
    const { fileId, loader: loading } = loader(capture);
    const refusal = { line: 1, offset: 0, code: "torn", reason: "x", excerpt: "" };
    for (let i = 0; i < 30; i++)
      loading.load([
        {
          decoder: 0,
          batch: { ...batch(), read: 101, refusedBy: { torn: 100 }, refusals: Array(100).fill(refusal) },
        },
      ]);
    loading.refuseFile({ line: 0, offset: 5, code: "packing_broken", reason: "y", excerpt: "" });
    expect(capture.database.prepare("SELECT count(*) AS n FROM Refusal").get([])?.n).toBe(1001);
    const report = capture.report(fileId);
    expect(report).toMatchObject({ read: 3031, refused: 3001, refusedBy: { torn: 3000, packing_broken: 1 } });
    expect(report.refusals[0]).toMatchObject({ line: 0, code: "packing_broken" });
  });
});

describe("a file's span", () => {
  it("is that of its timed records, to the nanosecond", () => {
    const capture = new TestCapture();
    const at = (time: string) => line(undefined, { time });
    const report = capture.add(
      "a",
      lines(
        at("2026-08-21T12:00:00.000000002Z"),
        line(undefined),
        at("1969-12-31T23:59:59.999999999Z"),
        at("2026-08-21T12:00:00.000000001Z"),
      ),
    );
    expect(report).toMatchObject({
      accepted: 4,
      first: "1969-12-31T23:59:59.999999999Z",
      last: "2026-08-21T12:00:00.000000002Z",
    });
  });

  it("is none when nothing has a time", () => {
    expect(new TestCapture().add("a", lines(line(undefined)))).toMatchObject({
      accepted: 1,
      first: null,
      last: null,
    });
  });
});

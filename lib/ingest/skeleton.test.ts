import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uuidHash } from "@/lib/base/hash";
import { parseTime } from "@/lib/base/time";
import { DICTIONARIES, type FlowBatch } from "@/lib/flow/batch";
import type { Chunk } from "./chunk";
import { Cut } from "./cut";
import { decodeChunk } from "./decode-chunk";
import { Packer } from "./pack";
import { Splitter } from "./split";

/** One line per record; `members` go into the flow behind the ports' object. */
function record(
  change: Partial<Record<"time" | "uuid" | "source" | "destination" | "more", string>> = {},
): string {
  const { time = "2026-08-21T12:12:18.510175415Z", uuid = "d5814bfb-4707-4131-a890-78fb3c7b571c" } = change;
  const { source = "44916", destination = "80", more = "" } = change;
  return `{"flow":{"time":"${time}","uuid":"${uuid}","verdict":"FORWARDED","IP":{"source":"10.0.0.1","destination":"10.0.0.2","ipVersion":"IPv4"},"l4":{"TCP":{"source_port":${source},"destination_port":${destination},"flags":{"SYN":true}}},"source":{"ID":7,"identity":300,"namespace":"shop","pod_name":"web-1"},"destination":{"identity":301,"namespace":"shop","pod_name":"api-1"},"Type":"L3_L4","node_name":"n1","event_type":{"type":4}${more}},"node_name":"n1","time":"${time}"}`;
}

/** Everything a batch says, with dictionary ids replaced by what they stand for. */
function decodeAll(lines: readonly string[], useSkeletons: boolean) {
  const chunks: Chunk[] = [];
  const splitter = new Splitter((chunk) => chunks.push(chunk));
  splitter.push(Buffer.from(`${lines.join("\n")}\n`));
  splitter.end();
  const packer = new Packer();
  if (!useSkeletons) packer.skeletons.isWorthIt = () => false;
  const known = { kind: [], observer: [], endpoint: [], text: [], pair: [] } as Record<string, unknown[]>;
  return chunks.map((chunk) => resolve(decodeChunk(chunk, packer), known));
}

function resolve(batch: FlowBatch, known: Record<string, unknown[]>) {
  for (const name of DICTIONARIES) known[name]?.push(...batch.dictionaries[name].map(({ values }) => values));
  for (const { source, destination, ...pair } of batch.pairs)
    known.pair?.push({
      ...pair,
      source: known.endpoint?.[source],
      destination: known.endpoint?.[destination],
    });
  const { columns } = batch;
  const dictionaryOf = {
    kind: "kind",
    observer: "observer",
    source: "endpoint",
    destination: "endpoint",
    pair: "pair",
  } as const;
  const textColumns = ["l7Text", "dnsAnswer", "policies"] as const;
  const plain = [
    "place",
    "timeNs",
    "sourcePort",
    "destinationPort",
    "latencyNs",
    "events",
    "hash",
    "hasUuid",
    "exchangeKey",
  ] as const;
  const rows = Array.from({ length: batch.flows }, (_, row) => ({
    ...Object.fromEntries(plain.map((column) => [column, columns[column][row]])),
    ...Object.fromEntries(
      Object.entries(dictionaryOf).map(([column, name]) => [
        column,
        known[name]?.[columns[column as "kind"][row] as number],
      ]),
    ),
    ...Object.fromEntries(
      textColumns.map((column) => [column, known.text?.[columns[column][row] as number] ?? null]),
    ),
  }));
  const { refusedBy, refusals, others, extras, formats, read } = batch;
  return {
    rows,
    extras,
    refusedBy,
    refusals,
    others: others.map(({ observer: _, ...other }) => other),
    formats,
    read,
  };
}

function expectBothWaysEqual(lines: readonly string[]): void {
  expect(decodeAll(lines, true)).toEqual(decodeAll(lines, false));
}

describe("records like earlier ones", () => {
  it("are found again when only time, uuid and ports differ", () => {
    const lines = [
      record(),
      record({
        time: "2026-08-21T12:12:19Z",
        uuid: "00000000-0000-4000-8000-000000000001",
        source: "1",
        destination: "65535",
      }),
      record({ more: ',"proxy_port":5' }),
      record({ more: ',"proxy_port":5', source: "2" }),
      record({ more: ',"ip_trace_id":{"trace_id":"5"}' }),
      record({ more: ',"ip_trace_id":{"trace_id":"5"}', source: "3" }),
    ];
    expect(foundIn(lines)).toEqual([false, true, false, true, false, true]);
    expectBothWaysEqual(lines);
  });

  const first = record();
  const hostile: [what: string, line: string][] = [
    ["a second uuid before the flow's own", record({ more: ',"extensions":{"uuid":"x"}' })],
    [
      "a second uuid with the same value",
      record({ more: ',"extensions":{"uuid":"d5814bfb-4707-4131-a890-78fb3c7b571c"}' }),
    ],
    [
      "ports of a tunnel",
      record({ more: ',"tunnel":{"l4":{"UDP":{"source_port":44916,"destination_port":80}}}' }),
    ],
    ["ports in the other spelling", record({ more: ',"x":{"sourcePort":1}' })],
    ["a name spelled with an escape", record({ more: ',"\\u0075uid":"other"' })],
    ["a port with a leading zero", record({ source: "044" })],
    ["a port with a fraction", record({ source: "44.5" })],
    ["a negative port", record({ source: "-1" })],
    ["a port as text", record({ source: '"44916"' })],
    ["a port of nine digits and more", record({ source: "1234567890" })],
    ["no port", record({ source: "" })],
    ["a uuid with an escaped quote", record({ uuid: 'a\\"b' })],
    ["a uuid that ends in a backslash", record({ uuid: "a\\" })],
    ["an empty uuid", record({ uuid: "" })],
    ["an unreadable time", record({ time: "yesterday" })],
    ["a time with an escape", record({ time: "2026-08-21T12:12:18.51017541\\u0035Z" })],
    ["another time in the envelope", record().replace(/"time":"[^"]*"}$/, '"time":"2020-01-01T00:00:00Z"}')],
    ["no time in the envelope", record().replace(/,"time":"[^"]*"}$/, "}")],
    ["a raw control character where a port stood", record({ source: "\u0001" })],
    ["a torn end", record().slice(0, -5)],
    ["text behind the record", `${record()} and more`],
    ["another member last", record().replace(/}$/, ',"uuid":"late"}')],
    ["the same member twice", record({ more: ',"uuid":"again"' })],
    ["a latency", record({ more: ',"l7":{"type":"RESPONSE","latency_ns":"77"}' })],
  ];

  it.each(hostile)("are decoded the same both ways with %s", (_, line) => {
    // Between two honest ones, and twice, so that whatever could be learned from it is used.
    expectBothWaysEqual([first, line, first, line, record({ source: "5" }), line]);
  });

  /** The first is learned from; the second has another value where a cut might be made, but not in the flow's own member. */
  const misleading: [what: string, own: (value: string) => string][] = [
    [
      "a uuid inside another member",
      (value) => record().replace(',"uuid":"', `,"extensions":{"uuid":"${value}"},"uuid":"`),
    ],
    [
      "the flow's own uuid spelled with an escape",
      (value) => record().replace(',"uuid":"', `,"extensions":{"uuid":"${value}"},"\\u0075uid":"`),
    ],
    [
      "times around the flow's own, which stays the same",
      (value) => {
        const time = value === "other" ? "2030-01-01T00:00:00Z" : "2026-08-21T12:12:18.510175415Z";
        const envelope = record().replace(/"time":"[^"]*"}$/, `"time":"${time}"}`);
        return envelope.replace('{"flow":{', `{"flow":{"extensions":{"time":"${time}"},`);
      },
    ],
    [
      "the flow's own time with a blank behind its name",
      (value) => {
        const time = value === "other" ? "2030-01-01T00:00:00Z" : "2026-08-21T12:12:18.510175415Z";
        const envelope = record().replace(/"time":"[^"]*"}$/, `"time":"${time}"}`);
        return envelope
          .replace('{"flow":{"time":', `{"flow":{"time" :`)
          .replace('{"flow":{', `{"flow":{"extensions":{"time":"${time}"},`);
      },
    ],
    [
      "the flow's own uuid with a blank behind its name",
      (value) => record().replace(',"uuid":"', `,"extensions":{"uuid":"${value}"},"uuid" :"`),
    ],
    [
      "the flow's own ports with a blank behind their names",
      (value) =>
        record()
          .replace('"source_port":', '"source_port" :')
          .replace('"destination_port":', '"destination_port" :')
          .replace(
            ',"l4":',
            `,"x":{"source_port":${value === "other" ? 1 : 44916},"destination_port":80},"l4":`,
          ),
    ],
    [
      "a time of another member before the flow's own, without an envelope",
      (value) => {
        const time = value === "other" ? "2030-01-01T00:00:00Z" : "2026-08-21T12:12:18.510175415Z";
        return record()
          .replace(/,"time":"[^"]*"}$/, "}")
          .replace('{"flow":{', `{"flow":{"extensions":{"time":"${time}"},`);
      },
    ],
    ["a uuid with a control character", (value) => record({ uuid: value === "other" ? "a\u0001b" : value })],
    [
      "ports inside another member",
      (value) =>
        record().replace(
          ',"l4":',
          `,"x":{"source_port":${value === "other" ? 1 : 44916},"destination_port":80},"l4":`,
        ),
    ],
    [
      "ports of the flow in the other spelling",
      (value) =>
        record()
          .replace("source_port", "sourcePort")
          .replace("destination_port", "destinationPort")
          .replace(
            ',"l4":',
            `,"x":{"source_port":${value === "other" ? 1 : 44916},"destination_port":80},"l4":`,
          ),
    ],
  ];

  it.each(misleading)("are decoded the same both ways with %s", (_, line) => {
    const same = "d5814bfb-4707-4131-a890-78fb3c7b571c";
    expectBothWaysEqual([line(same), line("other"), line(same)]);
  });

  it("are decoded the same both ways when bytes of them are changed at random", () => {
    const bytes = fc.constantFrom(...'{}[]",:\\019azZ \u0001é');
    const change = fc.record({ at: fc.nat(700), by: bytes, remove: fc.nat(3) });
    const line = fc
      .array(change, { maxLength: 3 })
      .map((changes) =>
        changes.reduce(
          (text, { at, by, remove }) => text.slice(0, at) + by + text.slice(at + remove),
          record(),
        ),
      );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) =>
        expectBothWaysEqual([first, ...lines, first, ...lines]),
      ),
      { seed: 20260821, numRuns: 400 },
    );
  });
});

/** What an HTTP record may say for itself. */
interface Http {
  readonly id: string;
  readonly url?: string;
  readonly latency?: string;
  readonly length?: string;
  readonly trace?: string;
  readonly summary?: string;
  readonly status?: number;
}

function http(own: Http): string {
  const { id, url = "http://api/cart", latency, length = id.length, trace, status } = own;
  const summary = own.summary ?? `HTTP/1.1 ${status ?? ""} ${latency ?? ""} (GET ${url})`;
  const headers = [
    '{"key":"Accept","value":"*/*"}',
    '{"key":"X-Empty"}',
    `{"key":"Content-Length","value":"${length}"}`,
    ...(trace === undefined ? [] : [`{"key":"Traceparent","value":"00-${trace}-01"}`]),
    `{"key":"X-Request-Id","value":"${id}"}`,
  ];
  const l7 = `"l7":{"type":"${status === undefined ? "REQUEST" : "RESPONSE"}",${latency === undefined ? "" : `"latency_ns":"${latency}",`}"http":{${status === undefined ? "" : `"code":${status},`}"method":"GET","url":"${url}","protocol":"HTTP/1.1","headers":[${headers.join(",")}]}}`;
  const context =
    trace === undefined ? "" : `,"trace_context":{"parent":{"trace_id":"${trace.slice(0, 32)}"}}`;
  return record({
    source: String(30_000 + id.length),
    more: `,${l7},"is_reply":${status !== undefined}${context},"Summary":"${summary}"`,
  });
}

/** So many that the headers that vary are known as such. */
const requests = Array.from({ length: 80 }, (_, n) =>
  http({
    id: `0000${1000 + n}-4707-4131-a890-78fb3c7b571c`,
    url: n % 2 === 0 ? "http://api/cart" : `http://api/item?a=${n}\\u0026b=1`,
    length: String(n * 17),
    ...(n % 3 === 0 ? {} : { trace: `${"0".repeat(28)}${1000 + n}-${"1".repeat(12)}${1000 + n}` }),
    ...(n % 4 < 2 ? {} : { status: 200, latency: String(n * 1_000_003) }),
  }),
);

describe("records of layer 7 like earlier ones", () => {
  it("are found again when ids, lengths, URL, latency, trace and summary differ", () => {
    const found = foundIn(requests);
    // After the fortieth nothing new comes: of each record the second look finds it, where one is needed.
    const fullyDecoded = decodedInFull(requests);
    expect(found.length).toBeGreaterThan(requests.length);
    expect(fullyDecoded.filter((n) => n >= 60)).toEqual([]);
    expectBothWaysEqual(requests);
  });

  const id = "12345678-4707-4131-a890-78fb3c7b571c";
  const hostile: [what: string, line: string][] = [
    ["a second URL before", http({ id }).replace(',"l7":', ',"x":{"url":"http://other"},"l7":')],
    ["a second URL behind", http({ id }).replace(',"Summary"', ',"x":{"url":"http://other"},"Summary"')],
    ["a latency as a number", http({ id, status: 200, latency: "7" }).replace('"7"', "7")],
    ["a latency of zero", http({ id, status: 200, latency: "0" })],
    ["a latency with leading zeros", http({ id, status: 200, latency: "00070" })],
    ["the longest latency that is cut out", http({ id, status: 200, latency: "999999999999999" })],
    ["a longer latency", http({ id, status: 200, latency: "9223372036854775807" })],
    ["a latency beyond 64 bits signed", http({ id, status: 200, latency: "18446744073709551615" })],
    ["a latency that is none", http({ id, status: 200, latency: "1e3" })],
    [
      "a latency in the other spelling",
      http({ id, status: 200, latency: "7" }).replace("latency_ns", "latencyNs"),
    ],
    ["two latencies", http({ id, status: 200, latency: "7" }).replace('"http":', '"latencyNs":"8","http":')],
    ["an escaped quote in a header", http({ id: 'a\\"b' })],
    ["a backslash in a header", http({ id: "a\\\\" })],
    ["an escape of Go in a header", http({ id: "a\\u0026b" })],
    ["text beyond ASCII in a header", http({ id: "é" })],
    ["no value in a header", http({ id: "" })],
    ["a redacted request id", http({ id: "HUBBLE_REDACTED" })],
    ["a request id that is no uuid", http({ id: "17" })],
    ["a request id of 36 characters that is no uuid", http({ id: "x".repeat(36) })],
    ["a long header", http({ id, length: "9".repeat(300) })],
    ["two request ids", http({ id }).replace("Content-Length", "x-request-id")],
    ["headers in another order", http({ id }).replace(/(\{"key":"Accept"[^}]*\}),(.*?)\]/, "$2,$1]")],
    ["a header with another member", http({ id }).replace('"key":"Accept",', '"key":"Accept","x":1,')],
    [
      "a header whose value comes first",
      http({ id }).replace(/"key":"Content-Length",("value":"\d+")/, '$1,"key":"Content-Length"'),
    ],
    [
      "other headers before",
      http({ id }).replace(',"l7":', ',"x":{"headers":[{"key":"X-Request-Id","value":"1"}]},"l7":'),
    ],
    ["a trace id of its own spelling", http({ id, trace: "short-x" })],
    [
      "a trace id twice",
      http({ id, trace: "a".repeat(49) }).replace(',"Summary"', ',"ip_trace_id":{"trace_id":"5"},"Summary"'),
    ],
    ["an empty URL", http({ id, url: "" })],
    ["a URL with an escape", http({ id, url: "http://api/\\u00e9" })],
    ["a URL with escapes of Go", http({ id, url: "/\\u003ca\\u003e\\u0026\\u003c" })],
    ["a URL that ends in an escape of a backslash", http({ id, url: "/\\\\u0026" })],
    ["a URL that ends in a broken escape", http({ id, url: "/\\u002" })],
    ["an empty summary", http({ id, summary: "" })],
    ["a summary with quotes", http({ id, summary: 'a \\"b\\"' })],
    ["no summary", http({ id }).replace(/,"Summary":"[^"]*"/, "")],
    ["a query of DNS too", http({ id }).replace('"http":', '"dns":{"query":"a.b."},"http":')],
    ["an exchange of Kafka too", http({ id }).replace('"http":', '"kafka":{"correlation_id":7},"http":')],
    [
      "layer 7 before the ports",
      http({ id }).replace(/("l4":.*?),("source":.*),("l7":.*?\]\}\})/, "$3,$1,$2"),
    ],
    ["no type", http({ id }).replace('"type":"REQUEST",', "")],
    ["a torn end", http({ id }).slice(0, -40)],
  ];

  it.each(hostile)("are decoded the same both ways with %s", (_, line) => {
    const other = line.replace("1234", "5678");
    expectBothWaysEqual([...requests, line, other, line, ...requests.slice(0, 6), other]);
  });

  /** The first is learned from; the second has another value where a cut might be made, but not in the flow's own member. */
  const misleading: [what: string, own: (value: string) => string][] = [
    [
      "a URL of another member, and a blank behind the name of its own",
      (value) =>
        http({ id, url: "same" })
          .replace('"url":', '"url" :')
          .replace('"http":', `"x":{"url":"${value}"},"http":`),
    ],
    [
      "a latency of another member, and its own in the other spelling",
      (value) =>
        http({ id, status: 200, latency: "11" })
          .replace('"latency_ns"', '"latencyNs"')
          .replace('"RESPONSE",', `"RESPONSE","x":{"latency_ns":"${value === "same" ? 11 : 12}"},`),
    ],
    [
      "a trace of another member, and its own in the other spelling",
      (value) =>
        http({ id, trace: "same" })
          .replace('"parent":{"trace_id":"same"}', '"parent":{"traceId":"same"}')
          .replace(
            ',"trace_context"',
            `,"x":{"trace_context":{"parent":{"trace_id":"${value}"}}},"trace_context"`,
          ),
    ],
  ];

  it.each(misleading)("are decoded the same both ways with %s", (_, line) => {
    expectBothWaysEqual([...requests, line("same"), line("other"), line("same")]);
  });

  it("are decoded the same both ways when a header that says what they are varies", () => {
    const grpc = (n: number): string =>
      http({ id }).replace(
        '"Accept","value":"*/*"',
        `"Content-Type","value":"${n % 3 ? "application/grpc" : "text"}; a=${n}"`,
      );
    const status = (n: number): string =>
      http({ id }).replace('"Accept","value":"*/*"', `"grpc-status","value":"${n}"`);
    const lines = Array.from({ length: 50 }, (_, n) => [grpc(n), status(n)]).flat();
    expectBothWaysEqual([...lines, ...lines]);
  });

  it("are decoded the same both ways when bytes of them are changed at random", () => {
    const bytes = fc.constantFrom(...'{}[]",:\\u0129azZ \u0001é');
    const change = fc.record({ at: fc.integer({ min: 480, max: 1100 }), by: bytes, remove: fc.nat(3) });
    const line = fc
      .tuple(fc.nat(79), fc.array(change, { maxLength: 3 }))
      .map(([nth, changes]) =>
        changes.reduce(
          (text, { at, by, remove }) => text.slice(0, at) + by + text.slice(at + remove),
          requests[nth] as string,
        ),
      );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), (lines) =>
        expectBothWaysEqual([...requests, ...lines, ...requests.slice(0, 8), ...lines]),
      ),
      { seed: 20261128, numRuns: 60 },
    );
  });
});

/** Numbers of the records that were parsed. */
function decodedInFull(lines: readonly string[]): number[] {
  const packer = new Packer();
  const full: number[] = [];
  const learn = packer.skeletons.learn.bind(packer.skeletons);
  packer.skeletons.learn = (text, ...more) => {
    full.push(lines.indexOf(text));
    learn(text, ...more);
  };
  const splitter = new Splitter((chunk) => decodeChunk(chunk, packer));
  splitter.push(Buffer.from(`${lines.join("\n")}\n`));
  splitter.end();
  return full;
}

/** Of each record that could be cut: whether one like it was known. */
function foundIn(lines: readonly string[]): boolean[] {
  const packer = new Packer();
  const found: boolean[] = [];
  const find = packer.skeletons.find.bind(packer.skeletons);
  packer.skeletons.find = (cut, bytes, view) => {
    const known = find(cut, bytes, view);
    found.push(known !== undefined);
    return known;
  };
  const splitter = new Splitter((chunk) => decodeChunk(chunk, packer));
  splitter.push(Buffer.from(`${lines.join("\n")}\n`));
  splitter.end();
  return found;
}

describe("what is learned", () => {
  it("holds for no row of a table: other columns make another record of it", () => {
    const flow = /\{"time".*?\}(?=,"node_name":"n1","time")/
      .exec(record())?.[0]
      .replace(',"node_name":"n1"', "");
    const rows = Array.from({ length: 3 }, () => `${flow}\tn1\tn2`);
    const lines = ["flow\tnode_name\tx", ...rows, "flow\tx\tnode_name", ...rows];
    expect(decodeAll(lines, true)).toEqual(decodeAll(lines, false));
    const nodes = decodeAll(lines, true).flatMap(({ rows: read }) =>
      read.map(({ observer }) => JSON.stringify(observer)),
    );
    expect(nodes.map((row) => /n[12]/.exec(row)?.[0])).toEqual(["n1", "n1", "n1", "n2", "n2", "n2"]);
  });

  it("is a record without ports too", () => {
    const icmp = (time: string) => record({ time }).replace(/"TCP":\{.*?\}\}/, '"ICMPv4":{"type":8}');
    const lines = [
      icmp("2026-08-21T12:12:18Z"),
      icmp("2026-08-21T12:12:19Z"),
      record(),
      record({ source: "7" }),
    ];
    expect(lines[0]).toContain('"l4":{"ICMPv4":{"type":8}}');
    expect(foundIn(lines)).toEqual([false, true, false, true]);
    expectBothWaysEqual(lines);
  });

  it("is not mistaken for a record that differs in any one byte", () => {
    const line = record();
    const other = Array.from(
      { length: line.length },
      (_, at) => `${line.slice(0, at)}~${line.slice(at + 1)}`,
    );
    expectBothWaysEqual([line, ...other, line]);
  });
});

/** Behind three other bytes and before some, as a record lies in its block. */
function cutOf(text: string): Cut | undefined {
  const bytes = Buffer.from(`abc${text}\n${record()}`);
  const cut = new Cut();
  return cut.take(bytes, 3, 3 + Buffer.byteLength(text)) ? cut : undefined;
}

describe("a cut", () => {
  it("gives time, uuid and ports, and their places", () => {
    const text = record();
    const cut = cutOf(text);
    expect(cut).toMatchObject({ sourcePort: 44916, destinationPort: 80, hasUuid: true, hasTimeAgain: true });
    expect(cut?.timeNs).toBe(1787314338_510175415n);
    const values = Array.from({ length: cut?.count ?? 0 }, (_, nth) =>
      text.slice((cut?.starts[nth] ?? 0) - 3, (cut?.ends[nth] ?? 0) - 3),
    );
    expect(values).toEqual([
      "2026-08-21T12:12:18.510175415Z",
      "d5814bfb-4707-4131-a890-78fb3c7b571c",
      "44916",
      "80",
      "2026-08-21T12:12:18.510175415Z",
    ]);
  });

  it("reads times as they are read elsewhere, one after the other", () => {
    const times = [
      "2026-08-21T12:12:18.510175415Z",
      "2026-08-21T12:12:59.999999999Z",
      "2026-08-21T12:12:00Z",
      "2026-08-21T12:12:60Z",
      "2026-08-21T12:12:5Z",
      "2026-08-21T12:12:05.Z",
      "2026-08-21T12:12:05.1234567891Z",
      "2026-08-21T12:12:05.1Z",
      "2026-08-21T12:12:05+01:00",
      "2026-08-21T12:13:05.000000001Z",
      "1969-12-31T23:59:59.999999999Z",
      "1677-09-21T00:12:44Z",
      "1677-09-21T00:12:45Z",
      "2262-04-11T23:47:16.854775807Z",
      "2262-04-11T23:47:16.854775808Z",
      "2026-02-30T00:00:00Z",
      "2026-08-21t12:12:18z",
      "",
    ];
    const bytes = times.map((time) => Buffer.from(record({ time })));
    const cut = new Cut();
    const read = bytes.map((line) => (cut.take(line, 0, line.length) ? cut.timeNs : undefined));
    expect(read).toEqual(times.map(parseTime));
    const unread = times.filter((_, n) => read[n] === undefined);
    expect(unread).toEqual([
      "2026-08-21T12:12:5Z",
      "2026-08-21T12:12:05.Z",
      "2262-04-11T23:47:16.854775808Z",
      "2026-02-30T00:00:00Z",
      "",
    ]);
  });

  it("makes the same 64 bits of a uuid as are made elsewhere", () => {
    const uuids = [
      "d5814bfb-4707-4131-a890-78fb3c7b571c",
      "ffffffff-ffff-ffff-ffff-fffffffffff0",
      "D5814BFB-4707-4131-A890-78FB3C7B571C",
      "d5814bfb-4707-4131-a890-78fb3c7b57-c",
      "d5814bfb-4707-4131-a890-78fb3c7b571g",
      "d5814bfb4-707-4131-a890-78fb3c7b571c",
      "flow-1",
      "x".repeat(64),
    ];
    const words = uuids.map((uuid) => {
      const { uuidHigh = 0, uuidLow = 0 } = cutOf(record({ uuid })) ?? {};
      return (BigInt(uuidHigh) << 32n) | BigInt(uuidLow >>> 0);
    });
    expect(words).toEqual(uuids.map(uuidHash));
    expect(cutOf(record({ uuid: "x".repeat(65) }))?.hasUuid).toBe(false);
  });
});

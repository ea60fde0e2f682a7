/** What somebody could write into a log to bring the reader down: refused by name or kept as it is, and nothing beside it suffers. */

import { describe, expect, it } from "vitest";
import { openBytes } from "@/lib/capture/likeness";
import { findPlace } from "@/lib/capture/raw";
import { UNTIMED } from "@/lib/flow/batch";
import type { Chunk } from "./chunk";
import { Splitter } from "./split";
import { batchesOf, recordsOf, sumOf } from "./testing";

const GOOD = '{"flow":{"verdict":"AUDIT"}}';
const flow = (members: string): string => `{"flow":{"verdict":"FORWARDED",${members}}}`;
const row = (members: string): string =>
  `{"TimeGenerated":"2026-08-21T12:12:18Z","Verdict":"DROPPED",${members}}`;
const MIB = 1024 * 1024;

interface Outcome {
  readonly flows: number;
  readonly refusedBy: Readonly<Record<string, number>>;
  /** Original bytes of the records between the two good ones. */
  readonly kept: readonly Buffer[];
  readonly texts: readonly string[];
  readonly times: readonly bigint[];
}

/** Reads a line between two good ones, which must come through. */
function between(line: string | Uint8Array, before = ""): Outcome {
  const bytes = Buffer.concat([
    Buffer.from(`${before}${GOOD}\n`),
    Buffer.from(line),
    Buffer.from(`\n${GOOD}\n`),
  ]);
  const batches = batchesOf(bytes);
  const kept = batches.flatMap((batch) =>
    recordsOf(batch, { findPlace, openBytes }).map((record) => record.bytes),
  );
  expect(kept[0]?.toString()).toBe(GOOD);
  expect(kept.at(-1)?.toString()).toBe(GOOD);
  for (const batch of batches)
    expect(batch.read).toBe(batch.flows + batch.others.length + sumOf(batch.refusedBy));
  const refusedBy: Record<string, number> = {};
  for (const batch of batches)
    for (const [code, count] of Object.entries(batch.refusedBy))
      refusedBy[code] = (refusedBy[code] ?? 0) + count;
  const entries = batches.flatMap(({ dictionaries }) => Object.values(dictionaries).flat());
  return {
    flows: batches.reduce((sum, batch) => sum + batch.flows, 0) - 2,
    refusedBy,
    kept: kept.slice(1, -1),
    texts: entries
      .flatMap(({ values }) => Object.values(values))
      .filter((value): value is string => typeof value === "string"),
    times: batches.flatMap(({ columns, flows }) => [...columns.timeNs.subarray(0, flows)]).slice(1, -1),
  };
}

describe("bytes that are no text", () => {
  it.each([
    ["a NUL in a text, spelled", flow('"node_name":"a\\u0000b"')],
    ["half a character, spelled", flow('"node_name":"a\\ud800b"')],
    ["half a character the other way round", flow('"source":{"pod_name":"\\udc00\\ud800"}')],
    ["a NUL in a row", row('"SourceNamespace":"a\\u0000b"')],
    ["half a character in a row", row('"SourceNamespace":"\\udfff"')],
    ["half a character in JSON in a row", row('"SourceWorkloads":"[{\\"name\\":\\"\\\\ud83d\\"}]"')],
    ["half a character in a wrapped record", `{"message":"{\\"flow\\":{\\"node_name\\":\\"\\\\ud83d\\"}}"}`],
    [
      "a NUL in a printed record",
      "N/A [a\u0000b]: 10.0.0.1 (host) -> 10.0.0.2 (world) to-stack FORWARDED (UDP)",
    ],
  ])("are kept as bytes and stored as text: %s", (_name, line) => {
    const { flows, kept, texts } = between(line);
    expect(flows).toBe(1);
    expect(kept).toEqual([Buffer.from(line)]);
    for (const text of texts) {
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toContain("\u0000");
    }
  });

  it.each([
    ["a NUL between members", '{"flow":{\u0000"verdict":"AUDIT"}}'],
    ["a NUL in a text as it is", flow('"node_name":"a\u0000b"')],
    ["nothing but NULs", "\u0000".repeat(500)],
  ])("are refused: %s", (_name, line) => {
    const { flows, refusedBy } = between(line);
    expect([flows, sumOf(refusedBy)]).toEqual([0, 1]);
  });

  it("that are no UTF-8 are kept exactly", () => {
    const bytes = Buffer.from(flow('"node_name":"\u00ff\u00fe"'), "latin1");
    expect(between(bytes).kept).toEqual([bytes]);
  });
});

describe("numbers that are too large", () => {
  it.each([
    ["a port", flow('"l4":{"TCP":{"source_port":9223372036854775808}}')],
    ["an identity", flow('"source":{"identity":18446744073709551616}')],
    ["infinity", flow('"proxy_port":1e999')],
    ["a counter", flow('"aggregate":{"egress_flow_count":"9223372036854775808"}')],
    ["a number of lost events", '{"lost_events":{"num_events_lost":"18446744073709551616"}}'],
    ["an event type", flow('"event_type":{"type":1e300}')],
    ["a verdict", '{"flow":{"verdict":1.5}}'],
    ["an identity of a row", row('"SourceIdentity":"99999999999999999999"')],
    ["a counter of a row", row('"EgressFlowCount":"99999999999999999999"')],
    ["a port of a row", row('"Layer4":"{\\"TCP\\":{\\"destination_port\\":1e999}}"')],
  ])("refuse their record by the name of the member: %s", (_name, line) => {
    expect(between(line)).toMatchObject({ flows: 0, refusedBy: { field_invalid: 1 } });
  });

  it("in a printed record are no port and no identity", () => {
    const { flows, refusedBy } = between(
      "N/A: 10.0.0.1:99999999999 (host) -> 10.0.0.2 (ID:99999999999999999999) to-stack FORWARDED (UDP)",
    );
    expect([flows, refusedBy]).toEqual([0, { not_a_record: 1 }]);
  });

  it("that 64 bits hold are kept", () => {
    expect(between(flow('"socket_cookie":"18446744073709551615"')).flows).toBe(1);
  });
});

describe("times out of this world", () => {
  it.each([
    ["the year 0", flow('"time":"0000-01-01T00:00:00Z"')],
    ["the year 9999", flow('"time":"9999-12-31T23:59:59.999999999Z"')],
    ["the zero time of Go", flow('"time":"0001-01-01T00:00:00Z"')],
    ["a day that is none", flow('"time":"2026-02-30T00:00:00Z"')],
    ["a number that counts nothing known", flow('"time":17873143')],
    ["a number longer than numbers are", flow('"time":1787314338510175415')],
    ["a row of the year 9999", row('"x":1').replace("2026", "9999")],
    [
      "a row with a local date of the year 0",
      row('"x":1').replace("2026-08-21T12:12:18Z", "1/13/0000, 1:00:00 AM"),
    ],
    [
      "a printed record of the year 9999",
      "9999-12-31T23:59:59Z: 10.0.0.1 (host) -> 10.0.0.2 (world) to-stack FORWARDED (UDP)",
    ],
    [
      "the 30th of February, printed",
      "2026-03-01T00:00:00Z Feb 30 00:00:00.000: 10.0.0.1 (host) -> 10.0.0.2 (world) to-stack FORWARDED (UDP)",
    ],
  ])("leave a record untimed: %s", (_name, line) => {
    const { flows, times } = between(line);
    expect([flows, times]).toEqual([1, [UNTIMED]]);
  });
});

describe("depth", () => {
  const nested = (depth: number, open = "[", close = "]"): string => open.repeat(depth) + close.repeat(depth);

  it.each([
    ["lists in a member that nobody reads", flow(`"unknown":${nested(5000)}`), 1],
    ["objects in such a member", flow(`"unknown":${'{"a":'.repeat(2000)}1${"}".repeat(2000)}`), 1],
    ["vendor data", flow(`"extensions":${nested(5000)}`), 0],
    ["a column", row(`"Layer7":"${nested(5000)}"`), 0],
    ["lists of records", `{"records":${nested(5000)}}`, 0],
    ["a member of a batch", `{"records":[{"flow":{"uuid":"a","x":${nested(5000)}}}]}`, 1],
    [
      "a batch in a text",
      JSON.stringify({ message: `{"records":[{"flow":{"uuid":"a","x":${nested(5000)}}}]}` }),
      1,
    ],
    ["wrappers", `${'{"_source":'.repeat(1000)}1${"}".repeat(1000)}`, 0],
    [
      "texts in texts",
      ["a", "b", "c", "d", "e"].reduce((text) => JSON.stringify({ message: text }), GOOD),
      0,
    ],
    ["a line that is longer than what is looked through", flow(`"unknown":${nested(100_000)}`), 0],
  ])("does no harm: %s", (_name, line, flows) => {
    const found = between(line);
    expect(found.flows).toBe(flows);
    expect(sumOf(found.refusedBy)).toBe(1 - flows);
  });
});

/** Feeds the splitter a stream that is made as it goes, and watches the memory that it holds. */
function stream(parts: Iterable<Buffer>): {
  readonly codes: Readonly<Record<string, number>>;
  readonly documents: number;
  readonly heldMiB: number;
  readonly last: string;
} {
  const codes: Record<string, number> = {};
  let documents = 0;
  let last = "";
  let held = 0;
  const take = ({ bytes, documents: places, refused }: Chunk): void => {
    documents += places.length / 3;
    for (const code of refused.values()) codes[code] = (codes[code] ?? 0) + 1;
    last = Buffer.from(bytes.subarray(places.at(-3), places.at(-2))).toString("latin1");
  };
  const before = process.memoryUsage().arrayBuffers;
  const splitter = new Splitter(take);
  for (const part of parts) {
    splitter.push(part);
    held = Math.max(held, process.memoryUsage().arrayBuffers - before);
  }
  splitter.end();
  return { codes, documents, heldMiB: held / MIB, last };
}

function* repeated(head: string, part: string, times: number, tail: string): Generator<Buffer> {
  yield Buffer.from(head);
  const bytes = Buffer.from(part);
  for (let n = 0; n < times; n++) yield bytes;
  yield Buffer.from(tail);
}

/** Of the window, its larger copy while it grows, and what the garbage collector has not looked at. */
const HELD_MIB = 120;
const FILLER = "a".repeat(MIB);

describe("100 MB without an end", () => {
  it.each([
    ["a line of text", ""],
    ["a text in a record", '{"flow":{"Summary":"'],
    ["a list in a record", '{"flow":{"x":["'],
    ["a cell of CSV", 'TimeGenerated,Verdict\n2026-08-21T12:12:18Z,"'],
    ["a printed record", "TIMESTAMP: "],
    ["a part of a container runtime", "2026-08-21T12:12:18Z stdout P "],
    ["a part of Docker", '{"log":"'],
  ])("are one refusal, and the next line is read: %s", (_name, head) => {
    const { codes, heldMiB, last } = stream(repeated(`${GOOD}\n${head}`, FILLER, 100, `\n${GOOD}\n`));
    expect(codes).toEqual({ too_long: 1 });
    expect(last).toBe(GOOD);
    expect(heldMiB).toBeLessThan(HELD_MIB);
  });

  it.each([
    ["a list", "["],
    ["a batch", '{"records":['],
    ["a table", '{"tables":[{"columns":[{"name":"Verdict"}],"rows":['],
  ])("as a member of %s cost that member alone", (_name, head) => {
    const tail = `"},${GOOD}]${head.startsWith('{"t') ? "}]" : ""}${head.startsWith("{") ? "}" : ""}`;
    const { codes, documents, heldMiB, last } = stream(repeated(`${head}${GOOD},{"x":"`, FILLER, 100, tail));
    expect(codes).toEqual({ too_long: 1 });
    expect([documents, last]).toEqual([3, GOOD]);
    expect(heldMiB).toBeLessThan(HELD_MIB);
  });
});

describe("a document larger than memory", () => {
  const rows = `["2026-08-21T12:12:18Z","DROPPED","${"x".repeat(400)}"],`.repeat(2048);

  it.each([
    [
      "a table on one line",
      '{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated"}],"rows":[',
      "[]]}]}",
      rows,
    ],
    ["a batch", '{"records":[', "{}]}", `${GOOD},`.repeat(2048)],
    ["a list", "[", "{}]", `${GOOD},`.repeat(2048)],
  ])("is cut row by row: %s", (_name, head, tail, part) => {
    const times = Math.ceil((64 * MIB) / part.length);
    const { documents, heldMiB, codes } = stream(repeated(head, part, times, tail));
    expect(documents).toBe(times * 2048 + 1);
    expect(codes).toEqual({});
    expect(heldMiB).toBeLessThan(HELD_MIB);
  });
});

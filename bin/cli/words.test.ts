import { describe, expect, it } from "vitest";
import type { FileReport } from "@/lib/questions/answers";
import { bytes, harmless, outcomeOf, reportWords } from "./words";

const report: FileReport = {
  id: 1,
  file: "events.log",
  state: "done",
  addedAtMs: 0,
  packing: "plain",
  receivedBytes: 10,
  unpackedBytes: 10,
  read: 12_345,
  accepted: 12_300,
  duplicate: 30,
  otherKinds: 12,
  refused: 3,
  events: 12_300,
  refusedBy: { torn: 1, json_invalid: 2 },
  refusals: [
    {
      entry: null,
      line: 1017,
      offset: 9,
      code: "torn",
      reason: "The record breaks off.",
      excerpt: '{"flow":\u001b[31m',
    },
  ],
  formats: { hubble: 12_342 },
  first: "2026-03-04T05:00:00.000000000Z",
  last: "2026-03-04T05:30:00.000000000Z",
  failure: null,
  entryCount: 0,
  entries: [],
  aside: { entries: 0, first: [] },
};

describe("reportWords", () => {
  it("says of an archive how many files were read, what was left aside, and where a refused record stands", () => {
    const archive: FileReport = {
      ...report,
      file: "all.zip",
      entryCount: 2,
      aside: { entries: 41, first: [{ entry: "all.zip › a\u001b.md", why: "no records in it" }] },
      refused: 1,
      refusedBy: { torn: 1 },
      refusals: [
        { entry: "all.zip › n1.log", line: 3, offset: 9, code: "torn", reason: "Torn.", excerpt: "" },
      ],
    };
    expect(reportWords(archive).split("\n").slice(1, 5)).toEqual([
      "  An archive; 2 files in it read.",
      "  41 entries left aside, such as all.zip › a\u241b.md (no records in it).",
      "  Refused: 1 torn. docs/formats.md says what each means.",
      "  all.zip › n1.log, line 3: Torn.",
    ]);
  });

  it("says what was read, why records were refused, and from when to when", () => {
    expect(reportWords(report).split("\n")).toEqual([
      "events.log: read 12,345 = 12,300 accepted + 30 duplicate + 12 of other kinds + 3 refused.",
      "  Refused: 2 json_invalid, 1 torn. docs/formats.md says what each means.",
      "  line 1,017: The record breaks off.",
      '    {"flow":␛[31m',
      "  and 2 more; the page lists them under Files.",
      "  From 2026-03-04T05:00:00.000000000Z to 2026-03-04T05:30:00.000000000Z.",
    ]);
  });

  it("says that nothing was new, that nothing was in it, and that nothing was kept", () => {
    const quiet = { refused: 0, refusedBy: {}, refusals: [], first: null, last: null };
    const counts = { read: 5, accepted: 0, duplicate: 5, otherKinds: 0 };
    expect(reportWords({ ...report, ...quiet, ...counts, state: "nothing-new" })).toBe(
      "events.log: read 5 = 0 accepted + 5 duplicate + 0 of other kinds + 0 refused. Nothing new.",
    );
    expect(reportWords({ ...report, ...quiet, ...counts, read: 0 })).toBe("events.log: no records in it.");
    const failure = { code: "disk_full", message: "The disk is full." };
    expect(reportWords({ ...report, ...quiet, ...counts, state: "failed", failure })).toBe(
      "events.log: failed; nothing of it was kept.\n  The disk is full.",
    );
  });
});

describe("outcomeOf", () => {
  it.each([
    [{}, "read"],
    [{ state: "nothing-new" }, "read"],
    [{ read: 0, refused: 0 }, "read"],
    [{ read: 3, refused: 3 }, "refused"],
    [{ state: "cancelled" }, "failed"],
    [{ state: "interrupted" }, "failed"],
    [{ state: "failed" }, "failed"],
  ] as const)("takes %j for %s", (changes, outcome) => {
    expect(outcomeOf({ ...report, ...changes })).toBe(outcome);
  });
});

describe("harmless", () => {
  it.each([
    ["plain Ünïcode 漢字", "plain Ünïcode 漢字"],
    ["\u001b[31mred\u0007", "␛[31mred␇"],
    ["a\u009bb\u007f", "a<U+009B>b<U+007F>"],
    ["web\u202egol.exe", "web<U+202E>gol.exe"],
    ["two\nlines", "two␊lines"],
  ])("shows %j as %j", (text, shown) => {
    expect(harmless(text)).toBe(shown);
  });
});

describe("bytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "0.977 KiB"],
    [1024, "1 KiB"],
    [1_572_864, "1.5 MiB"],
    [252_281_879, "241 MiB"],
  ])("writes %d as %s", (value, text) => {
    expect(bytes(value)).toBe(text);
  });
});

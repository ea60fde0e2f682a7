/** Archives through a writer: entries are files of their own, the upload is what is reported and removed. */

import { existsSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type FileReport, readFiles } from "@/lib/capture/files";
import { readRaw } from "@/lib/capture/raw";
import { currentRevision, summarise } from "@/lib/capture/summarise";
import { tar, zip } from "@/lib/ingest/testing-archives";
import { line, lines, type TestCapture } from "./testing";
import { span, TestWriter } from "./testing-writer";

const counts = ({ read, accepted, duplicate, otherKinds, refused }: FileReport) => ({
  read,
  accepted,
  duplicate,
  otherKinds,
  refused,
});

describe("an archive", () => {
  const ARCHIVE = zip([
    { name: "logs/node-1.log", content: span(0, 10) },
    // Rotated in between: five records of it are in the other file too.
    { name: "logs/node-1-rotated.log.gz", content: gzipSync(`${span(5, 15)}this is no record\n`) },
    { name: "logs/README.md", content: "# Logs\n\nof a cluster\n" },
    { name: "logs/picture.png", content: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]) },
    { name: "logs/secret.log", content: "???", isEncrypted: true },
  ]);

  it("is reported as a whole and by entry, and makes one revision", async () => {
    const archive = new TestWriter();
    const report = await archive.put("logs.zip", ARCHIVE);
    expect(report).toMatchObject({
      file: "logs.zip",
      state: "done",
      packing: "zip",
      receivedBytes: ARCHIVE.length,
      // 10 + 11 lines and one encrypted entry; 5 records twice.
      read: 22,
      accepted: 15,
      duplicate: 5,
      otherKinds: 0,
      refused: 2,
      events: 15,
      refusedBy: { not_a_record: 1, archive_encrypted: 1 },
      formats: { hubble: 20 },
      first: "2026-08-21T12:00:00.000000000Z",
      last: "2026-08-21T12:00:14.000000000Z",
      failure: null,
      entryCount: 3,
      aside: {
        entries: 2,
        first: [
          { entry: "logs.zip › logs/README.md", why: "no records in it" },
          { entry: "logs.zip › logs/picture.png", why: "not text" },
        ],
      },
    });
    expect(report.entries).toMatchObject([
      { file: "logs.zip › logs/node-1.log", state: "done", packing: "plain", read: 10, accepted: 10 },
      {
        file: "logs.zip › logs/node-1-rotated.log.gz",
        packing: "gzip",
        read: 11,
        accepted: 5,
        duplicate: 5,
        refused: 1,
      },
      { file: "logs.zip › logs/secret.log", read: 1, refused: 1 },
    ]);
    expect(report.refusals).toMatchObject([
      { entry: "logs.zip › logs/node-1-rotated.log.gz", line: 11, code: "not_a_record" },
      { entry: "logs.zip › logs/secret.log", line: 0, code: "archive_encrypted" },
    ]);
    expect(currentRevision(archive.capture.database)).toBe(1);
    expect(summarise(archive.capture.database)).toMatchObject({ files: 1, flows: 15, events: 15 });
    expect(readFiles(archive.capture.database)).toEqual([report]);
  });

  it("names the entry and the line of a record", async () => {
    const archive = new TestWriter();
    await archive.put("logs.zip", ARCHIVE);
    const { database } = archive.capture;
    const last = database.prepare("SELECT max(id) AS id FROM Flow").get([]);
    const raw = readRaw(database, Number(last?.id));
    expect(raw).toMatchObject({ fileName: "logs.zip › logs/node-1-rotated.log.gz", line: 10 });
    expect(String(raw?.bytes)).toBe(line(14));
  });

  it("adds nothing a second time, under whatever name, and neither does a file that was in it", async () => {
    const archive = new TestWriter();
    await archive.put("logs.zip", ARCHIVE);
    const flows = archive.capture.flowIds();
    const again = await archive.put("same.zip", ARCHIVE);
    expect(again).toMatchObject({ state: "nothing-new", read: 22, accepted: 0, duplicate: 20, refused: 2 });
    expect(again.entries.map(({ state }) => state)).toEqual(["nothing-new", "nothing-new", "done"]);
    expect(await archive.put("node-1.log", span(0, 10))).toMatchObject({ state: "nothing-new" });
    expect(archive.capture.flowIds()).toEqual(flows);
    expect(currentRevision(archive.capture.database)).toBe(1);
  });

  it("is removed with all its entries in one revision, and gives back what another file had too", async () => {
    const archive = new TestWriter();
    const before = await archive.put("before.log", span(0, 3));
    const report = await archive.put("logs.zip", ARCHIVE);
    expect(counts(report)).toEqual({ read: 22, accepted: 12, duplicate: 8, otherKinds: 0, refused: 2 });
    const after = await archive.put("after.log", span(14, 20));
    expect(counts(after)).toMatchObject({ accepted: 5, duplicate: 1 });
    await archive.ask({ call: "removeFile", ask: { fileId: report.id } });
    expect(readFiles(archive.capture.database).map(({ id, accepted }) => [id, accepted])).toEqual([
      [before.id, 3],
      [after.id, 6],
    ]);
    expect(currentRevision(archive.capture.database)).toBe(4);
    expect(archive.count("SourceFile")).toBe(2);
    expect(archive.count("RawBlock")).toBe(2);
    expect(archive.count("Refusal")).toBe(0);
    expect(archive.count("Flow")).toBe(9);
  });

  it("within archives is read too, and nothing of the copy stays", async () => {
    const archive = new TestWriter();
    const inner = zip([{ name: "events.log", content: span(0, 4) }]);
    const report = await archive.put(
      "all.tar.gz",
      gzipSync(
        tar([
          { name: "node-1.zip", content: inner },
          { name: "node-2.log", content: span(4, 6) },
        ]),
      ),
    );
    expect(report).toMatchObject({ packing: "gzip+tar", read: 6, accepted: 6 });
    expect(report.entries.map(({ file }) => file)).toEqual([
      "all.tar.gz › node-1.zip › events.log",
      "all.tar.gz › node-2.log",
    ]);
    expect(archive.leftOver).toEqual([]);
  });

  it("that holds no log at all says what was left aside", async () => {
    const archive = new TestWriter();
    const report = await archive.put(
      "docs.tar",
      tar([{ name: "a.md", content: "# No log\n" }, { name: "b" }]),
    );
    expect(report).toMatchObject({ state: "done", read: 0, entryCount: 0, aside: { entries: 2 } });
    expect(report.aside.first.map(({ why }) => why)).toEqual(["no records in it", "empty"]);
    expect(currentRevision(archive.capture.database)).toBe(0);
    expect(archive.count("RawBlock")).toBe(0);
  });

  it("that breaks off keeps what came before and says so", async () => {
    const archive = new TestWriter();
    const file = tar([
      { name: "a.log", content: span(0, 5) },
      { name: "b.log", content: span(5, 9) },
    ]);
    const size = Math.ceil(span(0, 5).length / 512) * 512 + 512;
    const report = await archive.put("cut.tar", file.subarray(0, size));
    expect(report).toMatchObject({ state: "done", read: 6, accepted: 5, refusedBy: { packing_broken: 1 } });
    expect(report.refusals).toMatchObject([{ entry: null, line: 0, code: "packing_broken" }]);
  });

  it("whose names lead out of a folder, or act on a terminal, is only shown", async () => {
    const archive = new TestWriter();
    const report = await archive.put(
      "slip.tar",
      tar([
        { name: "../../../../tmp/eyepiece-slip", content: span(0, 1) },
        { name: "red\u001b[31m\u202e.log", content: span(1, 2) },
      ]),
    );
    expect(report.entries.map(({ file }) => file)).toEqual([
      "slip.tar › ../../../../tmp/eyepiece-slip",
      "slip.tar › red\u2423[31m\u2423.log",
    ]);
    expect(existsSync("/tmp/eyepiece-slip")).toBe(false);
  });

  it("of thousands of entries is read in bounded time and listed within bounds", async () => {
    const archive = new TestWriter();
    const file = zip(
      Array.from({ length: 1500 }, (_, n) => ({ name: `n/${n}.log`, content: span(n, n + 1) })),
    );
    const report = await archive.put("many.zip", file);
    expect(report).toMatchObject({ read: 1500, accepted: 1500, entryCount: 1500 });
    expect(report.entries).toHaveLength(1000);
  });
});

describe("the order of files", () => {
  // Equal lines without uuid: a counts twice, because one file has it twice; b once; c three times.
  const [a, b, c] = [line(1), line(2), line(3)];
  const FILES: readonly (readonly [name: string, content: string])[] = [
    ["one.log", lines(a, b, a)],
    ["two.log", lines(b, a, c, c)],
    ["three.log", lines(c, c, c, b)],
  ];
  const ORDERS = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  const inOrder = (order: readonly number[]) => order.map((index) => FILES[index] as (typeof FILES)[number]);
  const verdict = (capture: TestCapture) => {
    const reports = readFiles(capture.database);
    const sum = (of: "read" | "accepted" | "duplicate") =>
      reports.reduce((total, report) => total + report[of], 0);
    return {
      flows: capture.flowIds(),
      read: sum("read"),
      accepted: sum("accepted"),
      duplicate: sum("duplicate"),
    };
  };

  it("changes nothing about which records count, file by file or as entries of an archive", async () => {
    const results = [];
    for (const order of ORDERS) {
      const single = new TestWriter();
      for (const [name, content] of inOrder(order)) await single.put(name, content);
      results.push(verdict(single.capture));
      const packed = new TestWriter();
      const members = inOrder(order).map(([name, content]) => ({ name, content }));
      await packed.put("all.zip", zip(members));
      results.push(verdict(packed.capture));
    }
    const [first] = results;
    expect(first).toMatchObject({ read: 11, accepted: 6, duplicate: 5 });
    for (const result of results) expect(result).toEqual(first);
  });
});

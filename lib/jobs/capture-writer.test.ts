import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openCapture } from "@/lib/capture/capture-file";
import type { FileReport } from "@/lib/capture/files";
import { CaptureWriter } from "./capture-writer";
import type { ReadProgress, ToWriter } from "./messages";
import { line, lines, TestCapture } from "./testing";

const LOG = lines(...Array.from({ length: 30_000 }, (_, n) => line(n)));

/** A writer in this thread, over a capture that exists. */
function writerOf(capture: TestCapture) {
  const progress: ReadProgress[] = [];
  const writer = new CaptureWriter(capture.file, 2, (seen) => progress.push(seen));
  onTestFinished(async () => {
    await writer.answer({ id: 0, call: "close", ask: {} });
  });
  const ask = (message: Omit<Extract<ToWriter, { call: string }>, "id">) =>
    writer.answer({ id: 0, ...message } as Extract<ToWriter, { call: string }>);
  let files = 0;
  const announce = async (content: string) => {
    const spool = path.join(path.dirname(capture.file), `spool-${files++}`);
    writeFileSync(spool, content);
    const fileId = Number(await ask({ call: "addFile", ask: { name: "events.log", spool, addedAtMs: 0 } }));
    return { fileId, spool, bytes: content.length, isWhole: true };
  };
  const read = async (content: string) =>
    (await ask({ call: "readFile", ask: await announce(content) })) as FileReport;
  return { writer, ask, announce, read, progress };
}

describe("a decoder that dies", () => {
  it("fails the file with a sentence; the next file is read by new decoders", async () => {
    const capture = new TestCapture();
    const { writer, ask, announce, read } = writerOf(capture);
    expect(await read(lines(line(1)))).toMatchObject({ state: "done" });
    const reading = ask({ call: "readFile", ask: await announce(LOG) });
    const pool = Reflect.get(writer, "pool");
    // A message that no decoder understands ends its thread with an exception.
    for (const decoder of Reflect.get(pool, "decoders"))
      Reflect.get(decoder, "worker").postMessage(undefined);
    const report = (await reading) as FileReport;
    expect(report).toMatchObject({ state: "failed", read: 0, accepted: 0, failure: { code: "internal" } });
    expect(report.failure?.message).toMatch(/^Reading the file broke down .* Add the file again\.$/);
    expect(capture.database.prepare("SELECT count(*) AS n FROM Flow").get([])?.n).toBe(1);
    expect(await read(LOG)).toMatchObject({ state: "done", accepted: 29_999, duplicate: 1 });
  });
});

describe("a store that cannot be written", () => {
  it("because the disk is full fails the file with a sentence that says so", async () => {
    const capture = new TestCapture();
    const { writer, read } = writerOf(capture);
    // SQLite's own bound stands for the disk's.
    const database = Reflect.get(writer, "database") as TestCapture["database"];
    const pages = Number(database.prepare("PRAGMA page_count").get([])?.page_count);
    database.exec(`PRAGMA max_page_count = ${pages + 40}`);
    const report = await read(LOG);
    expect(report).toMatchObject({ state: "failed", read: 0, failure: { code: "disk_full" } });
    expect(report.failure?.message).toContain("The disk is full.");
    database.exec("PRAGMA max_page_count = 1000000");
    expect(await read(LOG)).toMatchObject({ state: "done", accepted: 30_000 });
  });
});

describe("a file that is cancelled when it was read and waits to be settled", () => {
  it("is dropped before the others are settled, and takes nothing of theirs along", async () => {
    const { writer, ask, announce } = writerOf(new TestCapture());
    // Both hold record 1.
    const first = await announce(lines(line(1), line(2)));
    const second = await announce(lines(line(1), line(3)));
    for (const file of [first, second]) {
      const report = await ask({ call: "readFile", ask: { ...file, settleLater: true } });
      expect(report).toMatchObject({ state: "settling", read: 2 });
    }
    const why = { state: "cancelled", code: "cancelled", message: "Cancelled." } as const;
    writer.told({ tell: "cancel", fileId: first.fileId, why });
    const reports = await ask({ call: "settleFiles", ask: { fileIds: [first.fileId, second.fileId] } });
    expect(reports).toMatchObject([
      { state: "cancelled", read: 0, accepted: 0, failure: { code: "cancelled" } },
      { state: "done", read: 2, accepted: 2, duplicate: 0 },
    ]);
  });
});

describe("a writer", () => {
  it("tells how far it is, and ends with settling", async () => {
    const { read, progress } = writerOf(new TestCapture());
    await read(LOG);
    expect(progress.at(-1)).toMatchObject({
      phase: "settling",
      read: 30_000,
      flows: 30_000,
      packedBytes: LOG.length,
    });
    for (const { flows, read: records } of progress) expect(flows).toBeLessThanOrEqual(records);
  });

  it("is stopped in the middle of a file, which stays to be taken up again", async () => {
    const capture = new TestCapture();
    const { writer, ask, announce } = writerOf(capture);
    // Still arriving.
    const file = { ...(await announce(LOG)), isWhole: false };
    const reading = ask({ call: "readFile", ask: file });
    await new Promise((resolve) => setTimeout(resolve, 30));
    writer.told({ tell: "stop" });
    expect(await reading).toMatchObject({ state: "reading" });
    expect(await ask({ call: "readFile", ask: file })).toMatchObject({ state: "reading" });
  });

  it("forgets what it was told of files that it does not read", () => {
    const { writer } = writerOf(new TestCapture());
    for (let fileId = 1; fileId < 100; fileId++)
      writer.told({ tell: "received", fileId, bytes: 1, isWhole: true });
    expect(Reflect.get(writer, "received")).toHaveProperty("size", 0);
  });

  it("removes a finished file only after the one that is being read", async () => {
    const capture = new TestCapture();
    const { ask, announce, read } = writerOf(capture);
    const first = await read(lines(line(1), line(2)));
    const reading = ask({ call: "readFile", ask: await announce(lines(line(2), line(3))) });
    await ask({ call: "removeFile", ask: { fileId: first.id } });
    expect(await reading).toMatchObject({ state: "done", accepted: 1, duplicate: 1 });
    expect(capture.report(2)).toMatchObject({ accepted: 2, duplicate: 0 });
  });

  it("refuses a capture that cannot be opened", () => {
    const capture = new TestCapture();
    capture.database.exec("UPDATE Capture SET formatVersion = 99");
    expect(() => new CaptureWriter(capture.file, 1, () => undefined)).toThrow("newer version of Eyepiece");
    expect(openCapture(capture.file)).toMatchObject({ ok: false });
  });
});

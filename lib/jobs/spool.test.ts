import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { partOf, SpoolReader } from "./spool";
import { testFolder } from "./testing";

const spoolFile = (): string => path.join(testFolder(), "capture-1");

async function readAll(reader: SpoolReader): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const bytes of reader.bytes()) parts.push(bytes);
  return Buffer.concat(parts).toString();
}

describe("reading an upload that arrives", () => {
  it("gives all of one that is there", async () => {
    const spool = spoolFile();
    writeFileSync(spool, "x".repeat(600_000));
    const reader = new SpoolReader(spool, new AbortController().signal);
    reader.received(600_000, true);
    expect(await readAll(reader)).toHaveLength(600_000);
    expect(reader.consumed).toBe(600_000);
  });

  it("gives nothing of an empty one", async () => {
    const spool = spoolFile();
    writeFileSync(spool, "");
    const reader = new SpoolReader(spool, new AbortController().signal);
    reader.received(0, true);
    expect(await readAll(reader)).toBe("");
  });

  it("goes on as bytes arrive, also when the file gets its name in between", async () => {
    const spool = spoolFile();
    writeFileSync(partOf(spool), "one ");
    const reader = new SpoolReader(spool, new AbortController().signal);
    const reading = readAll(reader);
    const soon = () => new Promise((resolve) => setTimeout(resolve, 10));
    await soon();
    appendFileSync(partOf(spool), "two ");
    reader.received(8, false);
    await soon();
    // Told before the bytes are on disk.
    reader.received(14, false);
    await soon();
    appendFileSync(partOf(spool), "three ");
    await soon();
    renameSync(partOf(spool), spool);
    reader.received(14, true);
    expect(await reading).toBe("one two three ");
  });

  it("says so when less is there than had arrived", async () => {
    const spool = spoolFile();
    writeFileSync(spool, "half");
    const reader = new SpoolReader(spool, new AbortController().signal);
    reader.received(8, true);
    await expect(readAll(reader)).rejects.toThrow("shorter");
  });

  it("ends with the reason when it is cancelled while it waits", async () => {
    const spool = spoolFile();
    writeFileSync(partOf(spool), "x");
    const cancelling = new AbortController();
    const reader = new SpoolReader(spool, cancelling.signal);
    const reading = readAll(reader);
    setTimeout(() => cancelling.abort(new Error("no more")), 10);
    await expect(reading).rejects.toThrow("no more");
    await expect(reader.untilWhole()).rejects.toThrow("no more");
  });

  it("waits for the end of an upload that it need not read", async () => {
    const reader = new SpoolReader(spoolFile(), new AbortController().signal);
    setTimeout(() => reader.received(5, false), 5);
    setTimeout(() => reader.received(9, true), 15);
    expect(await reader.untilWhole()).toBe(9);
    expect(await reader.untilWhole()).toBe(9);
  });
});

/** Rows and parts through the threads: what a record needs from its file travels with it, whichever decoder gets it. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { captureFile, createCapture, openCapture } from "@/lib/capture/capture-file";
import { readRaw } from "@/lib/capture/raw";
import { WriterHandle } from "./writer-handle";

const folder = mkdtempSync(path.join(tmpdir(), "eyepiece-formats-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ROWS = 9000;
const pad = "x".repeat(100);
const time = (index: number): string => `2026-08-21T12:12:18.${String(index).padStart(6, "0")}Z`;
const record = (index: number): string =>
  `{"flow":{"time":"${time(index)}","verdict":"DROPPED","Summary":"${pad}"}}`;

/** The file, and the original text of record `index` in it. */
const FILES: readonly (readonly [string, string, (index: number) => string])[] = [
  [
    "CSV",
    `TimeGenerated [UTC],Verdict,Note\n${Array.from({ length: ROWS }, (_, index) => `${time(index)},DROPPED,"${pad}\n${index}"\n`).join("")}`,
    (index) => `${time(index)},DROPPED,"${pad}\n${index}"`,
  ],
  [
    "a query answer",
    `{"tables":[{"columns":[{"name":"TimeGenerated"},{"name":"Verdict"},{"name":"Note"}],"rows":[${Array.from({ length: ROWS }, (_, index) => `["${time(index)}","DROPPED","${pad}"]`).join()}]}]}`,
    (index) => `["${time(index)}","DROPPED","${pad}"]`,
  ],
  [
    "parts of a container runtime",
    Array.from(
      { length: ROWS },
      (_, index) =>
        `${time(index)} stdout P ${record(index).slice(0, 60)}\n${time(index)} stdout F ${record(index).slice(60)}\n`,
    ).join(""),
    (index) =>
      `${time(index)} stdout P ${record(index).slice(0, 60)}\n${time(index)} stdout F ${record(index).slice(60)}`,
  ],
];

describe("a file of several blocks", () => {
  it.each(FILES)("is read by all decoders alike: %s", async (name, content, original) => {
    const captureId = `formatscapture${FILES.findIndex(([of]) => of === name)}`;
    const file = captureFile(folder, captureId);
    createCapture(file, { captureId, name, createdAtMs: 0, programVersion: "test" });
    const writer = new WriterHandle(file);
    const spool = path.join(folder, captureId);
    writeFileSync(spool, content);
    const fileId = await writer.ask("addFile", { name, spool, addedAtMs: 0 });
    await writer.ask("readFile", { fileId, spool, bytes: content.length, isWhole: true });
    await writer.close();
    const opened = openCapture(file, { readOnly: true });
    if (!opened.ok) throw new Error(opened.failure.message);
    const database = opened.value;
    expect(database.prepare("SELECT accepted, refused, read FROM SourceFile").get([])).toEqual({
      accepted: ROWS,
      refused: 0,
      read: ROWS,
    });
    expect(Number(database.prepare("SELECT count(*) AS n FROM RawBlock").get([])?.n)).toBeGreaterThan(2);
    const ids = database.prepare("SELECT id FROM Flow ORDER BY id").all([]);
    for (const index of [0, 1, 4321, 8999, ROWS - 1])
      expect(readRaw(database, Number(ids[index]?.id))?.bytes.toString()).toBe(original(index));
    database.close();
  });
});

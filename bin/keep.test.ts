/** What is kept, and what can be had back from a copy. */

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { createLog } from "@/lib/base/log";
import { line, lines, testFolder } from "@/lib/jobs/testing";
import { backUp } from "./backup";
import { createEngine, type Engine } from "./engine";
import { deleteOld } from "./retention";

const log = createLog(
  () => undefined,
  () => new Date(0),
);
const DAY_MS = 86_400_000;

async function start(dataDir: string, keepDays?: number): Promise<Engine> {
  const engine = await createEngine(dataDir, log, { keepDays });
  onTestFinished(() => engine.close());
  return engine;
}

async function put(engine: Engine, captureId: string, content: string): Promise<void> {
  const file = { fileName: "a.log", expectedBytes: null, body: Readable.from([Buffer.from(content)]) };
  const received = await engine.captures.receive(captureId, file);
  if (!received.ok) throw new Error(received.failure.message);
  await received.value.end;
}

async function makeCase(engine: Engine, captureId: string): Promise<string> {
  const pin = { id: "pin00001", view: "flows", link: "revision=1", title: "All", note: "", pinnedAt: "" };
  const asked = { captureId, title: "Case", status: "open", notes: "", pins: [pin] } as const;
  const made = await engine.investigations.create({ ...asked, pins: [pin] });
  if (!made.ok) throw new Error(made.failure.message);
  return made.value.id;
}

describe("captures that were kept long enough", () => {
  it("are deleted, unless an investigation shows them", async () => {
    const engine = await start(testFolder());
    const old = (await engine.captures.create("Old")).id;
    const shown = (await engine.captures.create("Shown")).id;
    await put(engine, old, lines(line(1)));
    await put(engine, shown, lines(line(2)));
    await makeCase(engine, shown);
    expect(await deleteOld(engine.captures, 30, Date.now() + 29 * DAY_MS)).toEqual([]);
    expect(await deleteOld(engine.captures, 30, Date.now() + 31 * DAY_MS)).toEqual([old]);
    expect((await engine.captures.list()).map(({ id }) => id)).toEqual([shown]);
  });

  it("say when, from the last file that was added, unless an investigation shows them", async () => {
    const dataDir = testFolder();
    const engine = await start(dataDir, 30);
    const { id } = await engine.captures.create("Night");
    const ends = async (from: Engine) => (await from.captures.list()).map(({ keptUntil }) => keptUntil);
    const before = Date.now();
    await put(engine, id, lines(line(1)));
    const [end] = await ends(engine);
    // Within the second in which the file was added, thirty days of 24 hours later.
    const sinceBegin = Date.parse(end ?? "") - before - 2_592_000_000;
    expect(sinceBegin).toBeGreaterThanOrEqual(0);
    expect(sinceBegin).toBeLessThan(Date.now() - before + 1);
    const caseId = await makeCase(engine, id);
    expect(await ends(engine)).toEqual([null]);
    await engine.investigations.remove(caseId);
    expect(await ends(engine)).toEqual([end]);
    await engine.close();
    expect(await ends(await start(dataDir, 30))).toEqual([end]);
  });

  it("count from the last file that was added", async () => {
    const engine = await start(testFolder());
    const made = Date.now();
    const { id } = await engine.captures.create("Grows");
    await put(engine, id, lines(line(1)));
    const added = await engine.captures.lastAddedMs(id);
    expect(added).toBeGreaterThanOrEqual(made);
    // Made long ago, but written to just now.
    const catalogue = Reflect.get(engine.captures, "catalogue");
    const { id: _, ...entry } = await catalogue.get(id);
    await catalogue.put(id, { ...entry, createdAtMs: BigInt(made - 100 * DAY_MS) });
    expect(await deleteOld(engine.captures, 30, made + DAY_MS)).toEqual([]);
    expect(await deleteOld(engine.captures, 30, made + 31 * DAY_MS)).toEqual([id]);
  });
});

describe("a copy of the data folder", () => {
  it("that was made while the server works has captures, kept revisions, cases and links", async () => {
    const dataDir = testFolder();
    const engine = await start(dataDir);
    const { id } = await engine.captures.create("One");
    await put(engine, id, lines(line(1), line(2)));
    const caseId = await makeCase(engine, id);
    const share = await engine.shares.create(caseId, { note: "for the auditors" });
    await put(engine, id, lines(line(3)));

    const target = path.join(testFolder(), "copy");
    const arriving = put(engine, id, lines(line(4), line(5)));
    expect(backUp(dataDir, target)).toMatchObject({ ok: true, value: { captures: 1 } });
    await arriving;
    expect(readdirSync(path.join(target, "captures")).sort()).toEqual([`${id}.db`, `${id}.r1.db`]);

    const restored = await start(target);
    expect((await restored.captures.list()).map(({ name }) => name)).toEqual(["One"]);
    const report = await restored.investigations.pinReport(caseId, "pin00001");
    expect(report).toMatchObject({ ok: true, value: { check: { state: "same" } } });
    const visitor = { address: "10.0.0.1", agent: "", cookies: undefined };
    expect(await restored.shares.admit(share.ok ? share.value.token : "", visitor)).toMatchObject({
      ok: true,
    });
    await put(restored, id, lines(line(6)));
    expect((await restored.captures.list())[0]?.flows).toBeGreaterThanOrEqual(4);
  });

  it("is refused where something would be lost or is not there", () => {
    const folder = testFolder();
    expect(backUp(folder, path.join(folder, "copy"))).toMatchObject({
      ok: false,
      failure: { code: "data_not_found" },
    });
    expect(existsSync(path.join(folder, "copy"))).toBe(false);
  });

  it("never goes into a folder that holds something", async () => {
    const dataDir = testFolder();
    await start(dataDir);
    expect(backUp(dataDir, dataDir)).toMatchObject({ ok: false, failure: { code: "backup_in_the_way" } });
  });
});

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { createLog } from "@/lib/base/log";
import { runImporter } from "@/lib/jobs/importer";
import { line, lines, testFolder } from "@/lib/jobs/testing";
import { createEngine, type Engine } from "./engine";

const log = createLog(
  () => undefined,
  () => new Date(0),
);

async function start(): Promise<{ engine: Engine; dataDir: string }> {
  const dataDir = testFolder();
  const engine = await createEngine(dataDir, log);
  onTestFinished(() => engine.close());
  return { engine, dataDir };
}

async function withCapture() {
  const house = await start();
  const { id } = await house.engine.captures.create("Night");
  const received = await house.engine.captures.receive(id, {
    fileName: "events.log",
    expectedBytes: null,
    body: Readable.from([Buffer.from(lines(line(1), line(2, { verdict: "DROPPED" }), "not a record"))]),
  });
  if (!received.ok) throw new Error(received.failure.message);
  await received.value.end;
  return { ...house, id };
}

async function fileOf(engine: Engine, id: string): Promise<Buffer> {
  const handed = await engine.moving.handOut(id);
  if (!handed.ok) throw new Error(handed.failure.message);
  const bytes = await buffer(handed.value.body);
  expect(bytes.length).toBe(handed.value.size);
  return bytes;
}

async function everything(engine: Engine, id: string) {
  const [flows, summary, capture] = await Promise.all([
    engine.ask(id, "flows", { limit: 10, order: "asc", total: true }),
    engine.ask(id, "summary", {}),
    engine.captures.get(id),
  ]);
  if (!flows.ok || !summary.ok || !capture.ok) throw new Error("not answered");
  const { sizeBytes: _, ...info } = capture.value;
  return { flows: flows.value, summary: summary.value, info };
}

describe("a capture that moves", () => {
  it("is the same elsewhere, under its own id", async () => {
    const here = await withCapture();
    const bytes = await fileOf(here.engine, here.id);
    const there = await start();
    const taken = await there.engine.moving.takeIn(Readable.from([bytes]), bytes.length);
    expect(taken).toMatchObject({
      ok: true,
      value: { id: here.id, name: "Night", state: "ready", flows: 2 },
    });
    expect(await everything(there.engine, here.id)).toEqual(await everything(here.engine, here.id));
    for (const { dataDir } of [here, there]) expect(readdirSync(path.join(dataDir, "moving"))).toEqual([]);
  });

  it("gets another id where its own is taken, and a name when one is given", async () => {
    const { engine, id } = await withCapture();
    const bytes = await fileOf(engine, id);
    const taken = await engine.moving.takeIn(Readable.from([bytes]), null, "Again");
    if (!taken.ok) throw new Error(taken.failure.message);
    expect(taken.value.name).toBe("Again");
    expect(taken.value.id).not.toBe(id);
    expect((await everything(engine, taken.value.id)).flows.flows).toEqual(
      (await everything(engine, id)).flows.flows,
    );
    // Both go on by themselves.
    expect((await engine.captures.delete(id)).ok).toBe(true);
    expect((await everything(engine, taken.value.id)).summary.events).toBe(2);
  });

  it("is not taken when it is none, and leaves nothing behind", async () => {
    const { engine, dataDir } = await start();
    const refused = await engine.moving.takeIn(Readable.from([Buffer.from("{}")]), 2);
    expect(refused).toMatchObject({ failure: { code: "capture_not_read" } });
    expect(await engine.captures.list()).toEqual([]);
    expect(readdirSync(path.join(dataDir, "moving"))).toEqual([]);
    expect(existsSync(path.join(dataDir, "captures"))).toBe(false);
  });

  it("is checked in a process of its own, which may break down", async () => {
    const [file, scratch] = [path.join(testFolder(), "none.db"), path.join(testFolder(), "layout.db")];
    await expect(runImporter({ work: "check", file, scratch })).rejects.toThrow("ended without an answer");
  });

  it("is not taken when its upload breaks off", async () => {
    const { engine } = await start();
    const broken = new Readable({
      read() {
        this.destroy(new Error("gone"));
      },
    });
    expect(await engine.moving.takeIn(broken, 100)).toMatchObject({ failure: { code: "upload_incomplete" } });
  });

  it("is not taken when the disk has no room for it", async () => {
    const { engine } = await start();
    const body = Readable.from([Buffer.from("x")]);
    expect(await engine.moving.takeIn(body, 2 ** 60)).toMatchObject({ failure: { code: "disk_full" } });
  });
});

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { createLog } from "@/lib/base/log";
import type { Investigation, Pin } from "@/lib/investigations/investigation";
import { line, lines, testFolder } from "@/lib/jobs/testing";
import { createEngine, type Engine } from "./engine";

const log = createLog(
  () => undefined,
  () => new Date(0),
);

async function start(dataDir = testFolder()): Promise<{ engine: Engine; dataDir: string }> {
  const engine = await createEngine(dataDir, log);
  onTestFinished(() => engine.close());
  return { engine, dataDir };
}

async function put(engine: Engine, captureId: string, content: string) {
  const received = await engine.captures.receive(captureId, {
    fileName: "events.log",
    expectedBytes: null,
    body: Readable.from([Buffer.from(content)]),
  });
  if (!received.ok) throw new Error(received.failure.message);
  return received.value.end;
}

function pin(id: string, link: string): Pin {
  return { id, view: "flows", link, title: id, note: "", pinnedAt: "2026-03-04T05:00:00.000Z" };
}

/** A capture of one file with two flows, at revision 1. */
async function withCapture(dataDir?: string) {
  const house = await start(dataDir);
  const { id } = await house.engine.captures.create("One");
  await put(house.engine, id, lines(line(1), line(2)));
  return { ...house, captureId: id };
}

async function create(engine: Engine, captureId: string, pins: Pin[]): Promise<Investigation> {
  const made = await engine.investigations.create({
    captureId,
    title: "Shop is down",
    status: "open",
    notes: "",
    pins,
  });
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

async function flowsAt(engine: Engine, captureId: string, revision?: string) {
  const answer = await engine.ask(captureId, "flows", {
    limit: 10,
    order: "asc",
    total: true,
    ...(revision && { revision }),
  });
  return answer.ok ? answer.value.total?.records : answer.failure.code;
}

describe("an investigation", () => {
  it("is kept with its pins in order, listed, changed and deleted", async () => {
    const { engine, captureId } = await withCapture();
    const made = await create(engine, captureId, [
      pin("pin00001", "revision=1"),
      pin("pin00002", "revision=1"),
    ]);
    expect(made).toMatchObject({ title: "Shop is down", status: "open", edition: 0 });
    expect(await engine.investigations.list(captureId)).toMatchObject([{ id: made.id, pins: 2 }]);
    expect(await engine.investigations.list("othercapture0")).toEqual([]);
    const changed = await engine.investigations.change(made.id, {
      edition: 0,
      status: "explained",
      pins: [...made.pins].reverse(),
    });
    expect(changed).toMatchObject({ ok: true, value: { status: "explained", edition: 1 } });
    expect(changed.ok && changed.value.pins.map(({ id }) => id)).toEqual(["pin00002", "pin00001"]);
    // Written by somebody who had opened it before that.
    expect(await engine.investigations.change(made.id, { edition: 0, title: "Mine" })).toMatchObject({
      ok: false,
      failure: { code: "investigation_changed" },
    });
    expect(await engine.investigations.remove(made.id)).toMatchObject({ ok: true });
    expect(await engine.investigations.get(made.id)).toMatchObject({
      ok: false,
      failure: { code: "investigation_not_found" },
    });
  });

  it("shows the same flows when files are added to the capture, and after a restart", async () => {
    const { engine, captureId, dataDir } = await withCapture();
    await create(engine, captureId, [pin("pin00001", "revision=1")]);
    await put(engine, captureId, lines(line(3)));
    await put(engine, captureId, lines(line(4)));
    expect(await flowsAt(engine, captureId)).toBe(4);
    expect(await flowsAt(engine, captureId, "1")).toBe(2);
    // Nobody pinned this one.
    expect(await flowsAt(engine, captureId, "2")).toBe("revision_not_found");
    await engine.close();
    const again = await start(dataDir);
    expect(await flowsAt(again.engine, captureId, "1")).toBe(2);
    expect(await flowsAt(again.engine, captureId, "3")).toBe(4);
  });

  it("shows the same flows when a file is removed", async () => {
    const { engine, captureId } = await withCapture();
    await create(engine, captureId, [pin("pin00001", "revision=1")]);
    expect(await engine.captures.removeFile(captureId, 1)).toMatchObject({ ok: true });
    expect(await flowsAt(engine, captureId)).toBe(0);
    expect(await flowsAt(engine, captureId, "1")).toBe(2);
  });

  it("holds its capture, and lets go of copies that it does not show any more", async () => {
    const { engine, captureId, dataDir } = await withCapture();
    const made = await create(engine, captureId, [pin("pin00001", "revision=1")]);
    await put(engine, captureId, lines(line(3)));
    const copy = path.join(dataDir, "captures", `${captureId}.r1.db`);
    expect(existsSync(copy)).toBe(true);
    expect(await engine.captures.delete(captureId)).toMatchObject({
      ok: false,
      failure: { code: "capture_pinned", message: expect.stringContaining("Shop is down") },
    });
    await engine.investigations.change(made.id, { edition: 0, pins: [pin("pin00002", "revision=2")] });
    expect(existsSync(copy)).toBe(false);
    await engine.investigations.remove(made.id);
    expect(await engine.captures.delete(captureId)).toMatchObject({ ok: true });
    expect(readdirSync(path.join(dataDir, "captures"))).toEqual([]);
  });

  it("pins nothing while a file is read, and no revision that is not there", async () => {
    const { engine, captureId } = await withCapture();
    const body = new PassThrough();
    const receiving = engine.captures.receive(captureId, {
      fileName: "b.log",
      expectedBytes: null,
      body,
    });
    body.write(lines(line(3)));
    for (let tries = 0; !engine.captures.isReading(captureId); tries++) {
      if (tries > 300) throw new Error("waited too long");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const ask = { captureId, title: "x", status: "open", notes: "" } as const;
    expect(
      await engine.investigations.create({ ...ask, pins: [pin("pin00001", "revision=1")] }),
    ).toMatchObject({ ok: false, failure: { code: "capture_busy" } });
    body.end();
    const received = await receiving;
    if (received.ok) await received.value.end;
    for (const [link, code] of [
      ["revision=9", "revision_not_found"],
      ["q=verdict:DROPPED", "bad_request"],
      ["q=verdct:DROPPED&revision=2", "bad_request"],
    ] as const)
      expect(await engine.investigations.create({ ...ask, pins: [pin("pin00001", link)] })).toMatchObject({
        ok: false,
        failure: { code },
      });
    expect(await engine.investigations.list()).toEqual([]);
  });
});

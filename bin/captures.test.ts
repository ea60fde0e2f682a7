import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { createLog } from "@/lib/base/log";
import { openSqlite } from "@/lib/capture/driver";
import { line, lines, testFolder } from "@/lib/jobs/testing";
import { createEngine, type Engine } from "./engine";

const logged: string[] = [];
const log = createLog(
  (text) => logged.push(text),
  () => new Date(0),
);

/** The engine of a server over a data folder. */
async function start(dataDir = testFolder()): Promise<{ engine: Engine; dataDir: string }> {
  const engine = await createEngine(dataDir, log);
  onTestFinished(() => engine.close());
  return { engine, dataDir };
}

async function put(engine: Engine, captureId: string, content: string, fileName = "events.log") {
  const received = await engine.captures.receive(captureId, {
    fileName,
    expectedBytes: null,
    body: Readable.from([Buffer.from(content)]),
  });
  if (!received.ok) throw new Error(received.failure.message);
  return received.value.end;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 2000) throw new Error("waited too long");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const LOG = lines(...Array.from({ length: 500 }, (_, n) => line(n)));

describe("captures", () => {
  it("are listed with what their files hold, as soon as a file has ended", async () => {
    const { engine } = await start();
    const { id } = await engine.captures.create("One");
    expect(await put(engine, id, LOG)).toMatchObject({ state: "done", accepted: 500 });
    expect(await engine.captures.list()).toMatchObject([
      {
        id,
        name: "One",
        state: "ready",
        flows: 500,
        events: 500,
        files: 1,
        nodes: 1,
        revision: 1,
        progress: [],
      },
    ]);
  });

  it("are listed with their drops, which are not known before a file has ended", async () => {
    const { engine, dataDir } = await start();
    const { id } = await engine.captures.create("One");
    expect(await engine.captures.list()).toMatchObject([{ id, drops: null }]);
    const dropped = [1, 2, 3].map((n) =>
      line(n, {
        verdict: "DROPPED",
        drop_reason_desc: "POLICY_DENIED",
        event_type: { type: 1, sub_type: 133 },
      }),
    );
    await put(engine, id, lines(...dropped, line(4), line(5)));
    expect(await engine.captures.list()).toMatchObject([{ id, events: 5, drops: 3 }]);
    expect(await engine.ask(id, "summary", {})).toMatchObject({ ok: true, value: { drops: 3 } });
    // As after an update from a version whose catalogue did not have them.
    await engine.close();
    for (const end of ["", "-wal", "-shm"]) rmSync(path.join(dataDir, `catalogue.db${end}`), { force: true });
    const { engine: again } = await start(dataDir);
    expect(await again.captures.list()).toMatchObject([{ id, drops: 3 }]);
  });

  it("go back to ready when the last of several files has ended, however they end", async () => {
    const { engine } = await start();
    const { id } = await engine.captures.create("One");
    const body = new PassThrough();
    const first = engine.captures.receive(id, { fileName: "a", expectedBytes: null, body });
    body.write(LOG);
    await until(async () => (await engine.captures.list())[0]?.state === "reading");
    const second = await engine.captures.receive(id, {
      fileName: "b",
      expectedBytes: null,
      body: Readable.from([LOG]),
    });
    // The second is cancelled while the first ends.
    body.end();
    expect(await engine.captures.removeFile(id, 2)).toMatchObject({ ok: true });
    const received = await first;
    if (received.ok) await received.value.end;
    if (second.ok) await second.value.end;
    await until(async () => (await engine.captures.list())[0]?.progress.length === 0);
    expect(await engine.captures.list()).toMatchObject([{ state: "ready" }]);
  });

  it("are made anew in the catalogue when it was lost, and what lies about is removed", async () => {
    const { engine, dataDir } = await start();
    const { id } = await engine.captures.create("Kept");
    await put(engine, id, LOG);
    await engine.close();
    for (const end of ["", "-wal", "-shm"]) rmSync(path.join(dataDir, `catalogue.db${end}`), { force: true });
    const folder = path.join(dataDir, "captures");
    writeFileSync(path.join(folder, "halfmade00.db.new"), "x");
    writeFileSync(path.join(folder, "halfmade00.db.new-wal"), "x");
    writeFileSync(path.join(folder, "gonegone00.db-wal"), "x");
    for (const capture of [id, "gonegone00"])
      writeFileSync(path.join(folder, `${capture}.db-settledAttempt`), "x");
    writeFileSync(path.join(folder, "notes.txt"), "mine");
    writeFileSync(path.join(dataDir, "spool", `${id}-orphan.part`), "x");
    const { engine: again } = await start(dataDir);
    expect(await again.captures.list()).toMatchObject([{ id, name: "Kept", state: "ready", flows: 500 }]);
    expect(readdirSync(folder).filter((name) => !name.startsWith(id))).toEqual(["notes.txt"]);
    expect(readdirSync(folder).filter((name) => name.includes("settled"))).toEqual([]);
    expect(readdirSync(path.join(dataDir, "spool"))).toEqual([]);
  });

  it("that an older version settled are worked out anew after the start, and can be read meanwhile", async () => {
    const { engine, dataDir } = await start();
    const { id } = await engine.captures.create("Old");
    await put(engine, id, LOG);
    const { id: other } = await engine.captures.create("New");
    await put(engine, other, LOG);
    await engine.close();
    const old = openSqlite(engine.captures.fileOf(id));
    old.exec("UPDATE Revision SET rulesVersion = 1");
    old.close();
    const { engine: again } = await start(dataDir);
    const isOld = async () =>
      (await again.captures.list()).map(({ id, isSettlingAnew }) => ({ id, isSettlingAnew }));
    expect(await isOld()).toContainEqual({ id, isSettlingAnew: true });
    expect(await isOld()).toContainEqual({ id: other, isSettlingAnew: false });
    expect(await again.ask(id, "files", {})).toMatchObject({ ok: true });
    await until(async () => (await again.captures.list()).every(({ isSettlingAnew }) => !isSettlingAnew));
    expect(await again.captures.info(id)).toMatchObject({
      value: { revision: 2, flows: 500, state: "ready" },
    });
    expect(await again.captures.info(other)).toMatchObject({ value: { revision: 1 } });
  });

  it("are made anew in the catalogue when it is damaged, which is kept aside", async () => {
    const { engine, dataDir } = await start();
    const { id } = await engine.captures.create("Kept");
    await put(engine, id, LOG);
    await engine.close();
    for (const end of ["-wal", "-shm"]) rmSync(path.join(dataDir, `catalogue.db${end}`), { force: true });
    writeFileSync(path.join(dataDir, "catalogue.db"), "rubbish ".repeat(1000));
    const { engine: again } = await start(dataDir);
    expect(await again.captures.list()).toMatchObject([{ id, name: "Kept", flows: 500 }]);
    expect(readdirSync(dataDir).filter((name) => name.startsWith("catalogue.db.damaged-"))).toHaveLength(1);
  });

  it.each([
    ["what it says of itself", "UPDATE Capture SET name = CAST(x'41ff' AS TEXT)"],
    ["a text that questions read", "UPDATE Endpoint SET pod = CAST(x'c328' AS TEXT)"],
    ["a number", "UPDATE SourceFile SET accepted = CAST(x'ff' AS TEXT)"],
  ])(
    "with bytes that are no text, in %s, do not end the server, however often it is started",
    async (_where, sql) => {
      const { engine, dataDir } = await start();
      const { id } = await engine.captures.create("Damaged");
      const { id: sound } = await engine.captures.create("Sound");
      for (const captureId of [id, sound]) await put(engine, captureId, LOG);
      await engine.close();
      const name = `${id}.db`;
      const file = openSqlite(path.join(dataDir, "captures", name), { mustExist: true });
      file.exec(`${sql}; PRAGMA wal_checkpoint(TRUNCATE);`);
      file.close();
      for (let turn = 0; turn < 2; turn++) {
        const { engine: again } = await start(dataDir);
        expect(await again.captures.info(id)).toMatchObject({
          value: { name: "Damaged", state: "damaged", problem: expect.stringContaining(`captures/${name}`) },
        });
        expect(await again.ask(id, "flows", { limit: 1, order: "asc", total: true })).toMatchObject({
          failure: {
            code: "capture_damaged",
            message: expect.stringContaining(`captures/${name} was damaged`),
          },
        });
        expect(await again.captures.info(sound)).toMatchObject({ value: { state: "ready", flows: 500 } });
        await again.close();
      }
      const { engine: last } = await start(dataDir);
      expect(await last.captures.delete(id)).toMatchObject({ ok: true });
      expect((await last.captures.list()).map((capture) => capture.id)).toEqual([sound]);
    },
  );

  it("that are damaged or gone take no files and no new name, and say why", async () => {
    const { engine, dataDir } = await start();
    const { id } = await engine.captures.create("Damaged");
    await engine.close();
    writeFileSync(path.join(dataDir, "captures", `${id}.db`), "rubbish ".repeat(1000));
    const { engine: again } = await start(dataDir);
    expect(await again.captures.list()).toMatchObject([
      { id, name: "Damaged", state: "damaged", problem: expect.stringContaining("cannot be read") },
    ]);
    const upload = { fileName: "a", expectedBytes: null, body: Readable.from([LOG]) };
    expect(await again.captures.receive(id, upload)).toMatchObject({ failure: { code: "capture_damaged" } });
    expect(await again.captures.rename(id, "x")).toMatchObject({ failure: { code: "capture_damaged" } });
    expect(await again.captures.removeFile(id, 1)).toMatchObject({ failure: { code: "capture_damaged" } });
    expect(await again.ask(id, "files", {})).toMatchObject({ failure: { code: "capture_damaged" } });
    expect(await again.captures.delete(id)).toMatchObject({ ok: true });
    expect(await again.captures.receive(id, upload)).toMatchObject({
      failure: { code: "capture_not_found" },
    });
    expect(await again.captures.delete(id)).toMatchObject({ failure: { code: "capture_not_found" } });
  });
});

describe("deleting a capture", () => {
  it("in the middle of uploads ends them, and leaves nothing on disk", async () => {
    const { engine, dataDir } = await start();
    const { id } = await engine.captures.create("Gone");
    await put(engine, id, LOG);
    const body = new PassThrough();
    const receiving = engine.captures.receive(id, { fileName: "b", expectedBytes: null, body });
    body.write(LOG);
    await until(() =>
      engine.captures.progress(id).some(({ state }) => state === "reading" || state === "receiving"),
    );
    await engine.ask(id, "files", {});
    const deleted = await Promise.all([engine.captures.delete(id), engine.captures.delete(id)]);
    expect(deleted.map(({ ok }) => ok)).toEqual([true, false]);
    expect(await receiving).toMatchObject({ ok: false, failure: { code: "upload_incomplete" } });
    expect(readdirSync(path.join(dataDir, "captures"))).toEqual([]);
    expect(readdirSync(path.join(dataDir, "spool"))).toEqual([]);
    expect(await engine.captures.list()).toEqual([]);
    expect(await engine.ask(id, "files", {})).toMatchObject({ failure: { code: "capture_not_found" } });
  });

  it("while one more upload begins makes no file of it", async () => {
    const { engine, dataDir } = await start();
    const { id } = await engine.captures.create("Gone");
    const upload = { fileName: "a", expectedBytes: null, body: Readable.from([LOG]) };
    const [, received] = await Promise.all([engine.captures.delete(id), engine.captures.receive(id, upload)]);
    if (received.ok) await received.value.end.catch(() => undefined);
    await until(() => engine.captures.progress(id).length === 0);
    expect(existsSync(path.join(dataDir, "captures", `${id}.db`))).toBe(false);
    expect(await engine.captures.list()).toEqual([]);
  });
});

describe("the sample", () => {
  it("is made once though it is asked for twice at the same time, and complete", async () => {
    const { engine } = await start();
    const [one, two] = await Promise.all([engine.captures.openSample(), engine.captures.openSample()]);
    expect(one.id).toBe(two.id);
    await until(() => engine.captures.progress(one.id).length === 0);
    const capture = await engine.captures.get(one.id);
    expect(capture.ok && capture.value.fileReports.map(({ state }) => state)).toEqual([
      "done",
      "done",
      "done",
    ]);
    expect(await engine.captures.openSample()).toMatchObject({ id: one.id, files: 3 });
  });

  it("gets the files that a stop kept from it", async () => {
    const { engine } = await start();
    const { id } = await engine.captures.openSample();
    await until(() => engine.captures.progress(id).length === 0);
    await engine.captures.removeFile(id, 2);
    await engine.captures.openSample();
    await until(() => engine.captures.progress(id).length === 0);
    const capture = await engine.captures.get(id);
    expect(capture.ok && capture.value.fileReports.map(({ state }) => state)).toEqual([
      "done",
      "done",
      "done",
    ]);
  });
});

describe("a stop in the middle of files", () => {
  it("loses nothing that had arrived, and the other captures are as they were", async () => {
    const { engine, dataDir } = await start();
    const other = await engine.captures.create("Other");
    await put(engine, other.id, LOG);
    const { id } = await engine.captures.create("One");
    const big = lines(...Array.from({ length: 40_000 }, (_, n) => line(n, { Summary: "x".repeat(200) })));
    const received = await engine.captures.receive(id, {
      fileName: "a",
      expectedBytes: null,
      body: Readable.from([big]),
    });
    expect(received.ok).toBe(true);
    await engine.close();
    const { engine: again } = await start(dataDir);
    await until(() => again.captures.progress(id).length === 0);
    const list = await again.captures.list();
    expect(list.find((capture) => capture.id === id)).toMatchObject({
      state: "ready",
      flows: 40_000,
      files: 1,
    });
    expect(list.find((capture) => capture.id === other.id)).toMatchObject({ state: "ready", flows: 500 });
    expect(logged.filter((text) => text.includes("could not be ended"))).toEqual([]);
  });
});

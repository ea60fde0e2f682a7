import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { captureFile, createCapture, openCapture } from "@/lib/capture/capture-file";
import { type FileReport, readFiles, unfinishedFiles } from "@/lib/capture/files";
import { summarise } from "@/lib/capture/summarise";
import { Intake } from "./intake";
import { line, lines, testFolder } from "./testing";
import { UploadBroken } from "./upload";
import { Writers } from "./writers";

/** Captures with their writer threads, and what the server is told. */
class House {
  readonly folder: string;
  readonly writers: Writers;
  readonly intake: Intake;
  readonly finished: FileReport[] = [];
  readonly broke: unknown[] = [];
  onChanged: () => void = () => undefined;

  constructor(folder = testFolder(), idleMs?: number) {
    this.folder = folder;
    this.writers = new Writers(folder, idleMs);
    this.intake = new Intake(folder, this.writers, {
      changed: () => this.onChanged(),
      finished: async (_captureId, report) => {
        this.finished.push(report);
      },
      broke: (_captureId, _fileId, error) => {
        this.broke.push(error);
      },
    });
    this.writers.onProgress = (captureId, progress) => this.intake.readProgressed(captureId, progress);
    onTestFinished(() => this.writers.stopAll());
  }

  create(captureId: string): string {
    createCapture(captureFile(this.folder, captureId), {
      captureId,
      name: "x",
      createdAtMs: 0,
      programVersion: "0",
    });
    return captureId;
  }

  receive(captureId: string, body: Readable, fileName = "events.log") {
    return this.intake.receive(captureId, { fileName, expectedBytes: null, body });
  }

  /** The report of a file that is taken in whole. */
  async put(captureId: string, content: string | Uint8Array, fileName?: string): Promise<FileReport> {
    const { end } = await this.receive(captureId, Readable.from([Buffer.from(content)]), fileName);
    return end;
  }

  /** What the capture's file says, looked at from outside. */
  look(captureId: string) {
    const opened = openCapture(captureFile(this.folder, captureId), { readOnly: true });
    if (!opened.ok) throw new Error(opened.failure.message);
    const { value } = opened;
    const count = (table: string) => Number(value.prepare(`SELECT count(*) AS n FROM ${table}`).get([])?.n);
    const seen = {
      files: readFiles(value),
      unfinished: unfinishedFiles(value),
      summary: summarise(value),
      rows:
        count("Flow") + count("DuplicateFlow") + count("OtherRecord") + count("RawBlock") + count("Observer"),
    };
    value.close();
    return seen;
  }

  get spooled(): string[] {
    return readdirSync(path.join(this.folder, "spool"));
  }

  /** Waits until nothing of the capture is under way. */
  async idle(captureId: string): Promise<void> {
    await until(() => this.intake.progress(captureId).length === 0);
    await until(() => this.spooled.every((name) => !name.startsWith(captureId)));
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 500) throw new Error("waited too long");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Each test's captures have ids of their own. */
let number = 0;
const newId = (): string => `intaketest${number++}`;

const LOG = lines(...Array.from({ length: 3000 }, (_, n) => line(n)));

/** Writes until records of it can be seen, as a slow upload does. */
async function writeUntilSeen(house: House, captureId: string, body: PassThrough, rows = 100): Promise<void> {
  body.write(LOG);
  for (let tries = 0; house.look(captureId).rows < rows; tries++) {
    if (tries > 200) throw new Error("waited too long");
    await new Promise((resolve) => setTimeout(resolve, 50));
    body.write("\n");
  }
}

describe("files on their way", () => {
  it("end with their counts, and nothing is left in the spool", async () => {
    const house = new House();
    const id = house.create(newId());
    const report = await house.put(id, LOG);
    expect(report).toMatchObject({
      state: "done",
      read: 3000,
      accepted: 3000,
      receivedBytes: LOG.length,
      unpackedBytes: LOG.length,
      packing: "plain",
    });
    expect(house.finished).toEqual([report]);
    await house.idle(id);
    expect(house.spooled).toEqual([]);
    const packed = await house.put(id, gzipSync(LOG), "events.log.gz");
    expect(packed).toMatchObject({
      state: "nothing-new",
      duplicate: 3000,
      packing: "gzip",
      unpackedBytes: LOG.length,
    });
    expect(packed.receivedBytes).toBeLessThan(LOG.length);
  });

  it("can be empty", async () => {
    const house = new House();
    const id = house.create(newId());
    expect(await house.put(id, "")).toMatchObject({ state: "done", read: 0, receivedBytes: 0 });
  });

  it("of two captures are read at once, also more than there are places", async () => {
    const house = new House();
    const ids = Array.from({ length: 5 }, () => house.create(newId()));
    const reports = await Promise.all(ids.map((id) => house.put(id, LOG)));
    for (const report of reports) expect(report).toMatchObject({ state: "done", accepted: 3000 });
    for (const id of ids) expect(house.look(id).summary).toMatchObject({ flows: 3000, revision: 1 });
  });

  it("of one capture that arrive at once are read one behind the other", async () => {
    const house = new House();
    const id = house.create(newId());
    const texts = LOG.split("\n").slice(0, 3000);
    const reports = await Promise.all([
      house.put(id, lines(...texts.slice(0, 1000)), "a"),
      house.put(id, lines(...texts.slice(1000)), "b"),
      house.put(id, LOG, "c"),
    ]);
    expect(reports.map(({ read }) => read)).toEqual([1000, 2000, 3000]);
    expect(reports.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(3000);
    expect(house.look(id).summary).toMatchObject({ flows: 3000 });
  });

  it("are browsable before they have arrived whole", async () => {
    const house = new House();
    const id = house.create(newId());
    const body = new PassThrough();
    const receiving = house.receive(id, body);
    await writeUntilSeen(house, id, body);
    expect(house.look(id)).toMatchObject({ files: [{ state: "reading" }], summary: { revision: 0 } });
    // Told by the writer a moment after it is in the file.
    await expect.poll(() => house.intake.progress(id)[0]).toMatchObject({ state: "reading" });
    body.end(LOG);
    const { end } = await receiving;
    expect(await end).toMatchObject({ state: "done", read: 6000 });
  });

  it("wait for a place as long as it takes, though their writer was idle", async () => {
    const house = new House(testFolder(), 100);
    const busy = Array.from({ length: 3 }, () => house.create(newId()));
    const bodies = busy.map(() => new PassThrough());
    const receiving = busy.map((id, n) => house.receive(id, bodies[n] as PassThrough));
    for (const body of bodies) body.write(LOG);
    await until(() => busy.every((id) => house.look(id).files[0]?.state === "reading"));
    const id = house.create(newId());
    const { end } = await house.receive(id, Readable.from([Buffer.from(LOG)]));
    // Its writer has nothing to do and ends meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 600));
    for (const body of bodies) body.end();
    expect(await end).toMatchObject({ state: "done", accepted: 3000 });
    for (const each of receiving) expect(await (await each).end).toMatchObject({ state: "done" });
  });
});

describe("a file that is cancelled", () => {
  it("while it is read leaves nothing", async () => {
    const house = new House();
    const id = house.create(newId());
    await house.put(id, lines(line(1)), "kept");
    const before = house.look(id);
    const body = new PassThrough();
    const receiving = house.receive(id, body);
    body.write(lines(line(1), line(2, { node_name: "n2" })));
    await writeUntilSeen(house, id, body, before.rows + 100);
    expect(house.intake.cancel(id, 2)).toBe(true);
    await expect(receiving).rejects.toThrow(UploadBroken);
    await house.idle(id);
    const after = house.look(id);
    expect(after.files[1]).toMatchObject({
      state: "cancelled",
      read: 0,
      accepted: 0,
      failure: { code: "cancelled" },
    });
    expect(after.rows).toBe(before.rows);
    expect(after.summary).toEqual(before.summary);
    expect(house.spooled).toEqual([]);
    expect(await house.put(id, LOG)).toMatchObject({ state: "done", accepted: 2999, duplicate: 1 });
  });

  it("while it waits for another one ends at once", async () => {
    const house = new House();
    const id = house.create(newId());
    const body = new PassThrough();
    const receiving = house.receive(id, body, "first");
    body.write(LOG);
    await until(() => house.look(id).files[0]?.state === "reading");
    const { end } = await house.receive(id, Readable.from([Buffer.from(LOG)]), "second");
    expect(house.intake.cancel(id, 2)).toBe(true);
    // The first one is still arriving.
    expect(await end).toMatchObject({ state: "cancelled", read: 0 });
    expect(house.intake.progress(id).map(({ file }) => file)).toEqual(["first"]);
    body.end();
    expect(await (await receiving).end).toMatchObject({ state: "done", accepted: 3000 });
  });

  it("while it is settled is gone when that is over", async () => {
    const house = new House();
    const id = house.create(newId());
    let isCancelled = false;
    house.onChanged = () => {
      if (house.intake.progress(id)[0]?.state !== "settling" || isCancelled) return;
      isCancelled = true;
      // Settling has begun in the writer's thread.
      setImmediate(() => expect(house.intake.cancel(id, 1)).toBe(true));
    };
    expect(await house.put(id, LOG)).toMatchObject({ state: "cancelled", failure: { code: "cancelled" } });
    expect(house.look(id).summary).toMatchObject({ flows: 0 });
    house.onChanged = () => undefined;
    expect(await house.put(id, LOG)).toMatchObject({ state: "done", accepted: 3000, duplicate: 0 });
  });

  it("that is not under way is not found", () => {
    const house = new House();
    const id = house.create(newId());
    expect(house.intake.cancel(id, 1)).toBe(false);
  });

  it("with all others of its capture is out of the way when it is deleted", async () => {
    const house = new House();
    const id = house.create(newId());
    const bodies = [new PassThrough(), new PassThrough()];
    const receiving = Promise.allSettled(bodies.map((body) => house.receive(id, body)));
    for (const body of bodies) body.write(LOG);
    // Both are known to the intake, which is a moment after they stand in the capture's file.
    await until(() => house.intake.progress(id).length === 2);
    await house.intake.cancelAll(id);
    expect((await receiving).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(house.intake.progress(id)).toEqual([]);
    expect(house.spooled).toEqual([]);
    expect(house.look(id).files.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
  });
});

describe("an upload that breaks midway", () => {
  it("is marked, and nothing of it remains", async () => {
    const house = new House();
    const id = house.create(newId());
    const body = new PassThrough();
    const receiving = house.receive(id, body);
    await writeUntilSeen(house, id, body);
    body.destroy(new Error("the line is dead"));
    await expect(receiving).rejects.toMatchObject({
      code: "upload_incomplete",
      message: expect.stringMatching(/^The upload ended after 348\d\d\d bytes\.$/),
    });
    await house.idle(id);
    const after = house.look(id);
    expect(after.files[0]).toMatchObject({
      state: "interrupted",
      read: 0,
      failure: { code: "upload_incomplete" },
    });
    expect(after.rows).toBe(0);
    expect(house.spooled).toEqual([]);
    expect(await house.put(id, LOG)).toMatchObject({ state: "done" });
  });

  it("while it waits for another one is marked at once", async () => {
    const house = new House();
    const id = house.create(newId());
    const [first, second] = [new PassThrough(), new PassThrough()];
    const receiving = house.receive(id, first, "first");
    first.write(LOG);
    await until(() => house.look(id).files[0]?.state === "reading");
    const broken = house.receive(id, second, "second");
    second.write(LOG);
    // Known to the intake, which is a moment after it stands in the capture's file.
    await until(() => house.intake.progress(id).length === 2);
    second.destroy(new Error("the line is dead"));
    await expect(broken).rejects.toThrow(UploadBroken);
    expect(house.look(id).files[1]).toMatchObject({ state: "interrupted" });
    first.end();
    expect(await (await receiving).end).toMatchObject({ state: "done" });
  });
});

describe("a file that cannot be read to its end", () => {
  const xz = Buffer.concat([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), Buffer.alloc(400_000, 1)]);
  const gzip = gzipSync(Buffer.from(LOG), { level: 0 });
  const damaged = Buffer.concat([gzip, gzip]);
  damaged.fill(0xff, gzip.length, gzip.length + 40);

  it.each([
    ["of a packing that is not read", xz, "packing_not_read", 1],
    ["that is no text", Buffer.alloc(400_000, 1), "not_text", 1],
    ["that is damaged", damaged, "packing_broken", 2000],
  ])("%s still arrives whole, and says why", async (_name, content, code, atLeast) => {
    const house = new House();
    const id = house.create(newId());
    const body = new PassThrough();
    const receiving = house.receive(id, body);
    // Slowly: the reason is known long before the last byte.
    for (let at = 0; at < content.length; at += 100_000) {
      body.write(content.subarray(at, at + 100_000));
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    body.end();
    const { end } = await receiving;
    const report = await end;
    expect(report).toMatchObject({ state: "done", receivedBytes: content.length, refusedBy: { [code]: 1 } });
    expect(report.read).toBeGreaterThanOrEqual(atLeast);
    expect(report.read).toBe(report.accepted + report.duplicate + report.otherKinds + report.refused);
    expect(report.refusals[0]).toMatchObject({ line: 0, code });
    await house.idle(id);
    expect(house.spooled).toEqual([]);
  });

  it("and whose upload breaks after that is marked all the same", async () => {
    const house = new House();
    const id = house.create(newId());
    const body = new PassThrough();
    const receiving = house.receive(id, body);
    body.write(xz.subarray(0, 300_000));
    await until(() => house.look(id).files[0]?.refused === 1);
    body.destroy(new Error("the line is dead"));
    await expect(receiving).rejects.toThrow(UploadBroken);
    expect(house.look(id).files[0]).toMatchObject({ state: "interrupted", read: 0 });
  });
});

describe("a writer that breaks down", () => {
  /** A message that no writer understands ends its thread with an exception. */
  async function breakDown(house: House, captureId: string): Promise<void> {
    const worker: unknown = Reflect.get(await house.writers.of(captureId), "worker");
    (worker as { postMessage(message: unknown): void }).postMessage(undefined);
  }

  it("in the middle of a file fails that file with a sentence, and the capture stays usable", async () => {
    const house = new House();
    const id = house.create(newId());
    await house.put(id, lines(line(1)), "kept");
    const before = house.look(id);
    const body = new PassThrough();
    const receiving = house.receive(id, body);
    await writeUntilSeen(house, id, body, before.rows + 100);
    await breakDown(house, id);
    await until(() => house.finished.length === 2);
    body.end();
    const { end } = await receiving;
    const report = await end;
    expect(report).toMatchObject({ state: "failed", read: 0, failure: { code: "internal" } });
    expect(report.failure?.message).toMatch(/^Reading the file broke down .* Add the file again\.$/);
    expect(house.look(id).rows).toBe(before.rows);
    expect(house.broke).toEqual([]);
    await house.idle(id);
    expect(house.spooled).toEqual([]);
    expect(await house.put(id, LOG)).toMatchObject({ state: "done", accepted: 2999 });
  });

  it("because its capture is gone says so to the uploader, and leaves no spool", async () => {
    const house = new House();
    await expect(house.receive("nosuchcapture", Readable.from([Buffer.from(LOG)]))).rejects.toThrow(
      "no such capture",
    );
    expect(house.spooled).toEqual([]);
  });
});

describe("after the server has stopped in the middle of files", () => {
  /** A capture as a stop leaves it: files in the given states, their uploads whole (true), in part, or elsewhere. */
  async function stopped(
    spools: readonly ("whole" | "part" | "elsewhere" | "moved")[],
  ): Promise<{ house: House; id: string; folder: string }> {
    const folder = testFolder();
    const first = new House(folder);
    const id = first.create(newId());
    const writer = await first.writers.of(id);
    for (const [n, what] of spools.entries()) {
      const spool = path.join(folder, "spool", `${id}-${n}`);
      const foreign = path.join(folder, "elsewhere", "passwords");
      if (what === "whole" || what === "moved") writeFileSync(spool, LOG);
      if (what === "part") writeFileSync(`${spool}.part`, LOG);
      mkdirSync(path.dirname(foreign), { recursive: true });
      writeFileSync(foreign, LOG);
      const named = {
        whole: spool,
        part: spool,
        elsewhere: foreign,
        moved: `/another/place/spool/${id}-${n}`,
      }[what];
      await writer.ask("addFile", { name: what, spool: named, addedAtMs: 0 });
    }
    await first.writers.stopAll();
    return { house: new House(folder), id, folder };
  }

  it("reads again what had arrived whole, and marks the rest", async () => {
    const { house, id } = await stopped(["whole", "part", "elsewhere", "moved"]);
    const { unfinished } = house.look(id);
    expect(unfinished).toHaveLength(4);
    await house.intake.takeUpAgain(id, unfinished);
    await until(() => house.intake.progress(id).length === 0);
    expect(
      house.look(id).files.map(({ file, state, read, accepted }) => [file, state, read, accepted]),
    ).toEqual([
      ["whole", "done", 3000, 3000],
      ["part", "interrupted", 0, 0],
      ["elsewhere", "interrupted", 0, 0],
      ["moved", "nothing-new", 3000, 0],
    ]);
    expect(existsSync(path.join(house.folder, "elsewhere", "passwords"))).toBe(true);
  });

  it("does not take the upload of another capture for its own", async () => {
    const { house, id } = await stopped(["whole"]);
    expect(house.intake.spools.spoolOf(id, path.join(house.folder, "spool", `${id}-0`))).toBeDefined();
    expect(
      house.intake.spools.spoolOf("another000", path.join(house.folder, "spool", `${id}-0`)),
    ).toBeUndefined();
    expect(house.intake.spools.spoolOf(id, null)).toBeUndefined();
    expect(house.intake.spools.spoolOf(id, "")).toBeUndefined();
  });

  it("removes what nobody waits for", async () => {
    const { house, id } = await stopped(["whole", "part"]);
    const wanted = house.intake.spools.spoolOf(id, `x/${id}-0`);
    house.intake.spools.removeOrphans(new Set(wanted === undefined ? [] : [wanted]));
    expect(house.spooled).toEqual([`${id}-0`]);
  });

  it("goes on where a file was half read and half settled", async () => {
    const folder = testFolder();
    const first = new House(folder);
    const id = first.create(newId());
    await first.put(id, lines(line(1)), "kept");
    const body = new PassThrough();
    const receiving = first.receive(id, body, "half");
    await writeUntilSeen(first, id, body, 1000);
    // The server stops as the last bytes arrive: the upload is whole, its records are half in.
    await first.writers.stopAll();
    body.end();
    await receiving;
    expect(first.spooled).toHaveLength(1);
    const second = new House(folder);
    expect(second.look(id).files[1]).toMatchObject({ state: "reading" });
    await second.intake.takeUpAgain(id, second.look(id).unfinished);
    await until(() => second.intake.progress(id).length === 0);
    expect(second.look(id).files[1]).toMatchObject({
      state: "done",
      read: 3000,
      accepted: 2999,
      duplicate: 1,
    });
  });
});

/** A disk that fills up while files arrive and are read. A small file system in memory stands for it, which takes root. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { hash64 } from "@/lib/base/hash";
import { createLog } from "@/lib/base/log";
import { captureFile, createCapture, openCapture } from "@/lib/capture/capture-file";
import { addFile } from "@/lib/capture/files";
import { FileLoader } from "@/lib/capture/load";
import { batchesOf } from "@/lib/ingest/testing";
import { line, lines, testFolder } from "@/lib/jobs/testing";
import { createEngine } from "./engine";

const log = createLog(
  () => undefined,
  () => new Date(0),
);

/** Lays an empty disk of so many MiB over a folder. */
function mountSmallDisk(folder: string, mib: number): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", folder], { stdio: "ignore" });
}

/** Root in a container often may not; the bounds of SQLite and of the spool stand for the disk in other tests. */
function mayMount(): boolean {
  const folder = mkdtempSync(path.join(tmpdir(), "eyepiece-test-disk-"));
  try {
    mountSmallDisk(folder, 1);
    execFileSync("umount", [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Records that do not compress to nothing: `from` to `to`, excluded. */
const span = (from: number, to: number): string =>
  lines(
    ...Array.from({ length: to - from }, (_, n) =>
      line(from + n, {
        uuid: `${hash64(Buffer.from(`a${from + n}`))}${hash64(Buffer.from(`b${from + n}`))}`,
      }),
    ),
  );

describe("a disk that fills up", () => {
  it.runIf(mayMount())(
    "fails the file with a sentence, and keeps what was there and what comes after",
    async () => {
      const disk = path.join(testFolder(), "disk");
      mkdirSync(disk);
      mountSmallDisk(disk, 6);
      onTestFinished(() => void execFileSync("umount", ["-l", disk]));
      const engine = await createEngine(disk, log);
      onTestFinished(() => engine.close());
      const { captures } = engine;
      const { id } = await captures.create("One");
      const put = async (fileName: string, content: string | Buffer) => {
        const body = Readable.from([Buffer.from(content)]);
        const received = await captures.receive(id, { fileName, expectedBytes: null, body });
        if (!received.ok) return received.failure.code;
        const { state, accepted, failure } = await received.value.end;
        return [state, accepted, failure?.code];
      };
      expect(await put("before.log", span(0, 500))).toEqual(["done", 500, undefined]);
      const large = span(1000, 61_000);
      // Packed it fits into the spool, and what is read of it does not fit into the capture.
      expect(await put("packed.log.gz", gzipSync(large))).toEqual(["failed", 0, "disk_full"]);
      // As it is it does not even fit into the spool.
      expect(await put("plain.log", large)).toBe("disk_full");
      // Space is made, as the sentence says.
      execFileSync("mount", ["-o", "remount,size=32m", disk]);
      expect(await put("after.log", span(500, 600))).toEqual(["done", 100, undefined]);
      const seen = await captures.get(id);
      if (!seen.ok) throw new Error(seen.failure.message);
      expect(seen.value).toMatchObject({ state: "ready", flows: 600 });
      const ends = new Map(seen.value.fileReports.map(({ file, state, read }) => [file, [state, read]]));
      // The plain one may not even have got its entry.
      ends.delete("plain.log");
      expect([...ends]).toEqual([
        ["before.log", ["done", 500]],
        ["packed.log.gz", ["failed", 0]],
        ["after.log", ["done", 100]],
      ]);
      // A file is told to have ended before its spool goes.
      await expect.poll(() => readdirSync(path.join(disk, "spool")), { timeout: 10_000 }).toEqual([]);
    },
    60_000,
  );

  it.runIf(mayMount())(
    "with rows beside the capture leaves it as it was, and takes them when there is space",
    () => {
      const disk = path.join(testFolder(), "disk");
      mkdirSync(disk);
      mountSmallDisk(disk, 8);
      onTestFinished(() => void execFileSync("umount", ["-l", disk]));
      const file = captureFile(disk, "smalldiskcapture");
      createCapture(file, {
        captureId: "smalldiskcapture",
        name: "One",
        createdAtMs: 0,
        programVersion: "test",
      });
      const opened = openCapture(file);
      if (!opened.ok) throw new Error(opened.failure.message);
      const database = opened.value;
      onTestFinished(() => database.close());
      const fileId = addFile(database, { name: "log", spool: "", addedAtMs: 0 });
      const loader = new FileLoader(database, fileId);
      const batches = batchesOf(span(0, 4000)).map((batch) => ({ decoder: 0, batch }));
      const filler = path.join(disk, "filler");
      expect(() => writeFileSync(filler, Buffer.alloc(8 * 2 ** 20))).toThrow("ENOSPC");
      expect(() => loader.load(batches)).toThrow("ENOSPC");
      const flows = (): unknown => database.prepare("SELECT count(*) FROM Flow").rows([])[0]?.[0];
      expect(database.transaction(flows)).toBe(0);
      rmSync(filler);
      loader.load(batches);
      expect(flows()).toBe(4000);
    },
  );
});

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDataFolder, readLockOwner } from "./data-lock";

const started = new Date(Date.UTC(2026, 0, 1));
let folder: string;
let data: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "eyepiece-lock-"));
  data = path.join(folder, "a", "data");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function lock() {
  const result = lockDataFolder(data, started);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

/** A process that holds the lock until it is killed; answers once it does. */
async function startHolder() {
  const program = path.join(import.meta.dirname, "..", "build", `lock-holder-${process.pid}.mjs`);
  const contents = `import { lockDataFolder } from "./data-lock";
    const lock = lockDataFolder(${JSON.stringify(data)}, new Date());
    if (!lock.ok) throw new Error(lock.failure.message);
    lock.value.announce("http://127.0.0.1:9/");
    console.log("held");
    setInterval(() => {}, 1000);`;
  const stdin = { contents, resolveDir: import.meta.dirname, loader: "ts" as const };
  await build({
    stdin,
    outfile: program,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
  });
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), ended]);
  rmSync(program);
  return {
    child,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

describe("lockDataFolder", () => {
  it("makes the folder for its owner only and says who holds it", () => {
    const held = lock();
    held.announce("http://127.0.0.1:3000/");
    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(readLockOwner(data)).toEqual({
      pid: process.pid,
      address: "http://127.0.0.1:3000/",
      started: "2026-01-01T00:00:00.000Z",
    });
    held.release();
    expect(existsSync(path.join(data, "server.lock"))).toBe(false);
  });

  it("leaves the rights of a folder alone that was there before", () => {
    mkdirSync(data, { recursive: true, mode: 0o750 });
    lock().release();
    expect(statSync(data).mode & 0o777).toBe(0o750);
  });

  it("refuses while another process lives, naming its address, and takes over when it was killed", async () => {
    const holder = await startHolder();
    const refused = lockDataFolder(data, started);
    expect(refused).toMatchObject({ ok: false, failure: { code: "data_folder_in_use" } });
    expect(refused.ok ? "" : refused.failure.message).toBe(
      `Another Eyepiece is already using ${data} at http://127.0.0.1:9/ (process ${holder.child.pid}).`,
    );
    await holder.kill();
    // The note of the killed one is still there and does not matter.
    expect(readLockOwner(data)?.pid).toBe(holder.child.pid);
    lock().release();
  });

  it("takes over although the process id in the note belongs to a living process", () => {
    mkdirSync(data, { recursive: true });
    const note = { pid: process.ppid, address: "http://127.0.0.1:9/", started: "2026-01-01T00:00:00Z" };
    writeFileSync(path.join(data, "server.lock"), JSON.stringify(note));
    const held = lock();
    expect(readLockOwner(data)?.pid).toBe(process.pid);
    held.release();
  });

  it("can be taken again after a release, and keeps no journal", () => {
    lock().release();
    const held = lock();
    expect(lockDataFolder(data, started).ok).toBe(false);
    expect(readdirSync(data)).toEqual(["server.hold", "server.lock"]);
    held.release();
    expect(readdirSync(data)).toEqual(["server.hold"]);
  });

  it("says so when the folder cannot be made", () => {
    writeFileSync(path.join(folder, "a"), "a file");
    expect(lockDataFolder(data, started)).toMatchObject({
      ok: false,
      failure: { code: "data_folder_unusable" },
    });
  });
});

describe("readLockOwner", () => {
  it("finds nobody in a missing, empty or damaged note", () => {
    expect(readLockOwner(data)).toBeUndefined();
    mkdirSync(data, { recursive: true });
    for (const text of ["", "{", '{"pid":"1"}']) {
      writeFileSync(path.join(data, "server.lock"), text);
      expect(readLockOwner(data)).toBeUndefined();
    }
  });
});

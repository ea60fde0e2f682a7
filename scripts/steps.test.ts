import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  alone,
  contentHash,
  nodeTooOld,
  packagesMatchLock,
  refuseUnderServer,
  serversHere,
} from "./steps.mjs";

describe("nodeTooOld", () => {
  it.each(["20.19.0", "20.20.2", "22.0.0", "24.1.0"])("accepts %s", (version) => {
    expect(nodeTooOld(version)).toBeUndefined();
  });
  it.each(["18.20.0", "20.18.9"])("refuses %s with a sentence", (version) => {
    expect(nodeTooOld(version)).toBe(
      `Eyepiece needs Node.js 20.19 or newer; this is ${version}. Install a newer Node.js and start again.`,
    );
  });
});

describe("alone", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "eyepiece-lock-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const said: string[] = [];
  const say = (line: string) => said.push(line);

  it("lets one work after the other", async () => {
    const lock = path.join(folder, "build", "one.lock");
    const order: string[] = [];
    const slow = alone(
      say,
      async () => {
        order.push("first begins");
        await new Promise((resolve) => setTimeout(resolve, 300));
        order.push("first ends");
      },
      { lock },
    );
    await alone(say, async () => order.push("second"), { lock });
    await slow;
    expect(order).toEqual(["first begins", "first ends", "second"]);
    expect(said).toEqual(["Waiting for another process that prepares Eyepiece in this folder ..."]);
    expect(existsSync(lock)).toBe(false);
  });

  it("gives the lock back when the work fails", async () => {
    const lock = path.join(folder, "failed.lock");
    const work = () => Promise.reject(new Error("no network"));
    await expect(alone(say, work, { lock })).rejects.toThrow("no network");
    expect(existsSync(lock)).toBe(false);
  });

  it("takes over what a dead process left", async () => {
    const lock = path.join(folder, "dead.lock");
    const { pid } = spawnSync(process.execPath, ["--version"]);
    writeFileSync(lock, String(pid));
    expect(await alone(say, async () => "done", { lock })).toBe("done");
  });

  it("names the file when the other one does not come to an end", async () => {
    const lock = path.join(folder, "held.lock");
    writeFileSync(lock, String(process.pid));
    await expect(alone(say, async () => 1, { lock, waitMs: 10 })).rejects.toThrow(`remove ${lock}`);
  });
});

describe("a server that runs from this folder", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "eyepiece-serving-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is found while its process lives; what a killed one left is taken away", () => {
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    writeFileSync(path.join(folder, String(dead)), "http://127.0.0.1:1/");
    writeFileSync(path.join(folder, String(process.ppid)), "http://127.0.0.1:3000/");
    expect(serversHere(folder)).toEqual([{ pid: process.ppid, address: "http://127.0.0.1:3000/" }]);
    expect(existsSync(path.join(folder, String(dead)))).toBe(false);
    expect(serversHere(path.join(folder, "none"))).toEqual([]);
  });

  it("keeps its program from being built anew", () => {
    const servers = [{ pid: 4711, address: "http://127.0.0.1:3000/" }];
    expect(() => refuseUnderServer(true, servers)).toThrow(
      "Eyepiece runs from this folder at http://127.0.0.1:3000/ (process 4711), and the program here has changed since. Stop it first (kill 4711), then start again.",
    );
    expect(() => refuseUnderServer(false, servers)).not.toThrow();
    expect(() => refuseUnderServer(true, [])).not.toThrow();
  });
});

describe("packagesMatchLock", () => {
  const a = { version: "1.0.0", integrity: "sha512-a" };
  const b = { version: "2.0.0", integrity: "sha512-b" };
  const text = (packages: Record<string, object>) => JSON.stringify({ packages });
  const lock = text({
    "": {},
    "node_modules/a": a,
    "node_modules/b": { ...b, dev: true },
    "node_modules/c": { ...b, optional: true },
  });

  it.each([
    [true, "all are there", { "node_modules/a": a, "node_modules/b": b, "node_modules/c": b }],
    [true, "a package of another platform is missing", { "node_modules/a": a, "node_modules/b": b }],
    [false, "a development package is missing", { "node_modules/a": a }],
    [false, "a version differs", { "node_modules/a": { ...a, version: "1.0.1" }, "node_modules/b": b }],
    [false, "contents differ", { "node_modules/a": { ...a, integrity: "sha512-x" }, "node_modules/b": b }],
    [false, "there is one too many", { "node_modules/a": a, "node_modules/b": b, "node_modules/d": b }],
  ])("is %s when %s", (expected, _case, packages) => {
    expect(packagesMatchLock(lock, text(packages))).toBe(expected);
  });
});

describe("contentHash", () => {
  it("changes with names and contents of files, not with tests or generated files", () => {
    const root = mkdtempSync(path.join(tmpdir(), "eyepiece-hash-"));
    const put = (name: string, text: string) => {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
    };
    const hash = (extra = "") => contentHash(["lib", "missing"], extra, root);
    try {
      put("lib/a/b.ts", "1");
      const first = hash();
      put("lib/a/generated/c.ts", "1");
      put("lib/a/b.test.ts", "1");
      put("elsewhere.ts", "1");
      expect(hash()).toBe(first);
      expect(hash("basePath=/x")).not.toBe(first);
      put("lib/a/b.ts", "2");
      expect(hash()).not.toBe(first);
      put("lib/a/b.ts", "1");
      expect(hash()).toBe(first);
      put("lib/a/d.ts", "");
      expect(hash()).not.toBe(first);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

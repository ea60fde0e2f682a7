import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultCaptureName, expandPaths } from "./inputs";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "eyepiece-inputs-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text = "x"): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function makePipe(name: string): void {
  execFileSync("sh", ["-c", 'mkfifo "$0"', path.join(folder, name)]);
}

async function names(...paths: string[]): Promise<string[]> {
  const inputs = await expandPaths(paths, folder);
  if (!inputs.ok) throw new Error(inputs.failure.message);
  return inputs.value.map(({ name }) => name);
}

describe("expandPaths", () => {
  it("takes files by their last name, in the given order, with their length", async () => {
    write("deep/b.log", "12345");
    write("a.log", "1");
    expect(await expandPaths(["deep/b.log", "a.log"], folder)).toEqual({
      ok: true,
      value: [
        { name: "b.log", source: { path: path.join(folder, "deep", "b.log") }, bytes: 5 },
        { name: "a.log", source: { path: path.join(folder, "a.log") }, bytes: 1 },
      ],
    });
  });

  it("takes every visible file of a folder, sorted, with the way from that folder on", async () => {
    for (const name of ["logs/node-2/events.log", "logs/node-1/events.log", "logs/a.gz"]) write(name);
    write("logs/.hidden/secret.log");
    write("logs/.DS_Store");
    expect(await names("logs")).toEqual(["logs/a.gz", "logs/node-1/events.log", "logs/node-2/events.log"]);
    expect(await names(`${folder}/logs/`)).toEqual(await names("logs"));
  });

  it("follows links to files, not to folders, and leaves pipes in a folder alone", async () => {
    write("elsewhere/real.log");
    mkdirSync(path.join(folder, "logs"));
    symlinkSync(path.join(folder, "elsewhere", "real.log"), path.join(folder, "logs", "link.log"));
    symlinkSync(path.join(folder, "logs"), path.join(folder, "logs", "round"));
    makePipe("logs/pipe");
    expect(await names("logs")).toEqual(["logs/link.log"]);
  });

  it("takes a pipe that was named, and standard input, without a length", async () => {
    makePipe("pipe");
    expect(await expandPaths(["pipe", "-"], folder)).toEqual({
      ok: true,
      value: [
        { name: "pipe", source: { path: path.join(folder, "pipe") }, bytes: undefined },
        { name: "stdin", source: "stdin", bytes: undefined },
      ],
    });
  });

  it("keeps the end of a name that is too long for the server", async () => {
    const deep = Array.from({ length: 6 }, (_, i) => `${i}`.repeat(60)).join("/");
    write(`logs/${deep}/events.log`);
    const [name] = await names("logs");
    expect(name).toHaveLength(255);
    expect(name?.endsWith("/events.log")).toBe(true);
  });

  it("refuses a path that is not there, an empty folder, and folders that are too deep or too full", async () => {
    mkdirSync(path.join(folder, "empty"));
    write(`deep/${"d/".repeat(16)}x.log`);
    for (let i = 0; i < 10_001; i++) write(`full/${i}`);
    const code = async (name: string) => {
      const inputs = await expandPaths([name], folder);
      return inputs.ok ? "ok" : inputs.failure.code;
    };
    expect(await code("missing.log")).toBe("path_unreadable");
    expect(await code("empty")).toBe("folder_empty");
    expect(await code("deep")).toBe("folder_too_large");
    expect(await code("full")).toBe("folder_too_large");
  });
});

describe("defaultCaptureName", () => {
  const now = new Date("2026-03-04T05:06:07Z");
  it.each([
    [["logs/events.log"], "events.log"],
    [["logs/", "b"], "logs and 1 more"],
    [["."], "me"],
    [["-"], "stdin 2026-03-04 05:06"],
    [["/"], "/"],
    [["n".repeat(300), "b"], `${"n".repeat(189)} and 1 more`],
  ])("names a capture of %j", (paths, name) => {
    expect(defaultCaptureName(paths, "/home/me", now)).toBe(name);
  });
});

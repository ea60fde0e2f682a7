import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IngestCommand } from "./arguments";
import { ingest } from "./ingest";
import { type StandIn, type StandInOptions, startStandIn } from "./testing";

let folder = "";
let server: StandIn;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "eyepiece-cli-"));
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions extends StandInOptions {
  readonly stdin?: Readable;
  readonly env?: Readonly<Record<string, string>>;
  readonly onInterrupt?: (listener: () => void) => () => void;
}

async function run(command: Partial<IngestCommand>, options: RunOptions = {}): Promise<Ran> {
  server = await startStandIn(options);
  const shown = { stdout: "", stderr: "" };
  const code = await ingest(
    {
      kind: "ingest",
      paths: ["a.log"],
      name: undefined,
      captureId: undefined,
      url: server.address,
      json: false,
      ...command,
    },
    {
      env: options.env ?? {},
      cwd: folder,
      root: folder,
      stdin: options.stdin ?? Readable.from([]),
      stdout: { write: (text) => (shown.stdout += text) },
      stderr: { write: (text) => (shown.stderr += text) },
      now: () => new Date("2026-03-04T05:06:07Z"),
      onInterrupt: options.onInterrupt ?? (() => () => undefined),
    },
  );
  return { code, ...shown };
}

function write(name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

describe("ingest", () => {
  it("sends files byte for byte with their length, and ends with their reports and the link", async () => {
    write("a.log", "one\ntwo\n");
    const { code, stdout, stderr } = await run({});
    expect(server.captures).toEqual(["a.log"]);
    expect(server.bodies.get("a.log")?.toString()).toBe("one\ntwo\n");
    expect(server.requests.find(({ method }) => method === "PUT")?.headers["content-length"]).toBe("8");
    expect(stdout).toBe(
      `a.log: read 2 = 2 accepted + 0 duplicate + 0 of other kinds + 0 refused.\nOpen ${server.address}captures/capture00001\n`,
    );
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("sends the files of a folder in order, with names the server decodes", async () => {
    for (const name of ["logs/node 2/events.log", "logs/node-1/50%.log"]) write(name, "x\n");
    const { code } = await run({ paths: ["logs"], name: "  two nodes  " });
    expect([...server.bodies.keys()]).toEqual(["logs/node 2/events.log", "logs/node-1/50%.log"]);
    expect([code, server.captures]).toEqual([0, ["  two nodes  "]]);
  });

  it("sends the next file while the one before is read, and reports them in their order", async () => {
    for (const name of ["a.log", "b.log"]) write(name, "x\n");
    const isRead = (file: string) => file !== "a.log" || server.bodies.has("b.log");
    const { stdout } = await run({ paths: ["a.log", "b.log"] }, { isRead });
    expect(stdout).toMatch(/^a\.log: read 1 = .*\nb\.log: read 1 = .*\nOpen /);
  });

  it("sends standard input as it comes, without a length", async () => {
    const stdin = Readable.from([Buffer.from("one\n"), Buffer.from("two\n")]);
    const { code } = await run({ paths: ["-"] }, { stdin });
    expect(server.bodies.get("stdin")?.toString()).toBe("one\ntwo\n");
    expect(server.requests.find(({ method }) => method === "PUT")?.headers["transfer-encoding"]).toBe(
      "chunked",
    );
    expect([code, server.captures]).toEqual([0, ["stdin 2026-03-04 05:06"]]);
  });

  it("keeps what came from standard input so far when interrupted", async () => {
    const stdin = new PassThrough();
    stdin.write("one\n");
    const onInterrupt = (listener: () => void) => {
      setTimeout(listener, 100);
      return () => undefined;
    };
    const { code, stderr } = await run({ paths: ["-"] }, { stdin, onInterrupt });
    expect(server.bodies.get("stdin")?.toString()).toBe("one\n");
    expect(stderr).toContain("what came so far is kept");
    expect(code).toBe(0);
  });

  it("holds no more of the input than the pipes do while the server is slow", async () => {
    let given = 0;
    const chunk = Buffer.alloc(64 * 1024);
    const stdin = new Readable({
      read() {
        given += chunk.length;
        this.push(given > 200 * 1024 * 1024 ? null : chunk);
      },
    });
    let seen = 0;
    const { code } = await run(
      { paths: ["-"] },
      {
        stdin,
        onUpload: (_file, request, response) => {
          request.pause();
          setTimeout(() => {
            seen = given;
            response.writeHead(507).end(refusal("disk_full"));
          }, 300);
          return true;
        },
      },
    );
    expect(code).toBe(1);
    expect(seen).toBeLessThan(32 * 1024 * 1024);
  });

  it("adds to an existing capture, and makes none when that one is not there", async () => {
    write("a.log", "x\n");
    expect((await run({ captureId: "capture00001" })).code).toBe(0);
    expect(server.captures).toEqual([]);
    await server.close();
    const missing = await run({ captureId: "capture00002" });
    expect(missing).toMatchObject({ code: 1, stdout: "" });
    expect(missing.stderr).toContain("[capture_not_found]");
  });

  it("carries the token, and says what to do without it", async () => {
    write("a.log", "x\n");
    expect((await run({}, { token: "secret", env: { EYEPIECE_TOKEN: "secret" } })).code).toBe(0);
    await server.close();
    const without = await run({}, { token: "secret" });
    expect(without.code).toBe(1);
    expect(without.stderr).toContain("Put the server's token into EYEPIECE_TOKEN. [sign_in_needed]");
  });

  it("makes no capture when a path cannot be read", async () => {
    write("a.log", "x\n");
    const { code, stderr } = await run({ paths: ["a.log", "b.log"] });
    expect(code).toBe(1);
    expect(stderr).toBe("b.log cannot be read: there is no such file or folder. [path_unreadable]\n");
    expect(server.requests).toEqual([]);
  });
});

describe("ingest, when something goes wrong with a file", () => {
  it("ends with 1 when nothing of a file was accepted, and goes on with the next", async () => {
    for (const name of ["a.log", "b.log"]) write(name, "x\n");
    const report = (file: string) =>
      file === "a.log" ? { accepted: 0, refused: 1, refusedBy: { torn: 1 } } : {};
    const { code, stdout } = await run({ paths: ["a.log", "b.log"] }, { report });
    expect(code).toBe(1);
    expect(stdout).toContain("Refused: 1 torn.");
    expect(stdout).toContain("b.log: read 1 = 1 accepted");
  });

  it("stops when the disk of the server is full, and says how many files were not sent", async () => {
    for (const name of ["a.log", "b.log", "c.log"]) write(name, "x\n");
    const { code, stdout } = await run(
      { paths: ["a.log", "b.log", "c.log"] },
      {
        onUpload: (file, request, response) => {
          if (file !== "b.log") return false;
          request.resume();
          response.writeHead(507).end(refusal("disk_full"));
          return true;
        },
      },
    );
    expect(code).toBe(1);
    expect(stdout).toContain(
      "b.log: failed.\n  It is disk_full.\n  Free space. [disk_full]\n1 more file was not sent.\n",
    );
    expect([...server.bodies.keys()]).toEqual(["a.log"]);
  });

  it("notices a file that becomes shorter while it is sent", async () => {
    const file = path.join(folder, "a.log");
    writeFileSync(file, Buffer.alloc(32 * 1024 * 1024, "x\n"));
    const { code, stdout } = await run(
      {},
      {
        onUpload: (_file, request) => {
          truncateSync(file, 1024);
          request.resume();
          return true;
        },
      },
    );
    expect(code).toBe(1);
    expect(stdout).toContain("it became shorter while it was read. [read_failed]");
  });

  it("says that the connection broke", async () => {
    write("a.log", "x\n");
    const { code, stdout } = await run({}, { onUpload: (_file, request) => Boolean(request.destroy()) });
    expect(code).toBe(1);
    expect(stdout).toContain("[server_lost]");
  });

  it("prints one JSON document, also for what was not sent", async () => {
    write("a.log", "x\n");
    const fine = await run({ json: true });
    expect(JSON.parse(fine.stdout)).toMatchObject({
      server: server.address,
      capture: { id: "capture00001", url: `${server.address}captures/capture00001` },
      files: [{ file: "a.log", state: "done", accepted: 1 }],
    });
    await server.close();
    const broken = await run({ json: true }, { onUpload: (_file, request) => Boolean(request.destroy()) });
    expect(JSON.parse(broken.stdout)).toMatchObject({
      files: [{ file: "a.log", error: { code: "server_lost" } }],
    });
    await server.close();
    const nothing = await run({ json: true, paths: ["missing.log"] });
    expect(JSON.parse(nothing.stdout)).toMatchObject({ error: { code: "path_unreadable" } });
    expect([fine.code, broken.code, nothing.code, nothing.stderr]).toEqual([0, 1, 1, ""]);
  });
});

function refusal(code: string): string {
  return JSON.stringify({ error: { code, message: `It is ${code}.`, hint: "Free space." } });
}

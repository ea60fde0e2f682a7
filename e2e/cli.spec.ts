/** The command line against real servers: one that runs, and one that it starts itself. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { type OwnServer, startServer } from "./fixtures/server";

const root = path.resolve(import.meta.dirname, "..");
const sample = gunzipSync(readFileSync(path.join(root, "public", "sample", "node-1-events.log.gz")))
  .toString("utf8")
  .split("\n");

/** Lines of the sample, each with its line break. */
const lines = (from: number, to: number) =>
  sample
    .slice(from, to)
    .map((line) => `${line}\n`)
    .join("");

let folder = "";
let server: OwnServer | undefined;

test.beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "eyepiece-e2e-cli-"));
});

test.afterEach(async () => {
  await server?.remove();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function eyepiece(args: readonly string[], env: Record<string, string>, stdin = ""): Promise<Ran> {
  const child = spawn(process.execPath, [path.join(root, "bin", "eyepiece.mjs"), ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_ENV: "production", ...env },
  });
  const ran = { stdout: "", stderr: "" };
  child.stdout.on("data", (data: Buffer) => {
    ran.stdout += data.toString();
  });
  child.stderr.on("data", (data: Buffer) => {
    ran.stderr += data.toString();
  });
  child.stdin.end(stdin);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, ...ran })));
}

interface Listed {
  readonly name: string;
  readonly flows: number;
  readonly files: number;
}

async function captures(address: string, token = ""): Promise<Listed[]> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${address}api/v1/captures`, { headers });
  return ((await response.json()) as { captures: Listed[] }).captures.map(({ name, flows, files }) => ({
    name,
    flows,
    files,
  }));
}

test("a file, a folder and standard input arrive at the server of the data folder", async () => {
  server = await startServer();
  const env = { EYEPIECE_DATA: server.dataDir };
  mkdirSync(path.join(folder, "logs", "node-2"), { recursive: true });
  writeFileSync(path.join(folder, "logs", "a.log"), `${lines(0, 100)}not a record\n`);
  writeFileSync(path.join(folder, "logs", "node-2", "events.log.gz"), gzipSync(lines(50, 150)));

  const file = await eyepiece(["ingest", "logs/a.log", "--name", "one file"], env);
  expect(file.stdout).toContain(
    "a.log: read 101 = 100 accepted + 0 duplicate + 0 of other kinds + 1 refused.",
  );
  expect(file.stdout).toContain("line 101: No JSON object in this line.");
  expect(file.code).toBe(0);

  const all = await eyepiece(["ingest", "logs", "--json"], env);
  const document = JSON.parse(all.stdout);
  expect(document.files).toMatchObject([
    { file: "logs/a.log", read: 101, accepted: 100, refused: 1 },
    { file: "logs/node-2/events.log.gz", packing: "gzip", read: 100, accepted: 50, duplicate: 50 },
  ]);
  expect((await fetch(`${server.address}api/v1/captures/${document.capture.id}`)).status).toBe(200);

  const piped = await eyepiece(["ingest", "-", "--name", "piped"], env, lines(0, 30));
  expect(piped.stdout).toContain("stdin: read 30 = 30 accepted");

  expect(await captures(server.address)).toEqual([
    { name: "piped", flows: 30, files: 1 },
    { name: "logs", flows: 150, files: 2 },
    { name: "one file", flows: 100, files: 1 },
  ]);
});

test("a file of which nothing can be read ends the command with 1", async () => {
  server = await startServer();
  writeFileSync(path.join(folder, "logs.zip"), Buffer.from("PK\u0003\u0004 and more"));
  const ran = await eyepiece(["ingest", "logs.zip"], { EYEPIECE_URL: server.address });
  expect(ran.stdout).toContain("The end of the zip archive is missing");
  expect(ran.code).toBe(1);
});

test("without a server one is started, which asks for the same token and goes on running", async () => {
  const dataDir = path.join(folder, "data");
  const env = { EYEPIECE_DATA: dataDir, EYEPIECE_TOKEN: "0123456789abcdef", PORT: "0" };
  const first = await eyepiece(["ingest", "-"], env, lines(0, 10));
  const { pid, address } = JSON.parse(readFileSync(path.join(dataDir, "server.lock"), "utf8"));
  try {
    expect(first.stderr).toContain(`Eyepiece is ready at ${address}`);
    expect(first.stdout).toContain("stdin: read 10 = 10 accepted");
    expect(first.code).toBe(0);
    const second = await eyepiece(["ingest", "-"], { ...env, EYEPIECE_TOKEN: "wrong" }, lines(0, 10));
    expect(second.stderr).toContain("The token is wrong.");
    expect(second.code).toBe(1);
    expect(await captures(address, env.EYEPIECE_TOKEN)).toMatchObject([{ flows: 10, files: 1 }]);
  } finally {
    process.kill(pid, "SIGKILL");
  }
});

test("a command that is wrong ends with 2 before anything is looked for", async () => {
  const ran = await eyepiece(["ingest"], { EYEPIECE_URL: "http://127.0.0.1:9" });
  expect([ran.code, ran.stdout]).toEqual([2, ""]);
  expect(ran.stderr).toContain("Nothing to ingest");
  const help = await eyepiece(["--help"], {});
  expect([help.code, help.stderr]).toEqual([0, ""]);
});

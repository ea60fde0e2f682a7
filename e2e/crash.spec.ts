/** Killing the server in the middle of a file, and what the next start makes of it. */
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { z } from "zod";
import { type OwnServer, startServer } from "./fixtures/server";

const root = path.resolve(import.meta.dirname, "..");
const captureSchema = z.object({
  id: z.string(),
  state: z.string(),
  problem: z.string().nullable(),
  flows: z.number(),
  progress: z.array(z.unknown()),
});
const withFiles = captureSchema.extend({
  fileReports: z.array(
    z.object({ state: z.string(), read: z.number(), accepted: z.number(), otherKinds: z.number() }),
  ),
});

const RECORDS = 30_000;
/** Into the reading of the file, which takes about a second. */
const KILLED_AFTER_MS = 450;
const logs = mkdtempSync(path.join(tmpdir(), "eyepiece-crash-log-"));
const log = path.join(logs, "events.log");
const small = path.join(root, "public", "sample", "node-2-events.log.gz");
const servers: OwnServer[] = [];
/** A data folder with one capture, as a server left it that ended in good order. */
let kept: { readonly dataDir: string; readonly id: string; readonly seen: z.infer<typeof withFiles> };

test.beforeAll(async () => {
  const generator = path.join(root, "scripts", "generator", "main.ts");
  execFileSync(process.execPath, [
    path.join(root, "scripts", "run-ts.mjs"),
    generator,
    "--out",
    logs,
    "--records",
    String(RECORDS),
    "--single-file",
  ]);
  const server = await startServer({ EYEPIECE_DATA: path.join(logs, "data") });
  const id = await create(server, "other");
  await put(server, id, small, "?wait=true");
  kept = { dataDir: server.dataDir, id, seen: await settled(server, id) };
  server.process.kill("SIGTERM");
  await server.ended;
});

test.afterAll(() => rmSync(logs, { recursive: true }));
test.afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
  const server = await startServer(env);
  servers.push(server);
  return server;
}

async function create(server: OwnServer, name: string): Promise<string> {
  const response = await fetch(`${server.address}api/v1/captures`, {
    method: "POST",
    body: JSON.stringify({ name }),
    headers: { "content-type": "application/json" },
  });
  return captureSchema.parse(await response.json()).id;
}

async function read(server: OwnServer, id: string) {
  return withFiles.parse(await (await fetch(`${server.address}api/v1/captures/${id}`)).json());
}

async function settled(server: OwnServer, id: string) {
  await expect.poll(async () => (await read(server, id)).progress.length, { timeout: 40_000 }).toBe(0);
  return read(server, id);
}

function put(server: OwnServer, id: string, file: string, query = ""): Promise<Response> {
  return fetch(`${server.address}api/v1/captures/${id}/files/events.log${query}`, {
    method: "PUT",
    body: readFileSync(file),
  });
}

async function kill(server: OwnServer): Promise<void> {
  server.process.kill("SIGKILL");
  await server.ended;
}

// bin/crash.test.ts does so in the middle of twenty-five actions, without the server around it.
test("a server killed in the middle of a file takes it up again, and other captures are whole", async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "eyepiece-e2e-own-"));
  cpSync(kept.dataDir, dataDir, { recursive: true });
  const first = await start({ EYEPIECE_DATA: dataDir });
  const capture = await create(first, "killed");
  expect((await put(first, capture, log)).status).toBe(202);
  await new Promise((resolve) => setTimeout(resolve, KILLED_AFTER_MS));
  await kill(first);

  const second = await start({ EYEPIECE_DATA: dataDir });
  const after = await settled(second, capture);
  expect(after.fileReports).toHaveLength(1);
  const [file] = after.fileReports;
  expect(file).toMatchObject({ state: "done", read: RECORDS });
  expect((file?.accepted ?? 0) + (file?.otherKinds ?? 0)).toBe(RECORDS);
  expect(after.flows).toBe(file?.accepted);
  const untouched = await settled(second, kept.id);
  expect(untouched.flows).toBe(kept.seen.flows);
  expect(untouched.fileReports).toEqual(kept.seen.fileReports);
});

test("a file whose upload was cut by the kill is marked, and nothing of it is shown", async () => {
  const first = await start();
  const capture = await create(first, "cut");
  const half = readFileSync(log).subarray(0, statSync(log).size / 2);
  const upload = httpRequest(`${first.address}api/v1/captures/${capture}/files/events.log`, {
    method: "PUT",
    headers: { "content-length": statSync(log).size },
  });
  upload.on("error", () => undefined);
  upload.write(half);
  await expect.poll(async () => (await read(first, capture)).fileReports[0]?.read ?? 0).toBeGreaterThan(0);
  await kill(first);
  const second = await start({ EYEPIECE_DATA: first.dataDir });
  const after = await settled(second, capture);
  expect(after.fileReports).toMatchObject([{ state: "interrupted", read: 0, accepted: 0 }]);
  expect(after.flows).toBe(0);
});

test("a connection that breaks leaves nothing of its file, and the capture usable", async () => {
  const server = await start();
  const capture = await create(server, "broken");
  const upload = httpRequest(`${server.address}api/v1/captures/${capture}/files/events.log`, {
    method: "PUT",
    headers: { "content-length": statSync(log).size },
  });
  upload.on("error", () => undefined);
  upload.write(readFileSync(log).subarray(0, 5_000_000));
  await expect.poll(async () => (await read(server, capture)).fileReports[0]?.read ?? 0).toBeGreaterThan(0);
  upload.destroy();
  const after = await settled(server, capture);
  expect(after.fileReports).toMatchObject([{ state: "interrupted", read: 0, accepted: 0 }]);
  await put(server, capture, small, "?wait=true");
  expect((await settled(server, capture)).fileReports[1]).toMatchObject({ state: "done", read: 5826 });
});

test("a lost catalogue is made anew from the captures, a newer and a damaged capture say so", async () => {
  const first = await start();
  const [good, newer, damaged] = [
    await create(first, "good"),
    await create(first, "newer"),
    await create(first, "damaged"),
  ];
  await put(first, good, small, "?wait=true");
  const before = await settled(first, good);
  await kill(first);
  const fileOf = (id: string): string => path.join(first.dataDir, "captures", `${id}.db`);
  for (const end of ["", "-wal", "-shm"])
    rmSync(path.join(first.dataDir, `catalogue.db${end}`), { force: true });
  for (const end of ["-wal", "-shm"]) rmSync(fileOf(damaged) + end, { force: true });
  writeFileSync(fileOf(damaged), "this is no database".repeat(1000));
  raiseFormatVersion(fileOf(newer));
  copyFileSync(fileOf(newer), `${fileOf(newer)}.kept`);

  const second = await start({ EYEPIECE_DATA: first.dataDir });
  const list = z
    .object({ captures: z.array(captureSchema) })
    .parse(await (await fetch(`${second.address}api/v1/captures`)).json()).captures;
  const stateOf = (id: string) => list.find((capture) => capture.id === id);
  expect(stateOf(good)).toMatchObject({ state: "ready", flows: before.flows });
  expect(stateOf(newer)).toMatchObject({
    state: "newer",
    problem: expect.stringContaining("newer version of Eyepiece"),
  });
  expect(stateOf(damaged)).toMatchObject({
    state: "damaged",
    problem: expect.stringContaining("cannot be read"),
  });
  const flows = await fetch(`${second.address}api/v1/captures/${newer}/flows`);
  expect(flows.status).toBe(409);
  expect(await flows.json()).toMatchObject({ error: { code: "capture_newer_than_program" } });
  expect((await fetch(`${second.address}api/v1/captures/${damaged}`, { method: "DELETE" })).status).toBe(204);
});

/** As a later version of the program would leave it. */
function raiseFormatVersion(file: string): void {
  const program = `import Database from "libsql"; const db = new Database(process.argv[1]); db.exec("UPDATE Capture SET formatVersion = 99"); db.close();`;
  execFileSync(process.execPath, ["--input-type=module", "-e", program, file], { cwd: root });
}

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findServer } from "./find-server";
import { startStandIn } from "./testing";

let root = "";
let said: string[] = [];
const ends: (() => unknown)[] = [];

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "eyepiece-find-"));
  mkdirSync(path.join(root, "scripts"));
  mkdirSync(path.join(root, "data"));
  said = [];
});

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  rmSync(root, { recursive: true, force: true });
});

const find = (env: Record<string, string>, url?: string) =>
  findServer({ url, env, cwd: root, root, say: (line) => said.push(line) });

async function standIn(): Promise<string> {
  const server = await startStandIn();
  ends.push(() => server.close());
  return server.address;
}

function note(folder: string, owner: object): void {
  writeFileSync(
    path.join(root, folder, "server.lock"),
    JSON.stringify({ pid: process.pid, started: "now", ...owner }),
  );
}

/** What stands in for scripts/start.mjs. */
function program(text: string): void {
  writeFileSync(path.join(root, "scripts", "start.mjs"), text);
}

const serving = `
  import http from "node:http";
  import { writeFileSync } from "node:fs";
  console.log("Building the pages ...");
  console.log("noise of the builder");
  const server = http.createServer((request, response) => response.end('{"status":"ok"}'));
  server.listen(0, "127.0.0.1", () => {
    const address = "http://127.0.0.1:" + server.address().port + "/";
    const { npm_lifecycle_event: npm = "none", EYEPIECE_DATA } = process.env;
    writeFileSync(EYEPIECE_DATA + "/seen", npm);
    writeFileSync(EYEPIECE_DATA + "/server.lock", JSON.stringify({ pid: process.pid, address, started: "now" }));
  });`;

describe("findServer", () => {
  it("takes the given address before all others, and starts nothing when nobody answers there", async () => {
    const address = await standIn();
    note("data", { address: "http://127.0.0.1:9/" });
    expect(await find({ EYEPIECE_URL: "http://127.0.0.1:9" }, address)).toMatchObject({ value: { address } });
    expect(await find({ EYEPIECE_URL: address })).toMatchObject({ value: { address } });
    const nobody = await find({ EYEPIECE_URL: "http://127.0.0.1:9" });
    expect(nobody).toMatchObject({ ok: false, failure: { code: "server_unreachable" } });
    expect(await find({ EYEPIECE_URL: "localhost" })).toMatchObject({ failure: { code: "usage" } });
    expect(said).toEqual([]);
  });

  it("takes the server that announced itself in the data folder", async () => {
    const address = await standIn();
    mkdirSync(path.join(root, "own"));
    note("own", { address });
    expect(await find({ EYEPIECE_DATA: "own" })).toMatchObject({ ok: true, value: { address } });
  });

  it("waits for a server that is just starting", async () => {
    const address = await standIn();
    note("data", {});
    setTimeout(() => note("data", { address }), 300);
    expect(await find({ PORT: "0" })).toMatchObject({ ok: true, value: { address } });
  });

  it("takes the one at the default address, unless the data folder was named", async () => {
    const port = new URL(await standIn()).port;
    const env = { PORT: port, EYEPIECE_BASE_PATH: "/base" };
    const address = `http://127.0.0.1:${port}/base/`;
    expect(await find(env)).toMatchObject({ ok: true, value: { address } });
    expect(said).toEqual([`Using the server at ${address}.`]);
    program("process.exit(1)");
    expect(await find({ ...env, EYEPIECE_DATA: "own" })).toMatchObject({
      ok: false,
      failure: { code: "server_not_started" },
    });
  });

  it("does not take another program for a server", async () => {
    const other = http.createServer((_request, response) => response.end("<html>"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    ends.push(() => other.close());
    const { port } = other.address() as AddressInfo;
    expect(await find({}, `http://127.0.0.1:${port}`)).toMatchObject({ failure: { code: "not_eyepiece" } });
    // Its end comes some looks after its words.
    program("console.log('The port is in use.'); setTimeout(() => process.exit(1), 700)");
    expect(await find({ PORT: String(port) })).toMatchObject({ failure: { code: "server_not_started" } });
    expect(said).toEqual(["No server is running; starting one.", "  The port is in use."]);
  });

  it("starts one on the data folder when the noted one is gone, and leaves it running", async () => {
    program(serving);
    note("data", { address: "http://127.0.0.1:9/", pid: 2 ** 30 });
    const found = await find({ PORT: "0", npm_lifecycle_event: "npx" });
    const data = path.join(root, "data");
    const { pid, address } = JSON.parse(readFileSync(path.join(data, "server.lock"), "utf8"));
    ends.push(() => process.kill(pid, "SIGKILL"));
    expect(found).toMatchObject({ ok: true, value: { address } });
    expect(pid).not.toBe(process.pid);
    // Else it would end with npm.
    expect(readFileSync(path.join(data, "seen"), "utf8")).toBe("none");
    expect(said).toEqual([
      "No server is running; starting one.",
      "  Building the pages ...",
      `It goes on running. To stop it: kill ${pid}`,
    ]);
    expect(readFileSync(path.join(data, "server.log"), "utf8")).toContain("noise of the builder");
  });

  it("says what is wrong with the settings instead of starting", async () => {
    expect(await find({ HOST: "0.0.0.0" })).toMatchObject({ failure: { code: "token_needed" } });
  });
});

/** The life of the server process: who may start it, how it ends, what it leaves behind. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { request as httpRequest } from "node:http";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { type OwnServer, startServer } from "./fixtures/server";

const servers: OwnServer[] = [];

async function start(env: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
  const server = await startServer(env);
  servers.push(server);
  return server;
}

test.afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove();
});

test("a second server on the same data folder is refused and named the address of the first", async () => {
  const first = await start();
  const second = await start({ EYEPIECE_DATA: first.dataDir });
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`already using ${first.dataDir} at ${first.address}`);
  expect((await fetch(first.address)).status).toBe(200);
});

test("the data folder of a server that was killed is taken over", async () => {
  const first = await start();
  first.process.kill("SIGKILL");
  await first.ended;
  expect(existsSync(path.join(first.dataDir, "server.lock"))).toBe(true);
  const second = await start({ EYEPIECE_DATA: first.dataDir });
  expect((await fetch(second.address)).status).toBe(200);
  const owner = JSON.parse(readFileSync(path.join(first.dataDir, "server.lock"), "utf8"));
  expect(owner).toMatchObject({ pid: second.process.pid, address: second.address });
});

test("the data folder is made for its owner only", async () => {
  const server = await start();
  expect(statSync(server.dataDir).mode & 0o077).toBe(0);
});

test("a terminating signal ends the server in good order", async () => {
  const server = await start();
  server.process.kill("SIGTERM");
  expect(await server.ended).toBe(0);
  expect(existsSync(path.join(server.dataDir, "server.lock"))).toBe(false);
  expect(server.output()).toMatch(/info stopping\n[\s\S]*info stopped\n$/);
});

test("the same Ctrl-C arriving twice still ends the server in good order", async () => {
  const server = await start();
  server.process.kill("SIGINT");
  server.process.kill("SIGINT");
  expect(await server.ended).toBe(0);
});

test("requests that never end are cut off after five seconds, or at once by a second signal", async () => {
  const hanging = async () => {
    const server = await start({ EYEPIECE_TOKEN: "0123456789abcdef" });
    const request = httpRequest(`${server.address}sign-in`, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": "100",
        expect: "100-continue",
      },
    });
    request.on("error", () => {});
    request.flushHeaders();
    await new Promise((resolve) => request.once("continue", resolve));
    const startMs = performance.now();
    server.process.kill("SIGTERM");
    return { server, startMs };
  };
  const cutOff = async () => {
    const { server, startMs } = await hanging();
    expect(await server.ended).toBe(0);
    expect(performance.now() - startMs).toBeGreaterThan(4900);
    expect(server.output()).toContain("requests cut off count=1");
  };
  const endedAtOnce = async () => {
    const { server } = await hanging();
    await new Promise((resolve) => setTimeout(resolve, 1200));
    server.process.kill("SIGTERM");
    expect(await server.ended).toBe(1);
    expect(server.output()).not.toContain("requests cut off");
  };
  await Promise.all([cutOff(), endedAtOnce()]);
});

test("a port in use is said in a sentence", async () => {
  const first = await start();
  const port = new URL(first.address).port;
  const second = await start({ PORT: port });
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`Port ${port} on 127.0.0.1 is in use by another program.`);
});

test("without a token the server does not listen for other machines", async () => {
  const server = await start({ HOST: "0.0.0.0" });
  expect(await server.ended).toBe(1);
  expect(server.output()).toContain("Set EYEPIECE_TOKEN");
});

test("pages built for another base path are not served", async () => {
  const server = await start({ EYEPIECE_BASE_PATH: "/elsewhere" });
  expect(await server.ended).toBe(1);
  expect(server.output()).toContain('The pages were built for EYEPIECE_BASE_PATH="", not "/elsewhere".');
});

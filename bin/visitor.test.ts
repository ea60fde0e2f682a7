/** What somebody with nothing but a link to an investigation reaches: a walk over every route there is. */

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GET as getSharedPin } from "@/app/api/v1/shared/[token]/pins/[pinId]/route";
import { GET as getShared } from "@/app/api/v1/shared/[token]/route";
import { createLog } from "@/lib/base/log";
import { ok } from "@/lib/base/result";
import type { NewShare } from "@/lib/investigations/share";
import { line, lines } from "@/lib/jobs/testing";
import { createEngine, type Engine } from "./engine";
import { createFront } from "./front";
import { createShareFront, SHARE_HEADER } from "./share-front";
import { Shares } from "./shares";

const log = createLog(
  () => undefined,
  () => new Date(0),
);
const root = path.resolve(import.meta.dirname, "..");
const dataDir = mkdtempSync(path.join(tmpdir(), "eyepiece-visitor-"));

let engine: Engine;
let server: Server;
let origin: string;
let captureId: string;
let investigationId: string;
/** What came through to the pages and routes. */
let reached: IncomingMessage[] = [];
let nowMs = Date.now();

beforeAll(async () => {
  engine = await createEngine(dataDir, log, { asksForToken: true });
  captureId = (await engine.captures.create("Evening")).id;
  const file = { fileName: "a.log", expectedBytes: null, body: Readable.from([Buffer.from(lines(line(1)))]) };
  const received = await engine.captures.receive(captureId, file);
  if (received.ok) await received.value.end;
  investigationId = await makeCase("Shop is down");
});

afterAll(async () => {
  server.close();
  await engine.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A front of its own for each test, so that wrong tries of one do not lock the next one out. */
beforeEach(async () => {
  server?.close();
  reached = [];
  const bound = { host: "127.0.0.1", port: 0 };
  const config = { bound, allowedHosts: [], token: "secret", trustProxy: false, basePath: "" };
  const front = createFront({
    config,
    isDev: false,
    log,
    next: async (request, response) => {
      reached.push(request);
      response.end("reached");
    },
    upgrade: undefined,
    shares: engine.shares,
    now: () => nowMs,
  });
  server = createServer((asked, response) => void front.request(asked, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  bound.port = port;
  origin = `http://127.0.0.1:${port}`;
});

async function makeCase(title: string): Promise<string> {
  const pin = { id: "pin00001", view: "flows", link: "revision=1", title: "All", note: "", pinnedAt: "" };
  const made = await engine.investigations.create({
    captureId,
    title,
    status: "open",
    notes: "",
    pins: [pin],
  });
  if (!made.ok) throw new Error(made.failure.message);
  return made.value.id;
}

async function share(asked: Partial<NewShare> = {}): Promise<{ token: string; id: string }> {
  const made = await engine.shares.create(investigationId, { note: "", ...asked });
  if (!made.ok) throw new Error(made.failure.message);
  return { token: made.value.token, id: made.value.share.id };
}

async function logOf(id: string) {
  const listed = await engine.shares.list(investigationId);
  return listed.ok ? listed.value.find((one) => one.id === id)?.accesses : undefined;
}

const ask = (address: string, init: RequestInit = {}) =>
  fetch(origin + address, { redirect: "manual", ...init });

/** Sent byte for byte. */
function rawStatus(
  method: string,
  address: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const sent = request({ host: "127.0.0.1", port, method, path: address, headers }, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.once("error", reject);
    sent.end();
  });
}

/** Addresses of all pages and routes, from the folder that Next builds them from. */
function allAddresses(values: Readonly<Record<string, string>>): string[] {
  const found = readdirSync(path.join(root, "app"), { recursive: true, encoding: "utf8" });
  const files = found.filter((file) => /(?:^|\/)(?:page\.tsx|route\.ts)$/.test(file));
  return files.map((file) => {
    const parts = file.split(path.sep).slice(0, -1);
    const filled = parts.map((part) => {
      const name = /^\[+(?:\.\.\.)?(\w+)\]+$/.exec(part)?.[1];
      if (name === undefined) return part;
      const value = values[name];
      if (value === undefined) throw new Error(`a route has the new part [${name}]: give it a value here`);
      return value;
    });
    return `/${filled.join("/")}`;
  });
}

describe("a visitor", () => {
  it("reaches the shared case and no other route, by any method", async () => {
    const { token } = await share();
    const addresses = allAddresses({
      token,
      captureId,
      investigationId,
      fileName: "1",
      flowId: "a9d3a536e75d0736.1",
      causeId: "a9d3a536e75d0736",
      pinId: "pin00001",
      shareId: "0011223344556677",
      redactionId: "0011223344556677",
      rest: "anything",
    });
    expect(addresses.length).toBeGreaterThan(40);
    const through: string[] = [];
    for (const address of addresses)
      for (const method of ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]) {
        const headers = { [SHARE_HEADER]: "0011223344556677", referer: `${origin}/i/${token}` };
        const before = reached.length;
        const answer = await ask(address, { method, headers });
        await answer.arrayBuffer();
        if (reached.length > before) through.push(`${method} ${address}`);
        else expect([401, 303], `${method} ${address}`).toContain(answer.status);
      }
    expect(through.sort()).toEqual(
      [
        `GET /api/v1/shared/${token}`,
        `GET /api/v1/shared/${token}/pins/pin00001`,
        `GET /api/v1/shared/${token}/pins/pin00001/picture`,
        `GET /i/${token}`,
      ]
        .flatMap((one) => [one, one.replace("GET", "HEAD")])
        .sort(),
    );
  });

  it("is not let past by another spelling of an address, method or header", async () => {
    const { token } = await share();
    const own = [`/i/${token}`, `/api/v1/shared/${token}`, `/api/v1/shared/${token}/pins/pin00001`];
    const addresses = [
      ...own.flatMap((address) => [
        address,
        ...[
          "/../../captures",
          "/../../../../captures",
          "/%2e%2e/%2e%2e/captures",
          "%2f..%2f..%2fcaptures",
        ].map((more) => `${address}${more}`),
        ...["/captures", "//../captures", "/..;/captures", "\\..\\..\\captures", "/index.rsc", ".json"].map(
          (more) => `${address}${more}`,
        ),
        `/${address}`,
        `/_next/data/build${address}.json`,
        `http://127.0.0.1${address}/../../captures`,
      ]),
      ...["/captures?_rsc=1", "//captures", "/./captures", "/%63aptures", "/I/../captures"],
      ...[
        `/_next/data/build/captures/${captureId}.json`,
        "/_next/data/build/index.json",
        "/_next/image?url=/api/v1/captures&w=64&q=75",
      ],
      ...[
        "/__nextjs_original-stack-frame",
        "/api/v1/../v1/captures",
        "/API/V1/captures",
        "/i",
        "/api/v1/shared",
      ],
    ];
    const attacks = {
      ...{ rsc: "1", "next-action": "a", "next-router-prefetch": "1", "next-router-state-tree": "x" },
      ...{ "x-http-method-override": "DELETE", "x-http-method": "DELETE", "x-method-override": "PUT" },
      ...{ "x-original-url": "/captures", "x-rewrite-url": "/captures", "x-matched-path": "/captures" },
      ...{
        "x-invoke-path": "/captures",
        "x-middleware-subrequest": "middleware",
        "x-middleware-rewrite": "/captures",
      },
      ...{ "x-nextjs-data": "1", "x-forwarded-prefix": "/captures", authorization: "Basic Og==" },
    };
    for (const address of addresses)
      for (const method of ["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "POST", "DELETE"]) {
        // As it stands: fetch would put the address in order.
        const status = await rawStatus(method, address, attacks);
        expect([200, 303, 307, 308, 400, 401, 403, 404, 405, 429], `${method} ${address}`).toContain(status);
        nowMs += 10 * 60_000;
      }
    expect(new Set(reached.map(({ method, url }) => `${method} ${url}`))).toEqual(
      new Set(own.flatMap((address) => [`GET ${address}`, `HEAD ${address}`])),
    );
    for (const { headers } of reached)
      expect(Object.keys(headers).filter((name) => name in attacks)).toEqual([]);
  });

  it("is known by the share that was let in, whatever else is sent", async () => {
    const { token, id } = await share();
    const headers = {
      [SHARE_HEADER]: "0011223344556677",
      "next-action": "x",
      rsc: "1",
      "next-router-state-tree": "x",
      "x-middleware-subrequest": "x",
      range: "bytes=0-1",
      cookie: "theme=dark",
    };
    expect(await (await ask(`/i/${token}?x=1`, { headers })).text()).toBe("reached");
    const [request] = reached;
    expect(request?.url).toBe(`/i/${token}`);
    expect(request?.headers[SHARE_HEADER]).toBe(id);
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual([
      "accept",
      "accept-encoding",
      "accept-language",
      "connection",
      "content-security-policy",
      "cookie",
      "host",
      "user-agent",
      SHARE_HEADER,
    ]);
    // Somebody who is signed in is not taken for a visitor either.
    const signedIn = { authorization: "Bearer secret", [SHARE_HEADER]: id };
    expect(await (await ask(`/api/v1/captures`, { headers: signedIn })).text()).toBe("reached");
    expect(reached[1]?.headers[SHARE_HEADER]).toBeUndefined();
  });

  it("is answered with the case and nothing around it", async () => {
    await makeCase("Another case");
    const { token, id } = await share({ note: "for the auditors" });
    const route = { params: Promise.resolve({ token }) };
    const answer = await getShared(new Request("http://local/x", { headers: { [SHARE_HEADER]: id } }), route);
    const body = await answer.json();
    expect(Object.keys(body).sort()).toEqual([
      "captureId",
      "captureName",
      "notes",
      "pins",
      "status",
      "title",
      "updatedAt",
    ]);
    expect(body).toMatchObject({ title: "Shop is down", captureName: "Evening" });
    const pinRoute = (pinId: string) => ({ params: Promise.resolve({ token, pinId }) });
    const asked = new Request("http://local/x", { headers: { [SHARE_HEADER]: id } });
    const report = await (await getSharedPin(asked, pinRoute("pin00001"))).json();
    expect(report).toMatchObject({ failure: null, check: { state: "same" } });
    expect(JSON.stringify(report)).not.toContain('"filter"');
    expect((await getSharedPin(asked, pinRoute("pin00009"))).status).toBe(404);
    expect((await getSharedPin(new Request("http://local/x"), pinRoute("pin00001"))).status).toBe(404);
    // A route that is reached without the front knows no share.
    expect((await getShared(new Request("http://local/x"), route)).status).toBe(404);
  });
});

describe("a link", () => {
  it("is kept as a hash, and closed when its case is gone", async () => {
    const { token, id } = await share();
    const stored = await Reflect.get(engine.shares, "catalogue").shares.get(id);
    expect(JSON.stringify(stored, (_, value) => (typeof value === "bigint" ? "" : value))).not.toContain(
      token,
    );
    const other = await makeCase("Soon gone");
    const made = await engine.shares.create(other, { note: "" });
    await engine.investigations.remove(other);
    expect((await ask(`/i/${made.ok && made.value.token}`)).status).toBe(404);
  });

  it("that is wrong, expired or withdrawn is a page that says so", async () => {
    const { token, id } = await share({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    const wrong = await ask(`/i/${"0".repeat(32)}`);
    expect(wrong.status).toBe(404);
    expect(await wrong.text()).toContain("This link leads nowhere.");
    expect((await ask("/i/cut-off")).status).toBe(404);

    Reflect.set(engine.shares, "nowMs", () => Date.now() + 3_700_000);
    const late = await ask(`/i/${token}`);
    Reflect.set(engine.shares, "nowMs", Date.now);
    expect(late.status).toBe(410);
    expect(await late.text()).toMatch(/This link expired on \d{4}-\d\d-\d\d \d\d:\d\d UTC\./);

    expect((await ask(`/i/${token}`)).status).toBe(200);
    await engine.shares.remove(investigationId, id);
    const gone = await ask(`/api/v1/shared/${token}`);
    expect(gone.status).toBe(410);
    expect(await gone.json()).toMatchObject({ error: { code: "share_closed" } });
    expect((await logOf(id))?.map(({ outcome }) => outcome)).toEqual(["revoked", "opened", "expired"]);
    // Withdrawn once more, it is removed with its log.
    await engine.shares.remove(investigationId, id);
    expect(await logOf(id)).toBeUndefined();
    expect((await ask(`/i/${token}`)).status).toBe(404);
  });

  it("cannot be found by trying", async () => {
    const { token } = await share();
    for (let tries = 0; tries < 10; tries++)
      expect((await ask(`/i/${String(tries).repeat(32)}`)).status).toBe(404);
    const blocked = await ask(`/i/${token}`);
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(reached).toEqual([]);
  });

  it("is written down: a visit once, its network, its browser", async () => {
    const { token, id } = await share();
    const headers = { "user-agent": `Lynx <b>${"x".repeat(300)}` };
    for (let times = 0; times < 3; times++) await ask(`/i/${token}`, { headers });
    await ask(`/api/v1/shared/${token}`, { headers });
    await ask(`/i/${token}`, { headers: { "user-agent": "curl/8" } });
    expect((await logOf(id))?.map(({ address, agent, outcome }) => [address, agent, outcome])).toEqual([
      ["this machine", "curl/8", "opened"],
      ["this machine", headers["user-agent"].slice(0, 200), "opened"],
    ]);
    for (let visitor = 0; visitor < 210; visitor++)
      await engine.shares.admit(token, { address: "10.0.0.1", agent: String(visitor), cookies: undefined });
    expect(await logOf(id)).toHaveLength(200);
    const listed = await engine.shares.list(investigationId);
    expect(listed.ok && listed.value.find((one) => one.id === id)?.opened).toBe(212);
  });

  it("is asked for no faster than the server can bear", async () => {
    const shareFront = createShareFront({
      shares: { admit: async () => ok({ kind: "in", shareId: "s1" }), tryPassphrase: async () => false },
      basePath: "",
      now: () => nowMs,
    });
    const read = async (address: string) => {
      const client = { address, isHttps: false };
      const request = { kind: "share", client, area: "data", token: "t", action: "show" } as const;
      return shareFront.answer(request, { headers: {} }, undefined);
    };
    for (let nth = 0; nth < 1000; nth++) expect((await read("10.0.0.1")).kind).toBe("in");
    nowMs += 20_000;
    expect(await read("10.0.0.1")).toMatchObject({ failure: { code: "too_many_attempts" }, seconds: 40 });
    expect((await read("10.0.0.2")).kind).toBe("in");
    nowMs += 40_000;
    expect((await read("10.0.0.1")).kind).toBe("in");
  });

  it("has its pins answered one after the other", async () => {
    let atOnce = 0;
    let most = 0;
    let answered = 0;
    const investigations = Object.assign(Object.create(engine.investigations), {
      pinReport: async (...asked: Parameters<typeof engine.investigations.pinReport>) => {
        most = Math.max(most, ++atOnce);
        const report = await engine.investigations.pinReport(...asked);
        atOnce--;
        answered++;
        return report;
      },
    });
    const { captures, pictures } = engine;
    const shares = new Shares(Reflect.get(engine.shares, "catalogue"), investigations, captures, pictures);
    const { id } = await share({});
    const reports = await Promise.all(Array.from({ length: 6 }, () => shares.pinReport(id, "pin00001")));
    expect(reports.every(({ ok }) => ok)).toBe(true);
    expect([most, answered]).toEqual([1, 6]);
  });
});

describe("a passphrase", () => {
  const passphrase = "grüne Laterne";
  const send = (token: string, given: string) =>
    ask(`/i/${token}`, { method: "POST", body: new URLSearchParams({ passphrase: given }) });

  it("is asked for before anything is shown, its title too", async () => {
    const { token, id } = await share({ passphrase });
    const first = await ask(`/i/${token}`);
    expect(first.status).toBe(401);
    const page = await first.text();
    expect(page).toContain("Passphrase");
    expect(page).not.toContain("Shop is down");
    expect((await (await ask(`/api/v1/shared/${token}`)).json()).error.code).toBe("passphrase_needed");
    const wrong = await send(token, "grune Laterne");
    expect(wrong.status).toBe(401);
    expect(await wrong.text()).toContain("The passphrase is wrong.");
    expect(wrong.headers.get("set-cookie")).toBeNull();
    const right = await send(token, passphrase);
    expect(right.status).toBe(303);
    expect(right.headers.get("location")).toBe(`/i/${token}`);
    const cookie = (right.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
    expect(await (await ask(`/i/${token}`, { headers: { cookie } })).text()).toBe("reached");
    expect((await ask("/api/v1/captures", { headers: { cookie } })).status).toBe(401);
    // The cookie of one link opens no other.
    const other = await share({ passphrase });
    expect((await ask(`/i/${other.token}`, { headers: { cookie } })).status).toBe(401);
    expect((await logOf(id))?.map(({ outcome }) => outcome)).toEqual(["opened", "wrong-passphrase"]);
  });

  it("cannot be guessed: an address has to wait, and a link bears only so many tries", async () => {
    const asked = { kind: "passphrase", shareId: "s1", kept: "right" } as const;
    const shareFront = createShareFront({
      shares: {
        admit: async () => ok(asked),
        tryPassphrase: async ({ kept }, given) => given === kept,
      },
      basePath: "",
      now: () => nowMs,
    });
    const tryIt = async (address: string, given: string): Promise<string> => {
      const client = { address, isHttps: false };
      const request = { kind: "share", client, area: "page", token: "t", action: "try" } as const;
      const form = new URLSearchParams({ passphrase: given });
      const answer = await shareFront.answer(request, { headers: {} }, form);
      return answer.kind === "refused" ? answer.failure.code : answer.kind;
    };
    for (let tries = 0; tries < 10; tries++) expect(await tryIt("10.0.0.1", "wrong")).toBe("ask");
    expect(await tryIt("10.0.0.1", "right")).toBe("too_many_attempts");
    expect(await tryIt("10.0.0.2", "right")).toBe("reload");
    nowMs += 5 * 60_000;
    expect(await tryIt("10.0.0.1", "right")).toBe("reload");
    // Many addresses that try a little each.
    for (let tries = 0; tries < 99; tries++) await tryIt(`10.0.1.${tries}`, "wrong");
    expect(await tryIt("10.0.2.1", "right")).toBe("too_many_attempts");
  });

  it("of too few letters is refused", async () => {
    const { newShareSchema } = await import("@/lib/investigations/share");
    expect(newShareSchema.safeParse({ passphrase: "short" }).success).toBe(false);
    expect(newShareSchema.safeParse({ expiresAt: "tomorrow" }).success).toBe(false);
  });
});

/**
 * The server: one process for pages, interface and background work.
 *
 * It opens the HTTP server itself instead of using `next start`, because every request must pass the
 * guard before anything reads its body, uploads may take longer than Node's five minutes, and the
 * engine must be closed before the process ends. `--dev` serves pages that are rebuilt as they change.
 */
import { randomUUID } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { createLog } from "@/lib/base/log";
import { projectRoot } from "@/lib/base/project-root";
import type { Failure, Result } from "@/lib/base/result";
import { isWildcard } from "@/lib/http/host";
import { type DataLock, lockDataFolder } from "./data-lock";
import { createEngine, type Engine } from "./engine";
import { createFront, sendFailure } from "./front";
import { createHttpServer, type HttpServer, listen, type RequestHandler } from "./http-server";
import { checkBuild, openPages, type Pages } from "./pages";
import { markProgram } from "./program-mark";
import { readServerConfig, type ServerConfig } from "./server-config";
import { watchStopSignals } from "./signals";

/** How long open requests may take once the server was told to stop. */
const graceMs = 5000;

const shortToken = 16;

const root = projectRoot();
const isDev = process.argv.includes("--dev");
const log = createLog(
  (line) => process.stderr.write(`${line}\n`),
  () => new Date(),
);

// By default V8 lets a heap grow to four times of what lives in it before it looks for garbage in the old part; there is a heap for
// each thread. With this it costs a few per cent more time and half of the memory.
setFlagsFromString("--heap-growing-percent=40");

await serve(orExit(readServerConfig(process.env, { root, cwd: process.cwd() })));

async function serve(config: ServerConfig): Promise<void> {
  if (!isDev) orExit(checkBuild(root, config.basePath));
  const started = new Date();
  const lock = orExit(lockDataFolder(config.dataDir, started));
  const signals = watchStopSignals();
  // Nothing has to be put in order until the engine exists.
  signals.onStop(() => {
    lock.release();
    process.exit(0);
  });
  watchCrashes(lock);
  const http = createHttpServer();
  const port = orExit(await listen(http.server, config.host, config.port), lock);
  const engine = await createEngine(config.dataDir, log, {
    asksForToken: config.token !== undefined,
    keepDays: config.keepDays,
  });
  signals.onStop(() => void stop({ http, engine, lock }));
  const pages = await openPages({ root, isDev, hostname: config.host, port });
  signals.onStop(() => void stop({ http, engine, pages, lock }));
  const front = createFront({
    config: { ...config, bound: { host: config.host, port } },
    isDev,
    log,
    next: pages.handle,
    upgrade: pages.upgrade,
    shares: engine.shares,
    now: Date.now,
  });
  http.server.on("upgrade", front.upgrade);
  http.open(answeringFailures(front.request));
  const address = shownAddress(config, port);
  lock.announce(address);
  if (!isDev) markProgram(root, address);
  greet(config, address);
}

interface Running {
  readonly http: HttpServer;
  readonly engine: Engine;
  readonly pages?: Pages;
  readonly lock: DataLock;
}

async function stop({ http, engine, pages, lock }: Running): Promise<void> {
  log.info("stopping");
  engine.stopping?.();
  const cut = await http.close(graceMs);
  if (cut > 0) log.warn("requests cut off", { count: cut });
  await pages?.close();
  await engine.close();
  lock.release();
  log.info("stopped");
  process.exit(0);
}

/** A bug in one request must not end the others. */
function answeringFailures(handler: RequestHandler): RequestHandler {
  return async (request, response) => {
    try {
      await handler(request, response);
    } catch (error) {
      const id = randomUUID();
      logCrash("request failed", error, id);
      const failure = {
        code: "internal",
        message: "Something went wrong in Eyepiece.",
        details: { id },
      } as const;
      if (response.headersSent) response.destroy();
      else sendFailure(request, response, failure);
    }
  };
}

function watchCrashes(lock: DataLock): void {
  process.on("unhandledRejection", (reason) => logCrash("promise rejected and not handled", reason));
  process.on("uncaughtException", (error) => {
    logCrash("uncaught exception, ending", error);
    lock.release();
    process.exit(1);
  });
}

/** The stack goes below the line: it is for whoever mends the program. */
function logCrash(message: string, error: unknown, id?: string): void {
  log.error(message, { id });
  console.error(error);
}

/** The value, or the end of the program with a sentence that says what to do. */
function orExit<T>(result: Result<T>, lock?: DataLock): T {
  if (result.ok) return result.value;
  const { message, hint }: Failure = result.failure;
  console.error(hint ? `${message}\n${hint}` : message);
  lock?.release();
  process.exit(1);
}

/** An address that works on this machine. */
function shownAddress({ host, basePath }: ServerConfig, port: number): string {
  const name = isWildcard(host) ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}${port === 80 ? "" : `:${port}`}${basePath}/`;
}

function greet({ dataDir, host, token }: ServerConfig, address: string): void {
  console.log(`Eyepiece is ready at ${address}`);
  if (isWildcard(host)) console.log("It listens on all addresses of this machine.");
  console.log(`Data folder: ${dataDir}`);
  if (token !== undefined && token.length < shortToken) {
    console.warn(
      `EYEPIECE_TOKEN is short. Use at least ${shortToken} random characters, for example from: openssl rand -hex 32`,
    );
  }
  log.info("ready", { address, data: dataDir, pid: process.pid });
}

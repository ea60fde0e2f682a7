/** Finds the server that the command line talks to, and starts one when there is none. */
import { spawn } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, readSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Failure, fail, ok, type Result } from "@/lib/base/result";
import { isWildcard } from "@/lib/http/host";
import { readLockOwner } from "../data-lock";
import { readServerConfig, type ServerConfig } from "../server-config";
import { isHttpAddress } from "./arguments";
import { Client } from "./client";

export interface FindOptions {
  /** Of the command line. */
  readonly url: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The program's own folder. */
  readonly root: string;
  /** Tells the reader what is being done, a line each. */
  readonly say: (line: string) => void;
}

/** Packages may have to be installed and the pages built first. */
const STARTING_MS = 10 * 60_000;
/** Between a server's first sign of life and its address. */
const ANNOUNCING_MS = 60_000;
const LOOK_EVERY_MS = 200;
/** What a server that starts says itself, among what npm and the builder print. */
const OWN_WORDS = /^(Installing|Generating|Building|Eyepiece is ready|Data folder)/;
const LAST_WORDS = 10;

/**
 * The server at `url` or EYEPIECE_URL; else the one that announced itself in the data folder; else one at the
 * default address, unless EYEPIECE_DATA names a folder of its own (a server there would keep its captures
 * elsewhere); else a new one.
 *
 * Codes: those of {@link Client.health}, of the server's settings, and `server_not_started`.
 */
export async function findServer(options: FindOptions): Promise<Result<Client>> {
  const token = options.env.EYEPIECE_TOKEN?.trim() || undefined;
  const given = options.url ?? (options.env.EYEPIECE_URL?.trim() || undefined);
  if (given !== undefined) {
    if (!isHttpAddress(given))
      return fail("usage", `EYEPIECE_URL=${given}: an address looks like http://127.0.0.1:3000/.`);
    const client = new Client(given, token);
    const health = await client.health();
    return health.ok ? ok(client) : health;
  }
  const config = readServerConfig(options.env, options);
  if (!config.ok) return config;
  const running = await findRunning(config.value, options, token);
  if (running !== undefined) return running;
  return startServer(config.value, options, token);
}

/** Undefined when nothing runs. */
async function findRunning(
  config: ServerConfig,
  { env, say }: FindOptions,
  token: string | undefined,
): Promise<Result<Client> | undefined> {
  const noted = await announcedAddress(config.dataDir);
  if (noted !== undefined) {
    const found = await tryAddress(noted, token);
    if (found !== undefined) return found;
  }
  if (env.EYEPIECE_DATA?.trim() || config.port === 0) return undefined;
  const usual = usualAddress(config);
  const found = noted === usual ? undefined : await tryAddress(usual, token);
  if (found?.ok) say(`Using the server at ${usual}.`);
  // Another program may live there; that is no reason not to start ours, which will say what is wrong.
  return found?.ok === false && found.failure.code === "not_eyepiece" ? undefined : found;
}

/** Where the server of a data folder says it answers; one that is just starting is waited for. */
async function announcedAddress(dataDir: string): Promise<string | undefined> {
  const until = performance.now() + ANNOUNCING_MS;
  for (;;) {
    const owner = readLockOwner(dataDir);
    const isStarting = owner !== undefined && owner.address === undefined && isAlive(owner.pid);
    if (!isStarting || performance.now() > until) return owner?.address;
    await pause(LOOK_EVERY_MS);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Undefined when nobody answers there. */
async function tryAddress(address: string, token: string | undefined): Promise<Result<Client> | undefined> {
  const client = new Client(address, token);
  const health = await client.health();
  if (health.ok) return ok(client);
  return health.failure.code === "server_unreachable" ? undefined : health;
}

function usualAddress({ host, port, basePath }: ServerConfig): string {
  const name = isWildcard(host) ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}${port === 80 ? "" : `:${port}`}${basePath}/`;
}

/** Starts a server that outlives this command; what it prints goes to `server.log` in the data folder. */
async function startServer(
  { dataDir }: ServerConfig,
  { env, root, say }: FindOptions,
  token: string | undefined,
): Promise<Result<Client>> {
  const log = path.join(dataDir, "server.log");
  let output: number;
  try {
    if (mkdirSync(dataDir, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(dataDir, 0o700);
    output = openSync(log, "a", 0o600);
  } catch (error) {
    return fail("data_folder_unusable", `The data folder ${dataDir} cannot be used: ${String(error)}`);
  }
  const news = new NewLines(log);
  say("No server is running; starting one.");
  const child = spawn(process.execPath, [path.join(root, "scripts", "start.mjs")], {
    cwd: root,
    detached: true,
    stdio: ["ignore", output, output],
    env: serverEnvironment(env, dataDir),
  });
  closeSync(output);
  const state: { ended: boolean } = { ended: false };
  child.once("exit", () => {
    state.ended = true;
  });
  child.once("error", () => {
    state.ended = true;
  });
  const started = await waitUntilReady(dataDir, child.pid, state, news, { token, say });
  child.unref();
  return started;
}

async function waitUntilReady(
  dataDir: string,
  pid: number | undefined,
  state: { readonly ended: boolean },
  news: NewLines,
  { token, say }: { readonly token: string | undefined; readonly say: (line: string) => void },
): Promise<Result<Client>> {
  const until = performance.now() + STARTING_MS;
  /** What it said last; it may have said it some looks before its end. */
  let heard: string[] = [];
  while (performance.now() < until) {
    const isOver = state.ended;
    const lines = news.read();
    for (const line of lines) if (OWN_WORDS.test(line)) say(`  ${line}`);
    heard = [...heard, ...lines.filter((line) => !OWN_WORDS.test(line))].slice(-LAST_WORDS);
    if (isOver) {
      for (const line of heard) say(`  ${line}`);
      return notStarted("it ended before it was ready", news.file);
    }
    const owner = readLockOwner(dataDir);
    if (owner?.pid === pid && owner?.address !== undefined) {
      const client = await tryAddress(owner.address, token);
      if (client !== undefined) {
        say(`It goes on running. To stop it: kill ${pid}`);
        return client;
      }
    }
    await pause(LOOK_EVERY_MS);
  }
  return notStarted(`it was not ready after ${STARTING_MS / 60_000} minutes`, news.file);
}

function notStarted(why: string, log: string): { readonly ok: false; readonly failure: Failure } {
  return fail("server_not_started", `The server could not be started: ${why}.`, `Its log is ${log}.`);
}

/** What npm leaves in the environment makes a server end with npm; this one is to stay. */
function serverEnvironment(env: FindOptions["env"], dataDir: string): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !name.startsWith("npm_"));
  return { ...Object.fromEntries(own), EYEPIECE_DATA: dataDir, NODE_ENV: "production" };
}

/** The lines that are added to a file from now on. */
class NewLines {
  private at: number;
  private rest = "";

  constructor(readonly file: string) {
    this.at = statSync(file).size;
  }

  read(): string[] {
    const descriptor = openSync(this.file, "r");
    try {
      const buffer = Buffer.alloc(64 * 1024);
      const length = readSync(descriptor, buffer, 0, buffer.length, this.at);
      this.at += length;
      const lines = (this.rest + buffer.toString("utf8", 0, length)).split("\n");
      this.rest = lines.pop() ?? "";
      return lines.filter((line) => line.trim() !== "");
    } finally {
      closeSync(descriptor);
    }
  }
}

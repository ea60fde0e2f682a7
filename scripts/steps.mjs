// What has to be in place before the program or its tests can run, each step done only when it is
// stale. Nothing here may import a package at the top: the first step installs them.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const at = (...parts) => path.join(root, ...parts);

/** The oldest Node the packages run on; Prisma and Vite set it (package.json "engines"). */
const oldestNode = [20, 19];

/** A sentence when this Node is too old, else undefined. */
export function nodeTooOld(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return undefined;
  return `Eyepiece needs Node.js ${oldestNode.join(".")} or newer; this is ${version}. Install a newer Node.js and start again.`;
}

/** Runs a program to its end with our output; answers its exit code, 1 when a signal or `timeout` (ms) ended it. */
export function run(command, args, { env = {}, stdio = ["ignore", "inherit", "inherit"], timeout } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio, timeout, env: { ...process.env, ...env } });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/** The command-line script of an installed package, started with this same Node. */
export function tool(name, args, options) {
  return run(process.execPath, [at("node_modules", ...name.split("/")), ...args], options);
}

/**
 * Whether node_modules holds what the lock file asks for. npm writes what it installed into
 * node_modules/.package-lock.json as its last act, so the comparison also notices an install that
 * was interrupted, one made by hand, and one without the development packages.
 */
export function packagesMatchLock(lockText, installedText) {
  const locked = JSON.parse(lockText).packages;
  const installed = JSON.parse(installedText).packages;
  const same = (a, b) => a?.version === b?.version && a?.integrity === b?.integrity;
  const present = Object.keys(locked).every(
    // Optional packages are those of other platforms; npm leaves them out.
    (name) =>
      name === "" || (locked[name].optional && !installed[name]) || same(locked[name], installed[name]),
  );
  return present && Object.keys(installed).every((name) => same(installed[name], locked[name]));
}

/** Longer than any install; a process that lives and yet makes nothing must not be waited for for ever. */
const longestWaitMs = 15 * 60_000;

/**
 * Does `work` while no other process does so in this folder: two installs at once destroy each other's
 * node_modules. Waits for the other one, which is asked for by its process id, so that a lock left by a
 * process that died is taken over.
 */
export async function alone(
  say,
  work,
  { lock = at("build", "preparing.lock"), waitMs = longestWaitMs } = {},
) {
  mkdirSync(path.dirname(lock), { recursive: true });
  const until = Date.now() + waitMs;
  for (let hasSaid = false; !tryLock(lock); hasSaid = true) {
    if (Date.now() > until)
      throw new Error(
        `Another process has been preparing Eyepiece for too long. When there is none, remove ${lock}.`,
      );
    if (!hasSaid) say("Waiting for another process that prepares Eyepiece in this folder ...");
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  const holder = read(lock);
  // Empty: it was made this moment.
  if (holder !== undefined && holder !== "" && !isAlive(Number(holder))) rmSync(lock, { force: true });
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else lives all the same.
    return error.code === "EPERM";
  }
}

function installed() {
  const record = at("node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  return packagesMatchLock(readFileSync(at("package-lock.json"), "utf8"), readFileSync(record, "utf8"));
}

export async function ensureInstalled(say) {
  if (installed()) return;
  say("Installing packages (about half a minute) ...");
  // npm names its own script in npm_execpath, which spares us looking for `npm` on the path.
  const npm = process.env.npm_execpath;
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const code = npm?.endsWith(".js")
    ? await run(process.execPath, [npm, ...args])
    : await run(process.platform === "win32" ? "npm.cmd" : "npm", args);
  if (code !== 0) throw new Error("Installing packages failed; npm's own message stands above.");
}

/** The databases that have a Prisma schema: prisma/<name> -> lib/<name>/generated. */
export const databases = ["catalogue", "capture"];

export async function ensureGenerated(say) {
  for (const name of databases) {
    if (!existsSync(at("prisma", name, "schema.prisma"))) continue;
    const stamp = at("build", "stamps", `prisma-${name}`);
    const wanted = contentHash([
      `prisma/${name}/schema.prisma`,
      `prisma/${name}/prisma.config.ts`,
      "package-lock.json",
    ]);
    if (existsSync(at("lib", name, "generated", "client.ts")) && read(stamp) === wanted) continue;
    say(`Generating the client of the ${name} database ...`);
    const log = [];
    const code = await quiet(
      "prisma/build/index.js",
      ["generate", "--config", `prisma/${name}/prisma.config.ts`],
      log,
    );
    if (code !== 0) throw new Error(`prisma generate failed for ${name}:\n${log.join("")}`);
    write(stamp, wanted);
  }
}

/** Runs a tool and keeps its output for the case that it fails. */
function quiet(name, args, log) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [at("node_modules", ...name.split("/")), ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...offline },
    });
    child.stdout.on("data", (data) => log.push(String(data)));
    child.stderr.on("data", (data) => log.push(String(data)));
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/** Tools that would call home are told not to. */
export const offline = {
  NEXT_TELEMETRY_DISABLED: "1",
  CHECKPOINT_DISABLE: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
};

/** Everything the pages are made from. A change in any of these files makes the build stale. */
const buildInputs = [
  "app",
  "components",
  "lib",
  "public",
  "prisma",
  "bin",
  "next.config.ts",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
];

/** The base path is fixed when the pages are built, so it belongs to what makes a build stale. */
function buildStamp() {
  return contentHash(buildInputs, `basePath=${process.env.EYEPIECE_BASE_PATH ?? ""}`);
}

/**
 * Throws when something has to be made anew while a server runs from this folder: it would answer with pages and threads of
 * two versions. Servers tell of themselves in `build/serving` (bin/program-mark.ts).
 */
export function refuseUnderServer(isStale = !installed() || !arePagesBuilt(), servers = serversHere()) {
  const [server] = servers;
  if (!isStale || server === undefined) return;
  throw new Error(
    `Eyepiece runs from this folder at ${server.address} (process ${server.pid}), and the program here has changed since. ` +
      `Stop it first (kill ${server.pid}), then start again.`,
  );
}

/** Servers that run from this folder. What a killed one left behind is taken away. */
export function serversHere(folder = at("build", "serving")) {
  if (!existsSync(folder)) return [];
  const alive = [];
  for (const name of readdirSync(folder)) {
    const pid = Number(name);
    if (pid !== process.pid && isAlive(pid) && isNode(pid))
      alive.push({ pid, address: readFileSync(path.join(folder, name), "utf8") });
    else rmSync(path.join(folder, name), { force: true });
  }
  return alive;
}

/** A number may have gone to another program by now. True where the system does not tell. */
function isNode(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("node");
  } catch {
    return true;
  }
}

export async function ensureBundles() {
  const { buildBundles } = await import("./bundles.mjs");
  return buildBundles();
}

const pagesStamp = at(".next", "eyepiece-stamp");

function arePagesBuilt(wanted = buildStamp()) {
  return existsSync(at(".next", "BUILD_ID")) && read(pagesStamp) === wanted;
}

export async function ensurePages(say) {
  const wanted = buildStamp();
  if (arePagesBuilt(wanted)) return;
  say("Building the pages (about a quarter of a minute) ...");
  rmSync(pagesStamp, { force: true });
  const code = await tool("next/dist/bin/next", ["build"], { env: { ...offline, NODE_ENV: "production" } });
  if (code !== 0) throw new Error("Building the pages failed; the reason stands above.");
  write(pagesStamp, wanted);
}

/**
 * Hash over names and contents of files and folders, in a fixed order. Left out: what is generated
 * from other inputs, and tests, which no build contains.
 */
export function contentHash(names, extra = "", base = root) {
  const hash = createHash("sha256").update(extra);
  const add = (name) => {
    const file = path.join(base, name);
    if (!existsSync(file)) return;
    const entries = list(file);
    if (entries === undefined) {
      hash.update(`\0${name}\0`).update(readFileSync(file));
      return;
    }
    for (const entry of entries) {
      if (entry !== "generated" && !/\.test\.tsx?$/.test(entry)) add(`${name}/${entry}`);
    }
  };
  for (const name of names) add(name);
  return hash.digest("hex");
}

/** Sorted names in a folder, or undefined when it is a file. */
function list(file) {
  try {
    return readdirSync(file).sort();
  } catch (error) {
    if (error.code === "ENOTDIR") return undefined;
    throw error;
  }
}

const read = (file) => (existsSync(file) ? readFileSync(file, "utf8") : undefined);

function write(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

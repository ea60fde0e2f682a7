#!/usr/bin/env -S MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072 node
// The command `eyepiece`: puts in place what is missing or stale, then runs build/eyepiece.mjs. Standard
// output belongs to the command, so everything said here goes to standard error.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { helpFor } from "./cli/help.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const at = (...parts) => path.join(root, ...parts);
const say = (line) => console.error(line);

async function prepare() {
  const { alone, ensureBundles, ensureGenerated, nodeTooOld, packagesMatchLock, run } = await import(
    pathToFileURL(at("scripts", "steps.mjs")).href
  );
  const tooOld = nodeTooOld();
  if (tooOld) throw new Error(tooOld);
  const installed = at("node_modules", ".package-lock.json");
  const isInstalled =
    existsSync(installed) &&
    packagesMatchLock(readFileSync(at("package-lock.json"), "utf8"), readFileSync(installed, "utf8"));
  if (!isInstalled) {
    // A process of its own: what npm and the builder print must not end up in our output.
    const code = await run(process.execPath, [at("scripts", "start.mjs"), "--build-only"], {
      stdio: ["ignore", 2, 2],
    });
    if (code !== 0) throw new Error("Eyepiece could not be put in place; the reason stands above.");
    return;
  }
  await alone(say, async () => {
    await ensureGenerated(say);
    await ensureBundles();
  });
}

const help = helpFor(process.argv.slice(2));
if (help !== undefined) {
  process.stdout.write(help);
  process.exit();
}
try {
  await prepare();
} catch (error) {
  say(error.message);
  process.exit(1);
}
await import(pathToFileURL(at("build", "eyepiece.mjs")).href);

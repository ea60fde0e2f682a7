#!/usr/bin/env node
// `npm test`: installs what is missing, then runs every check to its end and adds up. The last line
// is always "N passed, N failed": each unit and browser test counts, and each check as one.
//   --only=unit,lint   runs these steps only (names below)
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import path from "node:path";
import { failedStories, failedTests } from "./failures.mjs";
import {
  alone,
  databases,
  ensureBundles,
  ensureGenerated,
  ensureInstalled,
  ensurePages,
  nodeTooOld,
  offline,
  root,
  run,
  tool as runTool,
} from "./steps.mjs";

const scratch = mkdtempSync(path.join(tmpdir(), "eyepiece-test-"));
const say = (line) => console.log(line);
/** What failed, and what passed only at the second attempt: said again at the end. */
const troubles = [];

// Nothing a test does may touch a developer's own data or depend on their settings.
for (const name of Object.keys(process.env))
  if (/^(EYEPIECE_|E2E_)|^(PORT|HOST)$/.test(name) && name !== "E2E_IGNORE_SYSTEM") delete process.env[name];
Object.assign(process.env, offline, { TZ: "UTC", EYEPIECE_DATA: path.join(scratch, "data") });

// A check that hangs must not keep the closing line from being printed.
const timeout = 15 * 60_000;
const tool = (name, args, options) => runTool(name, args, { timeout, ...options });
const script = (name) => run(process.execPath, [path.join(root, "scripts", name)]);
const check = (code) => (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/** Each answers `{ passed, failed }`; one that throws counts as failed. In the order they run. */
const steps = [
  { name: "lock", title: "Lock file", go: async () => check(await script("check-lock.mjs")) },
  { name: "types", title: "Types", go: checkTypes },
  {
    name: "lint",
    title: "Lint and format",
    go: async () => check(await tool("@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."])),
  },
  { name: "imports", title: "Import rules", go: async () => check(await script("check-imports.mjs")) },
  { name: "unused", title: "Unused code", go: async () => check(await tool("knip/bin/knip.js", [])) },
  ...databases.map((name) => ({
    name: "migrations",
    title: `Migrations match the schema: ${name}`,
    go: () => checkMigrations(name),
  })),
  { name: "unit", title: "Unit and integration tests", go: runUnitTests },
  { name: "build", title: "Production build", go: build },
  { name: "e2e", title: "Browser tests", go: runBrowserTests },
];

async function checkTypes() {
  const generated = await tool("next/dist/bin/next", ["typegen"]);
  return check(generated === 0 ? await tool("typescript/bin/tsc", ["--noEmit"]) : generated);
}

/** Applies the migrations to a scratch database and compares; exit code 2 means that they differ. */
async function checkMigrations(name) {
  const folder = `prisma/${name}`;
  const args = ["--config", `${folder}/prisma.config.ts`, "--from-migrations", `${folder}/migrations`];
  const wanted = ["--to-schema", `${folder}/schema.prisma`, "--exit-code"];
  const env = { DATABASE_URL: `file:${path.join(scratch, `${name}.db`)}` };
  return check(await tool("prisma/build/index.js", ["migrate", "diff", ...args, ...wanted], { env }));
}

async function runUnitTests() {
  const report = path.join(scratch, "unit.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const folder = folderInMemory();
  const env = folder === undefined ? {} : { TMPDIR: folder };
  const code = await tool("vitest/vitest.mjs", ["run", ...reporters], { env });
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  const results = JSON.parse(readFileSync(report, "utf8"));
  troubles.push(...failedTests(results, root));
  return counted(results.numPassedTests, results.numFailedTests, code);
}

const MEMORY = "/dev/shm";
const MEMORY_BYTES = 8 * 1024 ** 3;

/** Tests make and drop thousands of small databases, which costs a tenth less where no disk is. */
function folderInMemory() {
  if (!existsSync(MEMORY) || freemem() < 1.5 * MEMORY_BYTES) return undefined;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize < MEMORY_BYTES ? undefined : mkdtempSync(path.join(MEMORY, "eyepiece-test-"));
}

async function build() {
  await alone(say, async () => {
    await ensureBundles();
    await ensurePages(say);
  });
  return check(0);
}

async function runBrowserTests() {
  const report = path.join(scratch, "e2e.json");
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const code = await tool("@playwright/test/cli.js", ["test", "--reporter=list,json"], { env });
  if (!existsSync(report)) return check(1);
  const { stats, suites } = JSON.parse(readFileSync(report, "utf8"));
  troubles.push(...failedStories(suites));
  return counted(stats.expected + stats.flaky, stats.unexpected, code);
}

/** A run may fail although no test did: a file that cannot be loaded, or no test found at all. */
function counted(passed, failed, code) {
  const isBroken = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: isBroken ? 1 : failed };
}

/** The steps asked for; all of them without `--only`. Undefined when a name is unknown. */
function chosenSteps(args) {
  if (args.length === 0) return steps;
  const names = args.flatMap((arg) =>
    arg.startsWith("--only=") ? arg.slice("--only=".length).split(",") : [arg],
  );
  const areKnown = names.every((name) => steps.some((step) => step.name === name));
  return areKnown ? steps.filter((step) => names.includes(step.name)) : undefined;
}

async function runStep({ title, go }) {
  say(`\n=== ${title}`);
  const startMs = performance.now();
  const result = await go().catch((error) => {
    console.error(error.message);
    return check(1);
  });
  return { title, ...result, seconds: (performance.now() - startMs) / 1000 };
}

async function main() {
  const chosen = chosenSteps(process.argv.slice(2));
  if (chosen === undefined)
    throw new Error(`Usage: npm test -- --only=${[...new Set(steps.map((step) => step.name))].join(",")}`);
  const tooOld = nodeTooOld();
  if (tooOld) throw new Error(tooOld);
  await alone(say, async () => {
    await ensureInstalled(say);
    await ensureGenerated(say);
  });
  const results = [];
  for (const step of chosen) results.push(await runStep(step));
  say("");
  for (const { title, passed, failed, seconds } of results) {
    say(
      `${failed === 0 ? "ok    " : "FAILED"} ${title}: ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s`,
    );
  }
  for (const line of troubles) say(line);
  return results;
}

const results = await main().catch((error) => {
  console.error(error.message);
  return [check(1)];
});
rmSync(scratch, { recursive: true, force: true });
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
say(`\n${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 ? 0 : 1;

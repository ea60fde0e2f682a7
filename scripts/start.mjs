#!/usr/bin/env node
// `npm start`: puts everything in place that is missing or stale, then serves.
//   --build-only   stop before serving       --dev   serve with pages rebuilt as they change
// The server runs in this same process: a terminal sends Ctrl-C to the whole group, so a child would
// get each signal twice.
import { pathToFileURL } from "node:url";
import {
  alone,
  ensureBundles,
  ensureGenerated,
  ensureInstalled,
  ensurePages,
  nodeTooOld,
  offline,
  refuseUnderServer,
  root,
} from "./steps.mjs";

const flags = new Set(process.argv.slice(2));
const dev = flags.has("--dev");
const say = (line) => console.log(line);

const unknown = [...flags].filter((flag) => !["--build-only", "--dev"].includes(flag));
const problem =
  unknown.length > 0 ? `Unknown option ${unknown[0]}; there are --build-only and --dev.` : nodeTooOld();
if (problem) {
  console.error(problem);
  process.exit(2);
}

Object.assign(process.env, offline);
process.env.NODE_ENV = dev ? "development" : "production";
try {
  await alone(say, async () => {
    refuseUnderServer();
    await ensureInstalled(say);
    await ensureGenerated(say);
    await ensureBundles();
    if (!dev) await ensurePages(say);
  });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
if (!flags.has("--build-only")) await import(pathToFileURL(`${root}build/server.mjs`).href);

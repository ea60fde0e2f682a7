#!/usr/bin/env node
// Runs a TypeScript program of this project on every supported Node: bundles it with esbuild
// (own code in, packages left out) and imports the result. `node scripts/run-ts.mjs FILE [ARG ...]`.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { bundling } from "./bundles.mjs";
import { root } from "./steps.mjs";

const [file, ...args] = process.argv.slice(2);
if (!file) {
  console.error("usage: node scripts/run-ts.mjs FILE [ARG ...]");
  process.exit(2);
}
const entry = path.resolve(file);
const outfile = path.join(
  root,
  "build",
  "run",
  `${path.relative(root, entry).replaceAll(/[^\w]+/g, "-")}.mjs`,
);
await build({ ...bundling, entryPoints: [entry], outfile, sourcemap: "inline" });
process.argv = [process.argv[0], entry, ...args];
await import(pathToFileURL(outfile).href);

#!/usr/bin/env node
// Runs a TypeScript program of this project on every supported Node: bundles it with esbuild
// (own code in, packages left out) and imports the result. `node scripts/run-ts.mjs FILE [ARG ...]`.
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
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
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  tsconfig: path.join(root, "tsconfig.json"),
  logLevel: "warning",
});
process.argv = [process.argv[0], entry, ...args];
await import(pathToFileURL(outfile).href);

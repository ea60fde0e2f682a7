// Programs that run outside Next: the server itself, the command line and the worker threads.
// Each entry is bundled by esbuild into one module beside the others (own code in, packages left
// out), so that a worker is found at run time as `new URL("./decode-worker.mjs", import.meta.url)`
// from any other bundle.
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "./steps.mjs";

/** One row per program. Add a row here to get a new worker bundled by start, test and dev. */
export const bundles = [
  { entry: "bin/server.ts", outfile: "build/server.mjs" },
  { entry: "bin/eyepiece.ts", outfile: "build/eyepiece.mjs" },
  { entry: "lib/ingest/decode-worker.ts", outfile: "build/decode-worker.mjs" },
  { entry: "lib/capture/settle/settle-worker.ts", outfile: "build/settle-worker.mjs" },
  { entry: "lib/jobs/job-worker.ts", outfile: "build/job-worker.mjs" },
  { entry: "lib/jobs/import-worker.ts", outfile: "build/import-worker.mjs" },
  { entry: "bin/evidence/picture-worker.ts", outfile: "build/picture-worker.mjs" },
  { entry: "lib/jobs/redact-worker.ts", outfile: "build/redact-worker.mjs" },
  { entry: "lib/questions/reader-worker.ts", outfile: "build/reader-worker.mjs" },
];

/** How any program of ours is bundled: own code in, packages left out. */
export const bundling = {
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  tsconfig: path.join(root, "tsconfig.json"),
  logLevel: "warning",
};

/**
 * Bundles every row whose entry exists. Output is written only when it changed, and by rename, so
 * that a running server never reads half a worker. Throws when esbuild finds an error.
 */
export async function buildBundles() {
  const { build, stop } = await import("esbuild");
  const rows = bundles.filter((row) => existsSync(path.join(root, row.entry)));
  await Promise.all(rows.map((row) => bundle(build, row)));
  // Otherwise esbuild's own process would stay for as long as the server runs.
  await stop();
  return rows;
}

async function bundle(build, { entry, outfile }) {
  const result = await build({
    ...bundling,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    sourcemap: "linked",
    write: false,
  });
  await mkdir(path.join(root, path.dirname(outfile)), { recursive: true });
  for (const file of result.outputFiles) await writeIfChanged(file.path, file.contents);
}

async function writeIfChanged(file, contents) {
  const current = await readFile(file).catch(() => undefined);
  if (current?.equals(contents)) return;
  const half = `${file}.${process.pid}.half`;
  await writeFile(half, contents);
  await rename(half, file);
}

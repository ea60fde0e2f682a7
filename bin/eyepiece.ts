/** The command `eyepiece`. Started by eyepiece.mjs, which puts in place what is missing. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { formatBytes } from "@/components/ui/format";
import { projectRoot } from "@/lib/base/project-root";
import { backUp } from "./backup";
import { type BackupCommand, parseArguments, type ServeCommand } from "./cli/arguments";
import { ingest } from "./cli/ingest";
import type { Surroundings } from "./cli/send-files";
import { failureWords } from "./cli/words";
import { readServerConfig } from "./server-config";

const root = projectRoot();

const around: Surroundings = {
  env: process.env,
  cwd: process.cwd(),
  root,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => new Date(),
  onInterrupt: (listener) => {
    process.once("SIGINT", listener);
    return () => process.off("SIGINT", listener);
  },
};

await main();

async function main(): Promise<void> {
  const parsed = parseArguments(process.argv.slice(2));
  if (!parsed.ok) {
    console.error(failureWords(parsed.failure));
    process.exitCode = 2;
    return;
  }
  const command = parsed.value;
  if (command.kind === "serve") await serve(command);
  else if (command.kind === "backup") process.exit(backup(command));
  else process.exit(await ingest(command, around));
}

/** In this process, as npm start does it. */
async function serve({ port, host, data }: ServeCommand): Promise<void> {
  if (port !== undefined) process.env.PORT = port;
  if (host !== undefined) process.env.HOST = host;
  if (data !== undefined) process.env.EYEPIECE_DATA = path.resolve(data);
  const start = path.join(root, "scripts", "start.mjs");
  process.argv = [process.argv[0] ?? "node", start];
  await import(pathToFileURL(start).href);
}

function backup({ target, data }: BackupCommand): number {
  const config = readServerConfig(
    { ...process.env, ...(data !== undefined && { EYEPIECE_DATA: path.resolve(data) }) },
    { root, cwd: process.cwd() },
  );
  const done = config.ok ? backUp(config.value.dataDir, path.resolve(target)) : config;
  if (!done.ok) {
    console.error(failureWords(done.failure));
    return 1;
  }
  const { captures, bytes } = done.value;
  console.log(
    `Copied ${captures} ${captures === 1 ? "capture" : "captures"} and the catalogue, ${formatBytes(bytes)}, into ${target}.`,
  );
  return 0;
}

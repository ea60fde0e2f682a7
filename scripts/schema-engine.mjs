#!/usr/bin/env node
// Stand-in for Prisma's native schema engine, which would have to be downloaded: speaks the CLI's
// JSON-RPC on stdin and stdout, and answers with the WebAssembly build of the same engine from the
// package @prisma/schema-engine-wasm, on a driver adapter. SQLite only. It makes up for four faults
// of that build (7.10.0), each named where it is handled.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const args = process.argv.slice(2);
const all = (flag) => args.flatMap((arg, index) => (arg === flag ? [args[index + 1]] : []));
if (args.includes("--version")) {
  console.log("schema-engine-cli (WebAssembly)");
  process.exit(0);
}
if (args.includes("cli")) process.exit(0); // can-connect-to-database, create-database

const url = JSON.parse(all("--datasource")[0] ?? "{}").url ?? "";
const sqliteFile = url.startsWith("file:") ? url.slice("file:".length) : undefined;
if (sqliteFile) mkdirSync(path.dirname(path.resolve(sqliteFile)), { recursive: true });
const { bindMigrationAwareSqlAdapterFactory } = await import("@prisma/driver-adapter-utils");
const { PrismaLibSql } = await import("@prisma/adapter-libsql");

const indexByName = /^(SELECT sql FROM sqlite_master WHERE type = 'index' AND name = )"([^"']*)"/;

/**
 * The engine sends whole scripts through executeRaw, which would run their first statement only; and
 * it asks for a partial index by a name in double quotes, which this SQLite reads as a column only.
 */
function tune(adapter) {
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = (query) => queryRaw({ ...query, sql: query.sql.replace(indexByName, "$1'$2'") });
  const executeRaw = adapter.executeRaw.bind(adapter);
  adapter.executeRaw = async (query) => {
    if (query.args.length > 0) return executeRaw(query);
    await adapter.executeScript(query.sql);
    return 0;
  };
  return adapter;
}

function newAdapter() {
  const inner = new PrismaLibSql({ url: url || ":memory:" });
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connect: async () => tune(await inner.connect()),
    connectToShadowDb: async () => tune(await inner.connectToShadowDb()),
  };
}

// The table in which Prisma records applied migrations, in its own words.
const history = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

const require = createRequire(import.meta.url);
const folder = path.dirname(require.resolve("@prisma/schema-engine-wasm"));
const glue = await import(pathToFileURL(path.join(folder, "schema_engine_bg.js")).href);
const { instance } = await WebAssembly.instantiate(readFileSync(path.join(folder, "schema_engine_bg.wasm")), {
  "./schema_engine_bg.js": glue,
});
glue.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const datamodels = all("--datamodels").map((file) => [file, readFileSync(file, "utf8")]);
let engine;
async function openEngine() {
  engine ??= await glue.SchemaEngine.new(
    { datamodels: datamodels.length > 0 ? datamodels : undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory(newAdapter()),
  );
  return engine;
}

async function call(method, params) {
  if (sqliteFile) {
    // A missing history table is reported as an error instead of as "no migrations yet".
    if (["devDiagnostic", "diagnoseMigrationHistory", "markMigrationApplied"].includes(method)) {
      const adapter = await newAdapter().connect();
      await adapter.executeScript(history);
      await adapter.dispose();
    }
    // Reset deletes rows only; the native engine drops the file.
    if (method === "reset") {
      for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(sqliteFile + suffix, { force: true });
      engine = undefined;
      return null;
    }
  }
  const opened = await openEngine();
  const result = await opened[method === "getDatabaseVersion" ? "version" : method](params);
  if (method === "diff" && typeof result?.stdout === "string") {
    send({ id: 0, method: "print", params: { content: result.stdout.replace(/\n$/, "") } });
    return { ...result, stdout: null };
  }
  return result ?? null;
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}

async function answer({ id, method, params }) {
  try {
    send({ id, result: await call(method, params) });
  } catch (error) {
    const message = error?.message ?? String(error);
    send({ id, error: { code: 4466, message, data: { is_panic: false, message, error_code: error?.code } } });
  }
}

let queue = Promise.resolve();
readline
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const request = JSON.parse(line);
    // A line without a method acknowledges our own "print".
    if (request.method) queue = queue.then(() => answer(request));
  })
  .on("close", () => queue.then(() => process.exit(0)));

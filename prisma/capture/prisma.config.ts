// For Prisma's command line only: the program itself opens its databases in lib/capture.
import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

// Prisma would download a native engine; scripts/schema-engine.mjs answers in its place. Windows
// cannot start a script in this way and keeps the native one.
if (process.platform !== "win32") {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= fileURLToPath(
    new URL("../../scripts/schema-engine.mjs", import.meta.url),
  );
}

export default defineConfig({
  schema: "schema.prisma",
  migrations: { path: "migrations" },
  // A scratch database for `prisma migrate dev`; migrations are applied by the program itself.
  datasource: {
    url:
      process.env.DATABASE_URL ??
      `file:${fileURLToPath(new URL("../../build/scratch/capture.db", import.meta.url))}`,
  },
});

import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { defineConfig } from "@playwright/test";
import { chromiumArgs, findChromium } from "./e2e/browser";

// Playwright reads this file once more in every worker; the environment carries what was chosen first.
process.env.CHROMIUM_PATH ??= await findChromium();
process.env.E2E_PORT ??= String(20_000 + (process.pid % 20_000));
process.env.E2E_DATA ??= path.join(tmpdir(), `eyepiece-e2e-${randomUUID()}`);

const { CHROMIUM_PATH, E2E_PORT, E2E_DATA } = process.env;
const baseURL = `http://127.0.0.1:${E2E_PORT}`;

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  globalTeardown: "./e2e/teardown.ts",
  fullyParallel: false,
  // On a busy machine a page can move under the pointer. One such moment shall not refuse a whole change; it is
  // named at the end of the run, and a story that is named twice has something to mend.
  retries: process.env.CI === undefined ? 0 : 1,
  // While one story's page waits for the server, the other's is drawn. A story may have to wait for the other one.
  workers: 2,
  expect: { timeout: 20_000 },
  forbidOnly: process.env.CI !== undefined,
  // A story checks up to four states of a page in two themes, beside another story, on whatever machine.
  timeout: 150_000,
  globalTimeout: 15 * 60_000,
  use: {
    baseURL,
    locale: "en-GB",
    timezoneId: "UTC",
    // Recording each action costs time, and in CI nobody can open what was recorded.
    trace: process.env.CI === undefined ? "retain-on-failure" : "off",
    launchOptions: { executablePath: CHROMIUM_PATH, args: chromiumArgs },
  },
  webServer: {
    command: "node build/server.mjs",
    url: baseURL,
    stdout: "ignore",
    stderr: "pipe",
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
    env: {
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      PORT: E2E_PORT,
      EYEPIECE_DATA: E2E_DATA,
      EYEPIECE_TOKEN: "",
    },
  },
});

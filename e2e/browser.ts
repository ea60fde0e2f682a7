/** Finds a Chromium without downloading one at test time. */
import { existsSync } from "node:fs";
import path from "node:path";
import { chromium } from "@playwright/test";

/**
 * In this order: CHROMIUM_PATH, a browser installed on the system, Playwright's own if it has been
 * downloaded, and on Linux x86-64 the headless shell that comes inside @sparticuz/chromium
 * (E2E_IGNORE_SYSTEM=1 passes over the second). Throws with a sentence that says what to do.
 */
export async function findChromium(): Promise<string> {
  const given = process.env.CHROMIUM_PATH;
  if (given) return given;
  const system = process.env.E2E_IGNORE_SYSTEM
    ? undefined
    : onPath(["chromium", "chromium-browser", "google-chrome"]);
  if (system) return system;
  const own = chromium.executablePath();
  if (existsSync(own)) return own;
  if (process.platform === "linux" && process.arch === "x64") {
    // Tells the package to unpack its system libraries as well; a bare machine has none.
    process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs20.x";
    const packaged = await import("@sparticuz/chromium");
    return packaged.default.executablePath();
  }
  throw new Error(
    "No Chromium was found. Install one (Debian: apt install chromium; elsewhere: npx playwright install chromium), or name it in CHROMIUM_PATH.",
  );
}

/** The packaged shell has no sandbox helper, and a sandbox refuses to start for root. */
export const chromiumArgs = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders
    .flatMap((folder) => names.map((name) => path.join(folder, name)))
    .find((file) => existsSync(file));
}

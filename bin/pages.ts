/** Next, as a handler of requests in this process. */
import { readFileSync } from "node:fs";
import { type IncomingMessage, Server } from "node:http";
import path from "node:path";
import type { Duplex } from "node:stream";
import next from "next";
import { z } from "zod";
import { fail, ok, type Result } from "@/lib/base/result";
import type { RequestHandler } from "./http-server";

export interface Pages {
  readonly handle: RequestHandler;
  /** Only in development, where the pages reload over a web socket. */
  readonly upgrade: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined;
  close(): Promise<void>;
}

interface PagesOptions {
  readonly root: string;
  readonly isDev: boolean;
  readonly hostname: string;
  readonly port: number;
}

export async function openPages({ root, isDev, hostname, port }: PagesOptions): Promise<Pages> {
  // Next adds a listener for upgrades to the server it is given. This one listens to nothing: upgrades
  // reach it only through the guard.
  const upgrades = new Server();
  const app = next({ dev: isDev, dir: root, hostname, port, httpServer: upgrades, quiet: true });
  await app.prepare();
  return {
    handle: app.getRequestHandler(),
    upgrade: isDev ? (request, socket, head) => upgrades.emit("upgrade", request, socket, head) : undefined,
    close: () => app.close(),
  };
}

const manifestSchema = z.object({ basePath: z.string() });

/** The base path is fixed when the pages are built. Codes: `build_missing`, `build_differs`. */
export function checkBuild(root: string, basePath: string): Result<undefined> {
  const hint = "Start with npm start, which builds what is missing or stale.";
  let built: string;
  try {
    const text = readFileSync(path.join(root, ".next", "routes-manifest.json"), "utf8");
    built = manifestSchema.parse(JSON.parse(text)).basePath;
  } catch {
    return fail("build_missing", "The pages have not been built.", hint);
  }
  if (built === basePath) return ok(undefined);
  return fail(
    "build_differs",
    `The pages were built for EYEPIECE_BASE_PATH="${built}", not "${basePath}".`,
    hint,
  );
}

/** Reads the server's environment variables; docs/operations.md describes them for readers. */
import path from "node:path";
import { z } from "zod";
import { fail, ok, type Result } from "@/lib/base/result";
import { type HostName, isLoopback, parseHost } from "@/lib/http/host";

export interface ServerConfig {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly token: string | undefined;
  readonly allowedHosts: readonly HostName[];
  readonly trustProxy: boolean;
  /** "" or "/name". */
  readonly basePath: string;
  /** Captures to which nothing was added for so many days are deleted; undefined: never. */
  readonly keepDays: number | undefined;
}

/** A variable that is set to nothing counts as not set: service files and compose files do that. */
const text = z.preprocess(
  (value) => (typeof value === "string" && value.trim() !== "" ? value.trim() : undefined),
  z.string().optional(),
);

const port = text.pipe(
  z
    .string()
    .regex(/^\d{1,5}$/, "PORT must be a number from 0 to 65535.")
    .transform(Number)
    .refine((value) => value <= 65535, "PORT must be a number from 0 to 65535.")
    .default(3000),
);

const allowedHosts = text.transform((value, context) => {
  const names = (value ?? "").split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
  return names.flatMap((name) => {
    const host = parseHost(name);
    if (host) return [host];
    context.addIssue(
      `EYEPIECE_ALLOWED_HOSTS: "${name}" is not a host name; write names separated by commas, such as flows.example.com,10.0.0.5:3000.`,
    );
    return [];
  });
});

const trustProxy = text.transform((value, context) => {
  if (value === undefined || /^(0|false|no)$/i.test(value)) return false;
  if (/^(1|true|yes)$/i.test(value)) return true;
  context.addIssue("EYEPIECE_TRUST_PROXY must be 1 or 0.");
  return false;
});

const basePath = text.pipe(
  z
    .string()
    .regex(/^(\/|(\/[A-Za-z0-9._~-]+)+\/?)$/, "EYEPIECE_BASE_PATH must be a path such as /eyepiece.")
    .transform((value) => value.replace(/\/$/, ""))
    .default(""),
);

const keepDays = text.pipe(
  z
    .string()
    .regex(/^[1-9]\d{0,4}$/, "EYEPIECE_KEEP_DAYS must be a whole number of days, 1 or more.")
    .transform(Number)
    .optional(),
);

const environment = z.object({
  PORT: port,
  HOST: text.transform((value) => value?.replace(/^\[(.*)\]$/, "$1") ?? "127.0.0.1"),
  EYEPIECE_DATA: text,
  EYEPIECE_TOKEN: text,
  EYEPIECE_ALLOWED_HOSTS: allowedHosts,
  EYEPIECE_TRUST_PROXY: trustProxy,
  EYEPIECE_BASE_PATH: basePath,
  EYEPIECE_KEEP_DAYS: keepDays,
});

/**
 * `root` is the program's own folder, where the data lives unless EYEPIECE_DATA says otherwise (a
 * relative one is meant from `cwd`, as in any shell command).
 *
 * Codes: `environment_invalid`, `token_needed`.
 */
export function readServerConfig(
  env: Readonly<Record<string, string | undefined>>,
  { root, cwd }: { readonly root: string; readonly cwd: string },
): Result<ServerConfig> {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    return fail("environment_invalid", parsed.error.issues.map((issue) => issue.message).join("\n"));
  }
  const { PORT, HOST, EYEPIECE_DATA, EYEPIECE_TOKEN } = parsed.data;
  if (!isLoopback(HOST) && EYEPIECE_TOKEN === undefined) {
    return fail(
      "token_needed",
      `HOST=${HOST} would let other machines read everything here, and no token is set.`,
      "Set EYEPIECE_TOKEN to a long random text (for example: openssl rand -hex 32) and start again, or leave HOST out to listen on this machine only.",
    );
  }
  return ok({
    port: PORT,
    host: HOST,
    dataDir: EYEPIECE_DATA === undefined ? path.join(root, "data") : path.resolve(cwd, EYEPIECE_DATA),
    token: EYEPIECE_TOKEN,
    allowedHosts: parsed.data.EYEPIECE_ALLOWED_HOSTS,
    trustProxy: parsed.data.EYEPIECE_TRUST_PROXY,
    basePath: parsed.data.EYEPIECE_BASE_PATH,
    keepDays: parsed.data.EYEPIECE_KEEP_DAYS,
  });
}

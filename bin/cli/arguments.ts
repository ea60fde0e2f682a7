/** What was typed, as a command. */
import { parseArgs } from "node:util";
import { fail, ok, type Result } from "@/lib/base/result";

export interface ServeCommand {
  readonly kind: "serve";
  readonly port: string | undefined;
  readonly host: string | undefined;
  readonly data: string | undefined;
}

export interface IngestCommand {
  readonly kind: "ingest";
  /** Files, folders, or "-" for standard input; at least one. */
  readonly paths: readonly string[];
  /** Name of a new capture. */
  readonly name: string | undefined;
  /** Add to this capture instead of making one. */
  readonly captureId: string | undefined;
  readonly url: string | undefined;
  readonly json: boolean;
}

export interface BackupCommand {
  readonly kind: "backup";
  /** Folder that is made. */
  readonly target: string;
  readonly data: string | undefined;
}

export type Command = ServeCommand | IngestCommand | BackupCommand;

/** `argv` without the program's own name; help and version were answered before (help.mjs). Code: `usage`. */
export function parseArguments(argv: readonly string[]): Result<Command> {
  const [word, ...rest] = argv;
  if (word === undefined) return usage("Which command? There are serve, ingest and backup.");
  if (word === "serve") return explained(() => parseServe(rest));
  if (word === "ingest") return explained(() => parseIngest(rest));
  if (word === "backup") return explained(() => parseBackup(rest));
  return usage(`There is no command "${word}"; there are serve, ingest and backup.`);
}

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

function parseServe(args: string[]): Result<Command> {
  const options = { port: text, host: text, data: text };
  const { values } = parseArgs({ args, options, strict: true });
  const { port, host, data } = values;
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535))
    return usage(`--port ${port}: a port is a number from 0 to 65535.`);
  if (host === "") return usage("--host needs an address.");
  if (data === "") return usage("--data needs a folder.");
  return ok({ kind: "serve", port, host, data });
}

function parseIngest(args: string[]): Result<Command> {
  const options = { name: text, capture: text, url: text, json: flag };
  const { values, positionals: paths } = parseArgs({ args, options, strict: true, allowPositionals: true });
  const { capture: captureId, url, json = false } = values;
  const name = values.name?.trim();
  if (paths.length === 0) return usage("Nothing to ingest: name files or folders, or - for standard input.");
  if (paths.includes("")) return usage("A path is empty.");
  if (paths.filter((path) => path === "-").length > 1)
    return usage("Standard input can be read once: give - once.");
  if (name !== undefined && captureId !== undefined)
    return usage("Give --name for a new capture or --capture for an existing one, not both.");
  if (name === "" || (name !== undefined && name.length > 200))
    return usage("--name needs 1 to 200 characters.");
  if (captureId === "") return usage("--capture needs the id of a capture.");
  if (url !== undefined && !isHttpAddress(url))
    return usage(`--url ${url}: an address looks like http://127.0.0.1:3000/.`);
  return ok({ kind: "ingest", paths, name, captureId, url, json });
}

function parseBackup(args: string[]): Result<Command> {
  const { values, positionals } = parseArgs({
    args,
    options: { data: text },
    strict: true,
    allowPositionals: true,
  });
  const [target, ...more] = positionals;
  if (target === undefined || target === "" || more.length > 0) return usage("Name one folder for the copy.");
  if (values.data === "") return usage("--data needs a folder.");
  return ok({ kind: "backup", target, data: values.data });
}

/** http or https, without a query: paths of the interface are put behind it. */
export function isHttpAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, search, hash } = new URL(address);
  return (protocol === "http:" || protocol === "https:") && search === "" && hash === "";
}

function usage(message: string) {
  return fail("usage", message, "eyepiece --help says more.");
}

/** Node's own parser throws when it meets an option it does not know, or one without its value. */
function explained(parse: () => Result<Command>): Result<Command> {
  try {
    return parse();
  } catch (error) {
    const isNodes =
      error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_");
    if (!isNodes) throw error;
    return usage(error.message.split(". To specify", 1)[0]?.replace(/\.?$/, ".") ?? "");
  }
}

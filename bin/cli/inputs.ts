/** From the paths of the command line to the files that are sent. */
import type { Stats } from "node:fs";
import { access, constants, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { fail, ok, type Result } from "@/lib/base/result";

export interface Input {
  /** As the server shows it: the file's name, within a folder with the way from that folder on. */
  readonly name: string;
  readonly source: "stdin" | { readonly path: string };
  /** Length of an ordinary file; undefined for pipes and the like, which end when they end. */
  readonly bytes: number | undefined;
}

const LIMITS = { files: 10_000, depth: 16, nameChars: 255 } as const;

/**
 * Files in the order of the paths, those of a folder sorted by name. Hidden files and folders and whatever is
 * no ordinary file are left out of a folder; links in it are followed to files, not to folders.
 *
 * Everything is looked at before anything is sent. Codes: `path_unreadable`, `folder_empty`,
 * `folder_too_large`.
 */
export async function expandPaths(paths: readonly string[], cwd: string): Promise<Result<Input[]>> {
  const inputs: Input[] = [];
  for (const given of paths) {
    if (given === "-") {
      inputs.push({ name: "stdin", source: "stdin", bytes: undefined });
      continue;
    }
    const found = await expandPath(given, path.resolve(cwd, given));
    if (!found.ok) return found;
    inputs.push(...found.value);
  }
  return ok(inputs);
}

async function expandPath(given: string, full: string): Promise<Result<Input[]>> {
  const looked = await attempt(given, () => stat(full));
  if (!looked.ok) return looked;
  if (!looked.value.isDirectory()) {
    const readable = await attempt(given, () => access(full, constants.R_OK));
    return readable.ok ? ok([toInput(full, path.basename(full), looked.value)]) : readable;
  }
  const walk = new Walk(given);
  const failure = await walk.folder(full, path.basename(full), 1);
  if (failure !== undefined) return failure;
  if (walk.inputs.length === 0) return fail("folder_empty", `There are no files in the folder ${given}.`);
  return ok(walk.inputs);
}

class Walk {
  readonly inputs: Input[] = [];

  constructor(private readonly given: string) {}

  /** Adds the files of a folder; answers why it could not. */
  async folder(full: string, shown: string, depth: number): Promise<Result<never> | undefined> {
    if (depth > LIMITS.depth) return this.tooLarge(`is more than ${LIMITS.depth} folders deep`);
    const entries = await attempt(full, () => readdir(full, { withFileTypes: true }));
    if (!entries.ok) return entries;
    const visible = entries.value.filter(({ name }) => !name.startsWith("."));
    for (const entry of visible.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = path.join(full, entry.name);
      const failure = entry.isDirectory()
        ? await this.folder(child, `${shown}/${entry.name}`, depth + 1)
        : await this.file(child, `${shown}/${entry.name}`);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  private async file(full: string, shown: string): Promise<Result<never> | undefined> {
    const looked = await attempt(full, async () => {
      const found = await stat(full);
      if (found.isFile()) await access(full, constants.R_OK);
      return found;
    });
    if (!looked.ok) return looked;
    if (!looked.value.isFile()) return undefined;
    if (this.inputs.length === LIMITS.files) return this.tooLarge(`holds more than ${LIMITS.files} files`);
    this.inputs.push(toInput(full, shown, looked.value));
    return undefined;
  }

  private tooLarge(how: string) {
    return fail(
      "folder_too_large",
      `The folder ${this.given} ${how}.`,
      "Name the files or folders you mean.",
    );
  }
}

function toInput(full: string, shown: string, stats: Stats): Input {
  // The end of a long name tells more than its beginning.
  const name = Array.from(shown.toWellFormed()).slice(-LIMITS.nameChars).join("");
  // Some files say 0 and have content all the same (/proc).
  return { name, source: { path: full }, bytes: stats.isFile() && stats.size > 0 ? stats.size : undefined };
}

async function attempt<T>(shown: string, work: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (error) {
    return fail("path_unreadable", `${shown} cannot be read: ${reason(error)}.`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "you have no permission",
  EPERM: "you have no permission",
  ELOOP: "its links lead in a circle",
  ENOTDIR: "a part of the path is no folder",
};

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return REASONS["code" in error ? String(error.code) : ""] ?? error.message;
}

/** Name of the capture when none was given: that of the first path, or the moment for standard input. */
export function defaultCaptureName(paths: readonly string[], cwd: string, now: Date): string {
  const [first = "-"] = paths;
  const minute = now.toISOString().slice(0, 16).replace("T", " ");
  const name = first === "-" ? `stdin ${minute}` : path.basename(path.resolve(cwd, first)) || first;
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : "";
  return name.slice(0, 200 - more.length).toWellFormed() + more;
}

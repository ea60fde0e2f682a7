/**
 * One server per data folder.
 *
 * The lock itself is a lock of the operating system on `server.hold`, taken through SQLite (Node has
 * no call for it) and kept as long as the process lives. The system drops it when the process ends in
 * any way, so there is no stale lock to judge. Rejected: a file with a process id alone, because ids
 * are used again and mean nothing between containers that share a volume; a heartbeat, because a
 * machine that slept looks dead; a listening socket, because its path may have 107 bytes only.
 *
 * `server.lock` beside it is for readers (people, the command line): process id, address and start
 * time as JSON. It may outlive a server that was killed; only the lock says whether one runs.
 *
 * Nothing else in this process may open `server.hold`: closing a second handle would drop the lock.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "libsql";
import { z } from "zod";
import { fail, ok, type Result } from "@/lib/base/result";

const ownerSchema = z.object({
  pid: z.number().int(),
  /** Undefined while the server is still starting. */
  address: z.string().optional(),
  /** RFC 3339. */
  started: z.string(),
});

export type LockOwner = z.infer<typeof ownerSchema>;

export interface DataLock {
  /** Tells readers where the server answers. */
  announce(address: string): void;
  release(): void;
}

/**
 * Creates the folder when it is missing, readable by its owner only, and takes the lock.
 *
 * Codes: `data_folder_in_use` (another server lives), `data_folder_unusable`.
 */
export function lockDataFolder(dataDir: string, started: Date): Result<DataLock> {
  const file = path.join(dataDir, "server.lock");
  let hold: Database.Database | undefined;
  try {
    if (mkdirSync(dataDir, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(dataDir, 0o700);
    hold = takeHold(path.join(dataDir, "server.hold"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(
      "data_folder_unusable",
      `The data folder ${dataDir} cannot be used: ${reason}`,
      "Choose another with EYEPIECE_DATA.",
    );
  }
  if (hold === undefined) {
    const owner = readLockOwner(dataDir);
    const where = owner?.address === undefined ? "" : ` at ${owner.address}`;
    const who = owner === undefined ? "" : ` (process ${owner.pid})`;
    return fail(
      "data_folder_in_use",
      `Another Eyepiece is already using ${dataDir}${where}${who}.`,
      "Open that one, stop it first, or choose another data folder with EYEPIECE_DATA.",
    );
  }
  const held = hold;
  writeOwner(file, { pid: process.pid, started: started.toISOString() });
  return ok({
    announce: (address) => writeOwner(file, { pid: process.pid, address, started: started.toISOString() }),
    release: () => {
      // First the note, then the lock: a successor's note must not be removed.
      rmSync(file, { force: true });
      held.close();
    },
  });
}

/** The server that last wrote its note here; whether it still runs, only the lock knows. */
export function readLockOwner(dataDir: string): LockOwner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(path.join(dataDir, "server.lock"), "utf8")));
  } catch {
    return undefined;
  }
}

/** Undefined when another process holds it. */
function takeHold(file: string): Database.Database | undefined {
  const database = new Database(file);
  try {
    // No journal file: nothing is ever written.
    database.exec("PRAGMA journal_mode = MEMORY");
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && "code" in error && error.code === "SQLITE_BUSY") return undefined;
    throw error;
  }
}

function writeOwner(file: string, owner: LockOwner): void {
  writeFileSync(`${file}.half`, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  renameSync(`${file}.half`, file);
}

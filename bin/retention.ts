/** Deletes captures that were kept as long as the operator wants, and are shown by no investigation. */

import type { Log } from "@/lib/base/log";
import type { Captures } from "./captures";

const DAY_MS = 86_400_000;
const LOOK_EVERY_MS = 3_600_000;

/** At once, then every hour. Returns the way to end it. */
export function startRetention(captures: Captures, keepDays: number, log: Log): () => void {
  const look = () =>
    deleteOld(captures, keepDays, Date.now()).then(
      (deleted) => {
        for (const id of deleted)
          log.info("capture deleted, kept long enough", { capture: id, days: keepDays });
      },
      (error: unknown) => log.error("old captures could not be deleted", { reason: String(error) }),
    );
  void look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** The ids of the captures that were deleted. */
export async function deleteOld(captures: Captures, keepDays: number, nowMs: number): Promise<string[]> {
  const before = nowMs - keepDays * DAY_MS;
  const deleted: string[] = [];
  for (const { id, createdAt, state } of await captures.list()) {
    // One that cannot be opened is for a person to look at.
    if (state !== "ready" || Date.parse(createdAt) >= before) continue;
    const added = captures.lastAddedMs(id);
    if (added === undefined || added >= before) continue;
    // Refused for those that an investigation shows.
    if ((await captures.delete(id)).ok) deleted.push(id);
  }
  return deleted;
}

/**
 * Asks for a capture and the list of captures again, after something happened to them.
 *
 * A plain invalidation is not enough: it joins a first request that is still on its way, whose answer may be
 * older than what happened, and then nothing asks again. So such a request is given up first. Of a folder of
 * two thousand files each one's end calls for it: calls that come while an answer is awaited, or shortly
 * after it, become one.
 */

import type { QueryClient } from "@tanstack/react-query";
import { captureKey, capturesKey } from "./queries";

const AT_MOST_EVERY_MS = 500;
/** A long answer, about thousands of files, is asked for less often: this part of the time goes into waiting for it. */
const PART_OF_TIME = 1 / 5;

interface Asking {
  /** Called once more since the question was asked. */
  isCalledAgain: boolean;
}

/** By capture id. One page has one client. */
const underway = new Map<string, Asking>();

export function refreshCapture(client: QueryClient, captureId: string): void {
  const running = underway.get(captureId);
  if (running !== undefined) {
    running.isCalledAgain = true;
    return;
  }
  const asking: Asking = { isCalledAgain: false };
  underway.set(captureId, asking);
  const askedAt = performance.now();
  void askAnew(client, captureId)
    .then(() => {
      const pause = Math.max(AT_MOST_EVERY_MS, (performance.now() - askedAt) / PART_OF_TIME);
      return new Promise((resolve) => setTimeout(resolve, pause));
    })
    .finally(() => {
      underway.delete(captureId);
      if (asking.isCalledAgain) refreshCapture(client, captureId);
    });
}

/** Resolves when the answers are there, or when nothing on the page waits for them. */
async function askAnew(client: QueryClient, captureId: string): Promise<void> {
  const keys = [capturesKey, captureKey(captureId)];
  await Promise.all(keys.map((queryKey) => client.cancelQueries({ queryKey })));
  await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
}

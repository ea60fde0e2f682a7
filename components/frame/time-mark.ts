"use client";

import { useEffect, useSyncExternalStore } from "react";

/** An instant that a view points at in the histogram, with a few words. */
export interface TimeMark {
  readonly at: bigint;
  readonly says: string;
}

let shown: TimeMark | undefined;
const listeners = new Set<() => void>();

function show(mark: TimeMark | undefined): void {
  shown = mark;
  for (const listener of listeners) listener();
}

/** Shows the mark as long as the part that calls this is on screen. */
export function useTimeMark(at: bigint, says: string): void {
  useEffect(() => {
    show({ at, says });
    return () => show(undefined);
  }, [at, says]);
}

/** For the histogram: what the view beside it points at. */
export function useShownMark(): TimeMark | undefined {
  return useSyncExternalStore(
    listen,
    () => shown,
    () => undefined,
  );
}

function listen(changed: () => void): () => void {
  listeners.add(changed);
  return () => void listeners.delete(changed);
}

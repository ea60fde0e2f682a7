/**
 * SIGINT and SIGTERM.
 *
 * The first one asks for an orderly end, a second one ends the process at once. One Ctrl-C can arrive
 * twice, from the terminal and from npm, which passes on what it gets; so signals within a second of
 * the first count as the same.
 */
const sameSignalMs = 1000;

export interface StopSignals {
  /** What the first signal calls; each call replaces the one before. */
  onStop(stop: () => void): void;
}

export function watchStopSignals(): StopSignals {
  let firstMs: number | undefined;
  let stop: (() => void) | undefined;
  const receive = () => {
    const nowMs = performance.now();
    if (firstMs !== undefined && nowMs - firstMs > sameSignalMs) process.exit(1);
    if (firstMs !== undefined) return;
    firstMs = nowMs;
    stop?.();
  };
  process.on("SIGINT", receive);
  process.on("SIGTERM", receive);
  return {
    onStop(handler) {
      stop = handler;
    },
  };
}

/**
 * SIGINT and SIGTERM.
 *
 * The first one asks for an orderly end, a second one ends the process at once. One Ctrl-C can arrive
 * twice, from the terminal and from npm, which passes on what it gets; so signals within a second of
 * the first count as the same.
 *
 * npm starts us through a shell. A SIGTERM for npm ends that shell and never reaches us, so the end of
 * the parent counts as a signal when npm started us.
 */
const sameSignalMs = 1000;
const parentCheckMs = 500;

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
  if (process.env.npm_lifecycle_event !== undefined) {
    const parent = process.ppid;
    const check = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(check);
      receive();
    }, parentCheckMs);
    check.unref();
  }
  return {
    onStop(handler) {
      stop = handler;
    },
  };
}

/** How far a file is, on standard error: one line written over on a terminal, else a line now and then. */
import type { Progress } from "@/lib/questions/answers";
import { bytes, count, harmless } from "./words";

export interface SentSoFar {
  readonly file: string;
  readonly bytes: number | undefined;
  readonly sentBytes: number;
}

/** `events.log: 12 MiB of 52 MiB sent, 120,000 records read (60,000/s), 3 refused, 12 s left` */
export function progressWords(
  { file, bytes: total, sentBytes }: SentSoFar,
  known: Progress | undefined,
): string {
  const parts = [`${bytes(sentBytes)}${total === undefined ? "" : ` of ${bytes(total)}`} sent`];
  if (known !== undefined && known.read > 0) {
    parts.push(`${count(known.read)} records read (${count(known.recordsPerSecond)}/s)`);
    if (known.refused > 0) parts.push(`${count(known.refused)} refused`);
    if (known.secondsLeft !== null && known.secondsLeft >= 1)
      parts.push(`${count(known.secondsLeft)} s left`);
  }
  if (known?.state === "waiting") parts.push("waiting for its turn");
  if (known?.state === "settling") parts.push("settling");
  return `${harmless(file)}: ${parts.join(", ")}`;
}

/** What a stream of a terminal or of a file has in common. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const TERMINAL_EVERY_MS = 100;
const PLAIN_EVERY_MS = 5000;

export class ProgressLine {
  private lastMs: number;
  private isShown = false;

  constructor(
    private readonly output: Output,
    private readonly nowMs: () => number,
  ) {
    // A file that is read at once needs no line in a log.
    this.lastMs = nowMs();
  }

  show(text: string): void {
    const now = this.nowMs();
    if (now - this.lastMs < (this.output.isTTY ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS)) return;
    this.lastMs = now;
    if (!this.output.isTTY) {
      this.output.write(`${text}\n`);
      return;
    }
    const width = Math.max(20, (this.output.columns || 80) - 1);
    this.output.write(`\r${text.slice(0, width)}\u001b[K`);
    this.isShown = true;
  }

  /** Takes the line off a terminal, so that what follows stands alone. */
  clear(): void {
    if (this.isShown) this.output.write("\r\u001b[K");
    this.isShown = false;
  }
}

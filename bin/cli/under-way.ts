/**
 * Files that were sent and that the server still reads, while the next ones are sent. What waits together it settles
 * together: a hundred files one by one would have it look at their common neighbourhood a hundred times.
 */

/** They wait on the server's disk, so they are bounded. */
const MOST_FILES = 200;
const MOST_BYTES = 2 * 1024 ** 3;

export class UnderWay {
  private readonly files: { readonly bytes: number; readonly end: Promise<void> }[] = [];

  /** Resolves when one more file may be sent. */
  async room(): Promise<void> {
    while (this.isFull()) await this.files[0]?.end;
  }

  /** `end` is called when those before it have ended, and resolves when this one has. */
  add(bytes: number, end: () => Promise<void>): void {
    const before = this.files.at(-1)?.end ?? Promise.resolve();
    const file = { bytes, end: before.then(end).finally(() => this.files.shift()) };
    // Whoever waits for the last one hears of a failure.
    file.end.catch(() => undefined);
    this.files.push(file);
  }

  /** Resolves when all have ended. */
  async ended(): Promise<void> {
    await this.files.at(-1)?.end;
  }

  private isFull(): boolean {
    const bytes = this.files.reduce((sum, file) => sum + file.bytes, 0);
    return this.files.length >= MOST_FILES || (this.files.length > 0 && bytes >= MOST_BYTES);
  }
}

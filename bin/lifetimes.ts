/** How long each capture is kept, when the operator has set it. */

const DAY_MS = 86_400_000;

export class Lifetimes {
  private readonly lastAdded = new Map<string, number>();
  /** By an investigation. */
  private readonly held = new Set<string>();

  /** Undefined: for ever. */
  constructor(private readonly keepDays: number | undefined) {}

  added(captureId: string, atMs: number): void {
    this.lastAdded.set(captureId, atMs);
  }

  shown(captureId: string, isShown: boolean): void {
    if (isShown) this.held.add(captureId);
    else this.held.delete(captureId);
  }

  forget(captureId: string): void {
    this.lastAdded.delete(captureId);
    this.held.delete(captureId);
  }

  lastAddedMs(captureId: string): number | undefined {
    return this.lastAdded.get(captureId);
  }

  /** From when on it may be deleted by itself, RFC 3339; null: it is not. */
  end(captureId: string): string | null {
    const added = this.lastAdded.get(captureId);
    if (this.keepDays === undefined || added === undefined || this.held.has(captureId)) return null;
    return new Date(added + this.keepDays * DAY_MS).toISOString();
  }
}

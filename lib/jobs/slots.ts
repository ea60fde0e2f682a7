interface Waiting {
  readonly key: string;
  grant(): void;
}

/** A bounded number of places; one per capture at a time, in the order of asking. */
export class Slots {
  private readonly busy = new Set<string>();
  private readonly waiting: Waiting[] = [];

  constructor(private readonly places: number) {}

  /** Resolves with the way to give the place back; with undefined when the signal aborts before there is one. */
  take(key: string, signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        resolve(undefined);
      };
      const waiting: Waiting = {
        key,
        grant: () => {
          signal.removeEventListener("abort", giveUp);
          this.busy.add(key);
          let isHeld = true;
          resolve(() => {
            // Given back twice it would be taken from whoever has it by then.
            if (!isHeld) return;
            isHeld = false;
            this.busy.delete(key);
            this.next();
          });
        },
      };
      signal.addEventListener("abort", giveUp);
      this.waiting.push(waiting);
      this.next();
    });
  }

  private next(): void {
    while (this.busy.size < this.places) {
      const index = this.waiting.findIndex(({ key }) => !this.busy.has(key));
      const [first] = index < 0 ? [] : this.waiting.splice(index, 1);
      if (first === undefined) return;
      first.grant();
    }
  }
}

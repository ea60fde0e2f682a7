/** A bounded number of places; one per capture at a time, in the order of asking. */
export class Slots {
  private readonly busy = new Set<string>();
  private readonly waiting: { readonly key: string; grant(): void }[] = [];

  constructor(private readonly places: number) {}

  /** Resolves with the way to give the place back. */
  take(key: string): Promise<() => void> {
    return new Promise((resolve) => {
      this.waiting.push({
        key,
        grant: () => {
          this.busy.add(key);
          resolve(() => {
            this.busy.delete(key);
            this.next();
          });
        },
      });
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

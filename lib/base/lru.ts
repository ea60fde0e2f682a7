/** How much a map may hold beside the number of its entries. */
export interface Weights<Value> {
  readonly of: (value: Value) => number;
  readonly most: number;
}

/**
 * A map that forgets what was not used for longest. For more than some thousand entries see recent.ts. With `weights` it
 * forgets until what is left is light enough, but never the newest entry.
 */
export class Lru<Key, Value> {
  private readonly entries = new Map<Key, Value>();
  private readonly weightOf = new Map<Key, number>();
  private weight = 0;

  constructor(
    private readonly limit: number,
    private readonly onForget: (value: Value) => void = () => undefined,
    private readonly weights?: Weights<Value>,
  ) {}

  get(key: Key): Value | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    this.entries.set(key, value);
    if (this.weights !== undefined) {
      const weight = this.weights.of(value);
      this.weightOf.set(key, weight);
      this.weight += weight;
    }
    while (this.isTooMuch()) this.delete(this.entries.keys().next().value as Key);
  }

  private isTooMuch(): boolean {
    const { size } = this.entries;
    return size > this.limit || (size > 1 && this.weights !== undefined && this.weight > this.weights.most);
  }

  delete(key: Key): void {
    // Not told by its value, which may be undefined.
    if (!this.entries.has(key)) return;
    const value = this.entries.get(key) as Value;
    this.entries.delete(key);
    this.weight -= this.weightOf.get(key) ?? 0;
    this.weightOf.delete(key);
    this.onForget(value);
  }

  clear(): void {
    for (const key of [...this.entries.keys()]) this.delete(key);
  }
}

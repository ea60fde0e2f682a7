/** Answers that are asked for again and again, in two generations: looking one up changes nothing, so it costs little. */
export class Remembered<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();

  /** So many answers in each generation. */
  constructor(private readonly limit = 50_000) {}

  get(key: string): Value | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const older = this.old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: Value): void {
    this.young.set(key, value);
    if (this.young.size < this.limit) return;
    this.old = this.young;
    this.young = new Map();
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }
}

/** Of texts in a generation, whatever their number: some are long. */
const MOST_CHARACTERS = 4_000_000;

/** Answers that are asked for again and again, in two generations: looking one up changes nothing, so it costs little. */
export class Remembered<Value> {
  private characters = 0;
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
    this.characters += key.length + (typeof value === "string" ? value.length : 0);
    if (this.young.size < this.limit && this.characters < MOST_CHARACTERS) return;
    this.old = this.young;
    this.young = new Map();
    this.characters = 0;
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
    this.characters = 0;
  }
}

/**
 * Seeded random numbers (sfc32). The same seed gives the same sequence on every machine and every
 * Node version, which `Math.random` cannot promise.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number, stream = 0) {
    this.a = seed | 0;
    this.b = (seed / 0x1_0000_0000) | 0;
    this.c = stream | 0;
    for (let i = 0; i < 16; i++) this.bits();
  }

  /** 32 random bits as an unsigned number. */
  bits(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.bits() / 0x1_0000_0000;
  }

  /** A whole number from `low` up to and including `high`. */
  int(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.unit() * items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  /** Exponential waiting time with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  /** A positive number spread around `median`, with a long tail to the right (log-normal). */
  spread(median: number, sigma = 0.5): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
    return median * Math.exp(sigma * normal);
  }

  /** How many events fall into an interval in which `mean` are expected (Poisson). */
  count(mean: number): number {
    let n = 0;
    let left = mean;
    // Split large means: exp(-mean) must not underflow.
    while (left > 20) {
      n += this.smallCount(20);
      left -= 20;
    }
    return n + this.smallCount(left);
  }

  private smallCount(mean: number): number {
    const limit = Math.exp(-mean);
    let product = this.unit();
    let n = 0;
    while (product > limit) {
      product *= this.unit();
      n++;
    }
    return n;
  }

  /** `length` characters of the given alphabet. */
  text(length: number, alphabet: string): string {
    let out = "";
    for (let i = 0; i < length; i++) out += alphabet[this.int(0, alphabet.length - 1)];
    return out;
  }

  /** A version 4 UUID. */
  uuid(): string {
    const a = this.bits();
    const b = ((this.bits() & 0xffff0fff) | 0x00004000) >>> 0;
    const c = ((this.bits() & 0x3fffffff) | 0x80000000) >>> 0;
    const d = this.bits();
    return `${hex(a)}-${HEX16[b >>> 16]}-${HEX16[b & 0xffff]}-${HEX16[c >>> 16]}-${HEX16[c & 0xffff]}${hex(d)}`;
  }
}

const HEX16: readonly string[] = Array.from({ length: 0x10000 }, (_, i) => i.toString(16).padStart(4, "0"));

/** Eight hexadecimal digits of an unsigned 32-bit number. */
export function hex(value: number): string {
  return `${HEX16[value >>> 16]}${HEX16[value & 0xffff]}`;
}

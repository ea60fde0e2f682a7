/** Lists of numbers as bytes, small numbers in one: what settling writes of buckets of time (flow-buckets.ts, port-lists.ts), and questions read. */

/** Grows as it is written. Numbers are not negative. */
export class ListWriter {
  bytes = Buffer.alloc(65_536);
  length = 0;

  varint(value: number): void {
    this.room(8);
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  /** Any whole number, small ones in one byte. */
  signed(value: number): void {
    this.varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** Up to 2^53: what is beyond 32 bits first. */
  wide(value: number): void {
    this.varint(Math.floor(value / 2 ** 32));
    this.two(value & 65_535);
    this.two((value >>> 16) & 65_535);
  }

  two(value: number): void {
    this.room(2);
    this.bytes[this.length++] = value & 255;
    this.bytes[this.length++] = value >> 8;
  }

  append({ bytes, length }: ListWriter): void {
    this.room(length);
    this.bytes.set(bytes.subarray(0, length), this.length);
    this.length += length;
  }

  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  private room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.bytes.length * 2, this.length + more));
    larger.set(this.written());
    this.bytes = larger;
  }
}

export class ListReader {
  /** Always there: with the last reader, code that was compiled for readers would be thrown away (see plainBytes). */
  static readonly none = new ListReader(new Uint8Array(0));

  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  wide(): number {
    const high = this.varint();
    const { bytes, at } = this;
    this.at = at + 4;
    const low =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    return high * 2 ** 32 + (low >>> 0);
  }

  varint(): number {
    const first = this.bytes[this.at++] as number;
    if (first < 128) return first;
    let [value, factor] = [first - 128, 128];
    for (;;) {
      const byte = this.bytes[this.at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }
}

/**
 * The same bytes, as a view of the language's own. What the driver gives is a Buffer of a hidden class that lives as long as some such
 * Buffer does: whatever was compiled for it is thrown away at the next collection of garbage, and the next question begins anew.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Searching bytes for a short ASCII text (Horspool): most bytes are never looked at, and no text is made of them. */
export class Needle {
  private readonly bytes: Uint8Array;
  /** How far the text can be moved when its last place holds this byte. */
  private readonly shift: Uint8Array;
  readonly length: number;

  constructor(text: string) {
    this.bytes = Buffer.from(text, "latin1");
    this.length = this.bytes.length;
    this.shift = new Uint8Array(256).fill(this.length);
    for (let at = 0; at < this.length - 1; at++) this.shift[this.bytes[at] as number] = this.length - 1 - at;
  }

  /** Place of the first occurrence that lies between `from` and `end`; -1 when there is none. */
  find(bytes: Uint8Array, from: number, end: number): number {
    const { length, shift } = this;
    const lastByte = this.bytes[length - 1];
    for (let last = from + length - 1; last < end; ) {
      const byte = bytes[last] as number;
      if (byte === lastByte && this.isAt(bytes, last - length + 1)) return last - length + 1;
      last += shift[byte] as number;
    }
    return -1;
  }

  /** The caller sees to it that so many bytes are there. */
  isAt(bytes: Uint8Array, at: number): boolean {
    for (let i = 0; i < this.length; i++) if (bytes[at + i] !== this.bytes[i]) return false;
    return true;
  }
}

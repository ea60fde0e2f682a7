/**
 * Where the records of a block lie, as variable-length integers: per record the gap before it, its
 * length, and the lines since the record before. (The reading side is lib/capture/raw.ts.)
 */
export class PlacesWriter {
  private bytes = new Uint8Array(4096);
  private length = 0;
  private end = 0;
  private line: number;

  constructor(firstLine: number) {
    this.line = firstLine;
  }

  add(start: number, end: number, line: number): void {
    this.put(start - this.end);
    this.put(end - start);
    this.put(line - this.line);
    this.end = end;
    this.line = line;
  }

  private put(value: number): void {
    if (this.length + 5 > this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }
}

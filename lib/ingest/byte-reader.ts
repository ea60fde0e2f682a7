/** Pulls bytes out of a stream in portions of the reader's choice. Ends the stream when it is closed. */

export class ByteReader {
  private held: Uint8Array = new Uint8Array(0);
  private isOver = false;
  /** Why the stream broke off, after what came before was handed out. */
  private failure: { readonly error: unknown } | undefined;
  /** Bytes handed out or skipped. */
  offset = 0;

  constructor(private readonly source: AsyncIterator<Uint8Array>) {}

  /** The next bytes, fewer only at the end of the stream; they stay to be taken. */
  async peek(length: number): Promise<Uint8Array> {
    const parts = [this.held];
    let have = this.held.length;
    while (have < length && (await this.pull())) {
      parts.push(this.pulled);
      have += this.pulled.length;
    }
    if (parts.length > 1) this.held = Buffer.concat(parts);
    return this.held.subarray(0, length);
  }

  /** Exactly so many bytes; undefined when the stream ends before. */
  async take(length: number): Promise<Uint8Array | undefined> {
    const bytes = await this.peek(length);
    if (bytes.length < length) {
      this.rethrow();
      return undefined;
    }
    this.advance(length);
    return bytes;
  }

  /** What there is, at most so many bytes; undefined at the end. Throws what broke the stream. */
  async some(most: number): Promise<Uint8Array | undefined> {
    if (this.held.length === 0 && (await this.pull())) this.held = this.pulled;
    if (this.held.length === 0) {
      this.rethrow();
      return undefined;
    }
    const bytes = this.held.subarray(0, most);
    this.advance(bytes.length);
    return bytes;
  }

  /** The last `length` bytes of what was handed out, given in its last portions, come again. */
  giveBack(portions: readonly Uint8Array[], length: number): void {
    if (length === 0) return;
    const all = Buffer.concat(portions);
    if (length > all.length) throw new Error("more is given back than was kept");
    this.held = Buffer.concat([all.subarray(all.length - length), this.held]);
    this.offset -= length;
  }

  async *rest(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = await this.some(Number.POSITIVE_INFINITY);
      if (bytes === undefined) return;
      yield bytes;
    }
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }

  private pulled: Uint8Array = new Uint8Array(0);

  /** False when there is nothing more. */
  private async pull(): Promise<boolean> {
    while (!this.isOver) {
      try {
        const next = await this.source.next();
        if (next.done) this.isOver = true;
        else if (next.value.length > 0) {
          this.pulled = next.value;
          return true;
        }
      } catch (error) {
        this.isOver = true;
        this.failure = { error };
      }
    }
    return false;
  }

  private advance(length: number): void {
    this.held = this.held.subarray(length);
    this.offset += length;
  }

  private rethrow(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }
}

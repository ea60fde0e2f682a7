import { LIMITS } from "./limits";

/** A chunk is a little longer than a block where its last record is. */
const PIECE_BYTES = LIMITS.blockBytes * 1.25;
/** More pieces are left to the garbage collector. */
const KEPT = 64;

/**
 * Memory for the bytes of chunks, seen by the decoders' threads too and used again. Memory that is made for each chunk and left
 * makes every thread collect its garbage over and over, because half a MiB outside of its heap presses on it.
 */
export class SharedMemory {
  private readonly free: SharedArrayBuffer[] = [];

  take(bytes: number): Uint8Array {
    if (bytes > PIECE_BYTES) return new Uint8Array(new SharedArrayBuffer(bytes));
    return new Uint8Array(this.free.pop() ?? new SharedArrayBuffer(PIECE_BYTES), 0, bytes);
  }

  /** Nothing may look at these bytes any more. */
  give({ buffer }: Uint8Array): void {
    if (!(buffer instanceof SharedArrayBuffer) || buffer.byteLength !== PIECE_BYTES) return;
    if (this.free.length < KEPT) this.free.push(buffer);
  }
}

/**
 * The first 64 bits of SHA-256 over short bytes, as two words: what hash64 gives, without a call into OpenSSL and an object for
 * each. For what is digested in every record of a kind; anything longer than a few hundred bytes is for hash64.
 */

import { hash64 } from "./hash";

const LONGEST = 1000;

/** Fractional parts of square and cube roots of the first primes, as FIPS 180-4 has them. */
const [START, ROUND] = constants();

export class ShortDigest {
  high = 0;
  low = 0;
  private readonly bytes = new Uint8Array(LONGEST + 72);
  private readonly view = new DataView(this.bytes.buffer);
  private readonly schedule = new Int32Array(64);
  private readonly state = new Int32Array(8);
  private length = 0;
  /** Of what is too long to be gathered. */
  private longer: Uint8Array[] = [];

  begin(): this {
    this.length = 0;
    if (this.longer.length > 0) this.longer = [];
    return this;
  }

  add(bytes: Uint8Array, start = 0, end = bytes.length): this {
    if (this.longer.length > 0 || this.length + end - start > LONGEST) {
      if (this.longer.length === 0) this.longer.push(this.bytes.slice(0, this.length));
      this.longer.push(bytes.slice(start, end));
      return this;
    }
    let to = this.length;
    for (let at = start; at < end; at++) this.bytes[to++] = bytes[at] as number;
    this.length = to;
    return this;
  }

  /** Sets `high` and `low`. */
  end(): void {
    if (this.longer.length > 0) {
      const hash = hash64(Buffer.concat(this.longer));
      this.high = Number(hash >> 32n);
      this.low = Number(BigInt.asIntN(32, hash));
      return;
    }
    const blocks = (this.length + 72) >> 6;
    const { bytes } = this;
    for (let at = this.length; at < blocks * 64; at++) bytes[at] = 0;
    bytes[this.length] = 0x80;
    this.view.setUint32(blocks * 64 - 4, this.length * 8);
    this.state.set(START);
    for (let block = 0; block < blocks; block++) this.compress(block * 64);
    this.high = this.state[0] as number;
    this.low = this.state[1] as number;
  }

  private compress(at: number): void {
    const { schedule: w, view, state } = this;
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + i * 4);
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15] as number;
      const y = w[i - 2] as number;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0;
    }
    let a = state[0] as number;
    let b = state[1] as number;
    let c = state[2] as number;
    let d = state[3] as number;
    let e = state[4] as number;
    let f = state[5] as number;
    let g = state[6] as number;
    let h = state[7] as number;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (ROUND[i] as number) + (w[i] as number)) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0] = (state[0] as number) + a;
    state[1] = (state[1] as number) + b;
    state[2] = (state[2] as number) + c;
    state[3] = (state[3] as number) + d;
    state[4] = (state[4] as number) + e;
    state[5] = (state[5] as number) + f;
    state[6] = (state[6] as number) + g;
    state[7] = (state[7] as number) + h;
  }
}

function constants(): readonly [Int32Array, Int32Array] {
  const start = new Int32Array(8);
  const round = new Int32Array(64);
  let count = 0;
  for (let n = 2; count < 64; n++) {
    if (!isPrime(n)) continue;
    if (count < 8) start[count] = fraction(BigInt(n), 2n);
    round[count++] = fraction(BigInt(n), 3n);
  }
  return [start, round];
}

function isPrime(n: number): boolean {
  for (let by = 2; by * by <= n; by++) if (n % by === 0) return false;
  return true;
}

/** 32 bits behind the point of a root: the largest whole number whose power is not above n shifted by so much. */
function fraction(n: bigint, root: bigint): number {
  const target = n << (32n * root);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** root <= target) low = middle;
    else high = middle;
  }
  return Number(BigInt.asIntN(32, low));
}

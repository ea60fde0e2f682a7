/**
 * A keyed permutation of bit strings that keeps prefixes: two inputs that share their first n bits give outputs that do, and
 * no more (Xu, Fan, Ammar and Moon: Prefix-Preserving IP Address Anonymization, ICNP 2002, with HMAC for AES).
 *
 * Whether a bit is turned depends on the key and the bits before it. One digest holds the 255 choices of a whole byte.
 */

import { Remembered } from "./remembered";

type Digest = (prefix: string) => Uint8Array;

export class NumberTree {
  private readonly choices = new Remembered<Uint8Array>(20_000);

  constructor(private readonly digest: Digest) {}

  /** The first `fixed` bits stay as they are. */
  permute(bytes: readonly number[], fixed: number): number[] {
    return bytes.map((byte, at) => this.permuteByte(bytes, at, byte, fixed - at * 8));
  }

  private permuteByte(bytes: readonly number[], at: number, byte: number, fixed: number): number {
    if (fixed >= 8) return byte;
    const choices = this.choicesBehind(bytes.slice(0, at));
    let out = 0;
    for (let bit = 7, node = 1; bit >= 0; bit--) {
      const value = (byte >> bit) & 1;
      const turn = 7 - bit < fixed ? 0 : ((choices[node >> 3] ?? 0) >> (node & 7)) & 1;
      out |= (value ^ turn) << bit;
      node = node * 2 + value;
    }
    return out;
  }

  private choicesBehind(prefix: readonly number[]): Uint8Array {
    const key = prefix.join(".");
    let choices = this.choices.get(key);
    if (choices === undefined) {
      choices = this.digest(key);
      this.choices.set(key, choices);
    }
    return choices;
  }
}

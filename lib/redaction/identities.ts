/**
 * Security identities that stand for others. Reserved ones (below 256) stay; cluster and kind, in the bits above the lower
 * sixteen, too (flow-formats 2.10), so that an identity of a prefix stays one.
 */

import { NumberTree } from "./number-tree";
import type { Pseudonyms } from "./pseudonyms";

const FIRST_OF_PODS = 256;

export class Identities {
  private readonly tree: NumberTree;

  constructor(pseudonyms: Pseudonyms) {
    this.tree = new NumberTree((prefix) => pseudonyms.bytes("identity", prefix));
  }

  identity(value: number): number {
    if (value < FIRST_OF_PODS || value >= 2 ** 32) return value;
    const high = Math.floor(value / 65_536);
    let low = value % 65_536;
    // Walking on until the number is none of the reserved ones keeps it one to one.
    do {
      const [upper = 0, lower = 0] = this.tree.permute([low >> 8, low & 255], 0);
      low = upper * 256 + lower;
    } while (high === 0 && low < FIRST_OF_PODS);
    return high * 65_536 + low;
  }
}

/** Keys of four integers, numbered from 0: open addressing over typed arrays, about 40 bytes a key. */

const FIRST_SLOTS = 1024;
const INTEGERS = 4;

export class KeyTable {
  size = 0;
  /** Number + 1; 0 = empty. */
  private slots = new Int32Array(FIRST_SLOTS);
  private keys = new Int32Array((FIRST_SLOTS / 2) * INTEGERS);

  /** The key's number; a new one when it is new. */
  add(a: number, b: number, c: number, d: number): number {
    const slot = this.slotOf(a, b, c, d);
    const known = this.slots[slot] as number;
    if (known !== 0) return known - 1;
    const number = this.size++;
    this.slots[slot] = this.size;
    this.keys.set([a, b, c, d], number * INTEGERS);
    if (this.size * 2 === this.slots.length) this.grow();
    return number;
  }

  /** The key's number, or -1. */
  find(a: number, b: number, c: number, d: number): number {
    return (this.slots[this.slotOf(a, b, c, d)] as number) - 1;
  }

  /** The slot of a key, or the free one where it would go. */
  private slotOf(a: number, b: number, c: number, d: number): number {
    const { keys, slots } = this;
    const mask = slots.length - 1;
    let slot = mix(a, b, c, d) & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const at = ((slots[slot] as number) - 1) * INTEGERS;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) break;
    }
    return slot;
  }

  private grow(): void {
    const { keys } = this;
    this.slots = new Int32Array(this.slots.length * 2);
    this.keys = new Int32Array(keys.length * 2);
    this.keys.set(keys);
    for (let number = 0; number < this.size; number++) {
      const [a = 0, b = 0, c = 0, d = 0] = keys.subarray(number * INTEGERS, (number + 1) * INTEGERS);
      this.slots[this.slotOf(a, b, c, d)] = number + 1;
    }
  }
}

/** Any mixing will do: a slow slot costs time only. */
function mix(a: number, b: number, c: number, d: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  hash = Math.imul(hash ^ Math.imul(d, 0x27d4eb2f) ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return hash ^ (hash >>> 15);
}

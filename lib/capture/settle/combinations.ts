/** Combinations of kind, observer, pair and list of policies (0: none), numbered from 0: open addressing over typed arrays. */

const FIRST_SLOTS = 2048;

export class Combinations {
  readonly kinds: number[] = [];
  readonly observers: number[] = [];
  readonly pairs: number[] = [];
  readonly policies: number[] = [];
  /** Number + 1; 0 = empty. */
  private slots = new Int32Array(FIRST_SLOTS);
  /** The one that was asked for last: the same often comes again. */
  private latest = 0;

  /** The combination's number; the next one when it is new. */
  of(kind: number, observer: number, pair: number, policies: number): number {
    if (this.is(this.latest, kind, observer, pair, policies)) return this.latest;
    const mask = this.slots.length - 1;
    let slot = mix(kind, observer, pair, policies) & mask;
    for (; this.slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = (this.slots[slot] as number) - 1;
      if (!this.is(number, kind, observer, pair, policies)) continue;
      this.latest = number;
      return number;
    }
    return this.add(slot, kind, observer, pair, policies);
  }

  private is(number: number, kind: number, observer: number, pair: number, policies: number): boolean {
    return (
      this.pairs[number] === pair &&
      this.kinds[number] === kind &&
      this.observers[number] === observer &&
      this.policies[number] === policies
    );
  }

  private add(slot: number, kind: number, observer: number, pair: number, policies: number): number {
    const number = this.kinds.push(kind) - 1;
    this.observers.push(observer);
    this.pairs.push(pair);
    this.policies.push(policies);
    this.slots[slot] = number + 1;
    this.latest = number;
    if (this.kinds.length * 2 > this.slots.length) this.grow();
    return number;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    this.kinds.forEach((kind, number) => {
      const [observer, pair] = [this.observers[number] as number, this.pairs[number] as number];
      let slot = mix(kind, observer, pair, this.policies[number] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    });
    this.slots = slots;
  }
}

/** Its input is ids that we gave: any mixing will do. */
function mix(kind: number, observer: number, pair: number, policies: number): number {
  let hash = Math.imul(kind, 0x9e3779b1) ^ Math.imul(observer, 0x85ebca6b) ^ Math.imul(pair, 0xc2b2ae35);
  hash ^= Math.imul(policies, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

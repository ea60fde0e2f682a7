/**
 * The values that a copy must not show, as 53-bit digests: millions of them need some ten MiB.
 *
 * A digest is not a secret and no proof: two values with the same one only mean that one is masked, or reported as leaked,
 * without need; a value that is in the set is always found. Capitals and small letters are the same.
 */

/** Entries; beyond it a capture has more different names than can be watched over. */
export const MOST_ORIGINALS = 8_000_000;
/** The longest stretch of text that is looked for. */
export const LONGEST_ORIGINAL = 400;

export class TooManyOriginals extends Error {}

export class Originals {
  private slots = new Float64Array(1 << 12);
  private count = 0;
  private longestLength = 0;

  get size(): number {
    return this.count;
  }

  /** Characters of the longest value, within the bound. */
  get longest(): number {
    return this.longestLength;
  }

  add(text: string): void {
    const digest = digestOf(text);
    this.longestLength = Math.max(this.longestLength, Math.min(text.length, LONGEST_ORIGINAL));
    if (this.find(digest)) return;
    if (this.count >= MOST_ORIGINALS) throw new TooManyOriginals();
    if (this.count * 2 >= this.slots.length) this.grow();
    this.put(digest);
    this.count++;
  }

  has(text: string): boolean {
    return this.find(digestOf(text));
  }

  hasDigest(digest: number): boolean {
    return this.find(digest);
  }

  private find(digest: number): boolean {
    const { slots } = this;
    for (let at = digest % slots.length; ; at = (at + 1) % slots.length) {
      const slot = slots[at];
      if (slot === digest) return true;
      if (slot === 0) return false;
    }
  }

  private put(digest: number): void {
    const { slots } = this;
    let at = digest % slots.length;
    while (slots[at] !== 0) at = (at + 1) % slots.length;
    slots[at] = digest;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Float64Array(old.length * 2);
    for (const digest of old) if (digest !== 0) this.put(digest);
  }
}

/** A digest that is fed character by character. */
export class Digest {
  private high = 0xdeadbeef;
  private low = 0x41c6ce57;

  add(code: number): void {
    const letter = code >= 65 && code <= 90 ? code + 32 : code;
    this.high = Math.imul(this.high ^ letter, 2654435761);
    this.low = Math.imul(this.low ^ letter, 1597334677);
  }

  /** Never 0, which marks an empty slot. */
  get value(): number {
    const high =
      Math.imul(this.high ^ (this.high >>> 16), 2246822507) ^
      Math.imul(this.low ^ (this.low >>> 13), 3266489909);
    const low =
      Math.imul(this.low ^ (this.low >>> 16), 2246822507) ^
      Math.imul(this.high ^ (this.high >>> 13), 3266489909);
    return 4294967296 * (2097151 & high) + (low >>> 0) + 1;
  }
}

export function digestOf(text: string): number {
  const digest = new Digest();
  for (let at = 0; at < text.length; at++) digest.add(text.charCodeAt(at));
  return digest.value;
}

/**
 * A map of what was met lately, for so many entries that {@link Lru} would be slow: finding the oldest of a Map walks over the
 * places of all that were deleted before it, which takes longer than what the map saves.
 *
 * Two generations: what is used again moves to the younger one, and when that is full the older one is forgotten as a whole. So
 * at least the last `limit / 2` entries are known, at most `limit`.
 */
export class Recent<Key, Value> {
  private young = new Map<Key, Value>();
  private old = new Map<Key, Value>();
  private readonly half: number;

  constructor(limit: number) {
    this.half = Math.ceil(limit / 2);
  }

  get(key: Key): Value | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const before = this.old.get(key);
    if (before !== undefined) this.set(key, before);
    return before;
  }

  set(key: Key, value: Value): void {
    if (this.young.size >= this.half && !this.young.has(key)) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }
}

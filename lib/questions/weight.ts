/** Entries of a collection that are looked at: they are alike, and weighing must not cost what the work itself did. */
const SAMPLES = 32;
/** Deeper than anything that is kept; what points back at itself ends here. */
const DEEPEST = 10;

/** Roughly the bytes that a value takes, of V8 with 64 bits. */
export function weigh(value: unknown, depth = 0): number {
  if (typeof value === "string") return 24 + value.length;
  if (typeof value === "bigint") return 24;
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 0 : 16;
  if (typeof value !== "object" || value === null || depth > DEEPEST) return 0;
  if (ArrayBuffer.isView(value)) return 96 + value.byteLength;
  const below = (one: unknown): number => weigh(one, depth + 1);
  if (Array.isArray(value)) return 32 + value.length * (8 + mean(value, below));
  if (value instanceof Map)
    return 64 + value.size * (40 + mean(first(value.keys()), below) + mean(first(value.values()), below));
  if (value instanceof Set) return 64 + value.size * (32 + mean(first(value), below));
  const members = Object.values(value);
  return 32 + members.length * (8 + mean(members, below));
}

/** Of entries from all over the list. */
function mean(list: readonly unknown[], weightOf: (value: unknown) => number): number {
  const count = Math.min(list.length, SAMPLES);
  let sum = 0;
  for (let n = 0; n < count; n++) sum += weightOf(list[Math.floor((n * list.length) / count)]);
  return count === 0 ? 0 : sum / count;
}

function first(values: Iterable<unknown>): unknown[] {
  const found: unknown[] = [];
  for (const value of values) {
    found.push(value);
    if (found.length === SAMPLES) break;
  }
  return found;
}

/** Numbers within sentences, on screen and in answers: thin separators, and a noun that agrees. */

/** U+202F: narrow, and a line never breaks inside a number. */
const THIN = "\u202f";

const UNITS = [
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "K"],
] as const;

/** `1204118` -> `1 204 118`, with thin spaces. Not by Intl, whose first use costs a page 10 ms before it can be drawn. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, THIN);
}

/** For places without room: `1234` -> `1.23K`, `999999` -> `1M`. */
export function shortCount(count: number): string {
  for (const [size, unit] of UNITS) {
    const short = Number((count / size).toPrecision(3));
    if (short >= 1) return `${short}${unit}`;
  }
  return String(count);
}

/** `formatQuantity(2, "event")` -> `2 events`. */
export function formatQuantity(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

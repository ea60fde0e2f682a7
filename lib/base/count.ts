/** Numbers within sentences, on screen and in answers: thin separators, and a noun that agrees. */

/** U+202F: narrow, and a line never breaks inside a number. */
const THIN = "\u202f";

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** `1204118` -> `1 204 118`, with thin spaces. */
export function formatCount(count: number): string {
  return whole.format(count).replaceAll(",", THIN);
}

/** `formatQuantity(2, "event")` -> `2 events`. */
export function formatQuantity(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

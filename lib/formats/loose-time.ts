/**
 * Times that are no RFC 3339 and say their instant all the same: `+0200` and `+02` (log4j, PostgreSQL), a comma before the fraction,
 * `UTC` behind (BigQuery), and counts since 1970, whose unit their length tells for all years from 2001 to 2262.
 */

import { NS_PER_SECOND, parseTime } from "@/lib/base/time";

const OTHER =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?\s?(?:Z|UTC|GMT|([+-]\d\d):?(\d\d)?)$/;
const SECONDS = /^(\d{10})(?:\.(\d{1,9}))?$/;
/** Digits of a count since 1970, and nanoseconds of its unit. */
const UNITS: ReadonlyMap<number, bigint> = new Map([
  [13, 1_000_000n],
  [16, 1000n],
  [19, 1n],
]);
/** The store holds 64 bits with a sign. */
const MOST_NS = 2n ** 63n;
/** A number of more digits behind the point was longer than a number is kept. */
const EXACT = /^\d+(?:\.\d{1,6})?$/;

/** Nanoseconds since the epoch; undefined when the text does not say an instant. */
export function parseLooseTime(text: string): bigint | undefined {
  return parseTime(text) ?? parseCount(text) ?? parseOther(text);
}

/** The same of a number: one that is exact. */
export function timeOfNumber(value: number): bigint | undefined {
  const isExact = Number.isInteger(value) ? Number.isSafeInteger(value) : EXACT.test(String(value));
  return isExact ? parseCount(String(value)) : undefined;
}

function parseCount(text: string): bigint | undefined {
  const [, seconds, fraction = ""] = SECONDS.exec(text) ?? [];
  const unit = /^\d+$/.test(text) ? UNITS.get(text.length) : undefined;
  let ns: bigint | undefined;
  if (seconds !== undefined) ns = BigInt(seconds) * NS_PER_SECOND + BigInt(fraction.padEnd(9, "0"));
  else if (unit !== undefined) ns = BigInt(text) * unit;
  return ns === undefined || ns < MOST_NS ? ns : undefined;
}

function parseOther(text: string): bigint | undefined {
  const [, date, time, fraction = "0", hours, minutes = "00"] = OTHER.exec(text) ?? [];
  if (date === undefined) return undefined;
  return parseTime(`${date}T${time}.${fraction}${hours === undefined ? "Z" : `${hours}:${minutes}`}`);
}

/**
 * Time as nanoseconds since the epoch, in `bigint`.
 *
 * Hubble writes RFC 3339 with up to nine fractional digits; events of one packet differ by
 * microseconds, so a JavaScript `Date` would lose what matters.
 */

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d{2}:\d{2})$/;

/** SQLite and BigInt64Array hold signed 64-bit: years 1677 to 2262. */
const MIN_NS = -(2n ** 63n);
const MAX_NS = 2n ** 63n - 1n;

export const NS_PER_SECOND = 1_000_000_000n;

let cachedMinute = "";
let cachedMinuteNs = 0n;

/**
 * Reads an RFC 3339 time.
 *
 * Out: nanoseconds since the epoch, or `undefined` when the text is not a time, names a day that
 * does not exist, or lies outside 64-bit nanoseconds (years 1677 to 2262). Digits beyond the ninth
 * are cut off. A leap second (`:60`) counts as the first instant of the next minute.
 */
export function parseTime(text: string): bigint | undefined {
  // Lines of one log share their minute, so the calendar is worked out once per minute.
  const minute = text.slice(0, 17);
  if (minute === cachedMinute && text.charCodeAt(text.length - 1) === 90 /* Z */) {
    const rest = nanosecondsOfMinute(text);
    if (rest >= 0) return cachedMinuteNs + BigInt(rest);
  }
  const parsed = parseAnyTime(text);
  if (parsed !== undefined && text.charCodeAt(text.length - 1) === 90 && text.charCodeAt(16) === 58) {
    const rest = nanosecondsOfMinute(text);
    const minuteNs = parsed - BigInt(rest);
    if (rest >= 0 && isWholeMinute(minuteNs)) {
      cachedMinute = minute;
      cachedMinuteNs = minuteNs;
    }
  }
  return parsed;
}

/** False of the minutes in which 64 bits begin and end: each time of theirs must be looked at. */
export function isWholeMinute(minuteNs: bigint): boolean {
  return minuteNs >= MIN_NS && minuteNs + 60n * NS_PER_SECOND <= MAX_NS;
}

/** `SS[.fraction]Z` behind the first 17 characters, in nanoseconds; -1 if it is not of that form. */
function nanosecondsOfMinute(text: string): number {
  const end = text.length - 1;
  const tens = text.charCodeAt(17) - 48;
  const ones = text.charCodeAt(18) - 48;
  if (tens < 0 || tens > 5 || ones < 0 || ones > 9) return -1;
  const seconds = tens * 10 + ones;
  if (end === 19) return seconds * 1e9;
  if (text.charCodeAt(19) !== 46 || end === 20 || end > 29) return -1;
  let nanos = 0;
  for (let i = 20; i < 29; i++) {
    const digit = i < end ? text.charCodeAt(i) - 48 : 0;
    if (digit < 0 || digit > 9) return -1;
    nanos = nanos * 10 + digit;
  }
  return seconds * 1e9 + nanos;
}

function parseAnyTime(text: string): bigint | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "", fraction = "", zone = ""] =
    match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (midnight.getUTCMonth() !== Number(month) - 1 || midnight.getUTCDate() !== Number(day)) return undefined;
  const offset = zoneSeconds(zone);
  if (offset === undefined) return undefined;
  const seconds =
    BigInt(midnight.getTime() / 1000) +
    BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second)) -
    BigInt(offset);
  const ns = seconds * NS_PER_SECOND + BigInt(fraction.padEnd(9, "0"));
  return ns >= MIN_NS && ns <= MAX_NS ? ns : undefined;
}

function zoneSeconds(zone: string): number | undefined {
  if (zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** RFC 3339 in UTC with nine fractional digits: `2026-08-21T12:12:18.510175415Z`. */
export function formatTime(ns: bigint): string {
  let seconds = ns / NS_PER_SECOND;
  let rest = ns % NS_PER_SECOND;
  if (rest < 0n) {
    rest += NS_PER_SECOND;
    seconds -= 1n;
  }
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${whole}.${rest.toString().padStart(9, "0")}Z`;
}

/**
 * Times as tables write them: RFC 3339, the same without a zone, or the date of a browser's country
 * (`8/21/2026, 10:15:04.123 AM`), as the Azure portal exports them.
 *
 * What cannot be known is not guessed. `7/8/2026` is July or August: it is read where the two numbers or the way of
 * writing decide, else the record has no readable time. The country's ways are those of Unicode CLDR 44: a date with
 * dots begins with the day; one with slashes and a capital AM or PM is English of the United States or the
 * Philippines, the only ones that write so, and begins with the month.
 */

import { parseTime } from "@/lib/base/time";
import { parseLooseTime } from "./loose-time";

/** A zone that a column's header names: minutes east of UTC, or a name of the IANA database; undefined when it is not known. */
export type TableZone = number | string | undefined;

/**
 * `TimeGenerated [UTC]` is 0, `[Europe/Amsterdam]` that name; without a suffix Log Analytics writes UTC. `[Local Time]`
 * does not say, nor does `[Eastern Time]`, which is four zones on three continents.
 */
export function zoneOfColumn(column: string): TableZone {
  const suffix = /\[([^\]]*)\]\s*$/.exec(column)?.[1]?.trim();
  if (suffix === undefined) return 0;
  const match =
    /^(?:UTC|GMT|Z|Etc\/UTC|Coordinated Universal Time)?\s*(?:([+-])(\d{1,2})(?::?(\d{2}))?)?$/i.exec(suffix);
  if (match === null) return isZoneName(suffix) ? suffix : undefined;
  if (suffix === "") return undefined;
  const [, sign, hours = "0", minutes = "0"] = match;
  const east = Number(hours) * 60 + Number(minutes);
  return sign === "-" ? -east : east;
}

/** Nanoseconds since the epoch; undefined when the text does not say an instant. */
export function parseTableTime(text: string, zone: TableZone): bigint | undefined {
  const exact = parseLooseTime(text);
  if (exact !== undefined) return exact;
  const local = ISO.exec(text) ?? undefined;
  if (local !== undefined) return instant(local[1] ?? "", local[2] ?? "", local[3], zone);
  return parseLocalTime(text, zone);
}

const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?$/;

/** Date of three numbers, time of day, fraction, a word for the half of the day. */
const LOCAL =
  /^(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{1,4})\.?[,\s]\s*(\d{1,2})[:.](\d{2})[:.](\d{2})(?:[.,](\d{1,9}))?(?:\s*([AaPp]\.?\s?[Mm]\.?))?$/;

function parseLocalTime(text: string, zone: TableZone): bigint | undefined {
  const match = LOCAL.exec(text);
  if (match === null) return undefined;
  const [
    ,
    first = "",
    mark = "",
    second = "",
    third = "",
    hour = "",
    minute = "",
    seconds = "",
    fraction,
    half,
  ] = match;
  const date = dateOf([first, second, third], mark, half);
  const hours = hourOfDay(Number(hour), half);
  if (date === undefined || hours === undefined) return undefined;
  return instant(date, `${two(hours)}:${minute}:${seconds}`, fraction, zone);
}

/** `YYYY-MM-DD`, where the order of the numbers is certain. */
function dateOf(
  [first, second, third]: readonly [string, string, string],
  mark: string,
  half: string | undefined,
) {
  if (first.length === 4) return third.length <= 2 ? `${first}-${two(second)}-${two(third)}` : undefined;
  if (third.length !== 4 || first.length > 2) return undefined;
  const isDayFirst = beginsWithDay(Number(first), Number(second), mark, half);
  if (isDayFirst === undefined) return undefined;
  const [day, month] = isDayFirst ? [first, second] : [second, first];
  return `${third}-${two(month)}-${two(day)}`;
}

function beginsWithDay(
  first: number,
  second: number,
  mark: string,
  half: string | undefined,
): boolean | undefined {
  if (mark === "." || first > 12 || first === second) return true;
  if (second > 12) return false;
  return mark === "/" && half !== undefined && /^[AP]M$/.test(half) ? false : undefined;
}

function hourOfDay(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (/^p/i.test(half) ? 12 : 0);
}

function instant(
  date: string,
  time: string,
  fraction: string | undefined,
  zone: TableZone,
): bigint | undefined {
  if (zone === undefined) return undefined;
  const wall = parseTime(`${date}T${time}${fraction === undefined ? "" : `.${fraction}`}Z`);
  if (wall === undefined) return undefined;
  const minutes = typeof zone === "number" ? zone : minutesEast(wall, zone);
  return minutes === undefined ? undefined : wall - BigInt(minutes) * NS_PER_MINUTE;
}

const NS_PER_MINUTE = 60_000_000_000n;
const NS_PER_MS = 1_000_000n;
const MS_PER_MINUTE = 60_000;

/** Names that say where, as `Europe/Amsterdam`; a bare `EST` means one thing in New York and another in Sydney. */
function isZoneName(name: string): boolean {
  return /^[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)+$/.test(name) && clockOf(name) !== undefined;
}

/**
 * Minutes that the clocks of a zone were ahead of UTC when they showed `wall`. Undefined in the hour that they showed
 * twice and in the one they left out.
 */
function minutesEast(wall: bigint, zone: string): number | undefined {
  const wallMs = Number(wall / NS_PER_MS);
  // No zone is further than 14 hours from UTC, and none changes its clocks twice within two days.
  const around = [wallMs - DAY_MS, wallMs + DAY_MS].map((ms) => offsetAt(ms, zone));
  const right = [...new Set(around)].filter(
    (minutes) => minutes !== undefined && offsetAt(wallMs - minutes * MS_PER_MINUTE, zone) === minutes,
  );
  return right.length === 1 ? right[0] : undefined;
}

const DAY_MS = 86_400_000;

/** What the clocks of a zone show at an instant, in minutes ahead of UTC. */
function offsetAt(ms: number, zone: string): number | undefined {
  const parts = clockOf(zone)?.formatToParts(ms);
  const offset = parts?.find(({ type }) => type === "timeZoneName")?.value;
  const match = /^GMT(?:([+-])(\d{2}):(\d{2}))?$/.exec(offset ?? "");
  if (match === null) return undefined;
  const [, sign, hours = "0", minutes = "0"] = match;
  const east = Number(hours) * 60 + Number(minutes);
  return sign === "-" ? -east : east;
}

const clocks = new Map<string, Intl.DateTimeFormat | undefined>();
/** Names come from the headers of files: more are not kept. */
const MOST_CLOCKS = 64;

function clockOf(zone: string): Intl.DateTimeFormat | undefined {
  if (clocks.has(zone)) return clocks.get(zone);
  if (clocks.size >= MOST_CLOCKS) clocks.clear();
  const clock = makeClock(zone);
  clocks.set(zone, clock);
  return clock;
}

function makeClock(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "longOffset" });
  } catch {
    return undefined;
  }
}

function two(value: string | number): string {
  return String(value).padStart(2, "0");
}

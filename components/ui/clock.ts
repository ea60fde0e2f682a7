/**
 * Instants on screen. A log's times have nanoseconds, a `Date` has milliseconds, so the digits behind the
 * second are cut from the number itself; the `Date` only gives the calendar and the zone.
 */

export type Zone = "utc" | "local";

const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1_000_000_000n;

interface Fields {
  readonly date: string;
  readonly clock: string;
  /** Nine digits. */
  readonly fraction: string;
  readonly offset: string;
}

function fieldsOf(ns: bigint, zone: Zone): Fields {
  const rest = ((ns % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  const instant = new Date(Number((ns - rest) / NS_PER_MS));
  const minutesEast = zone === "utc" ? 0 : -instant.getTimezoneOffset();
  const shifted = new Date(instant.getTime() + minutesEast * 60_000).toISOString();
  return {
    date: shifted.slice(0, 10),
    clock: shifted.slice(11, 19),
    fraction: rest.toString().padStart(9, "0"),
    offset: zone === "utc" ? "Z" : offsetText(minutesEast),
  };
}

function offsetText(minutesEast: number): string {
  const size = Math.abs(minutesEast);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${minutesEast < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** What of the date stands before the time of day. */
export type Dated = "time" | "day" | "date";

/** What tells instants between these two apart: the time of day within one day of the zone, the date where the year changes. */
export function datedOver(from: bigint, to: bigint, zone: Zone): Dated {
  const [start, end] = [fieldsOf(from, zone).date, fieldsOf(to, zone).date];
  if (start === end) return "time";
  return start.slice(0, 4) === end.slice(0, 4) ? "day" : "date";
}

/** `05:12:07.123`, `03-04 05:12:07.123` or `2026-03-04 05:12:07.123`. */
export function formatClock(ns: bigint, zone: Zone, dated: Dated = "time"): string {
  return `${formatDated(ns, zone, dated)}.${fieldsOf(ns, zone).fraction.slice(0, 3)}`;
}

/** The same to the second. */
export function formatDated(ns: bigint, zone: Zone, dated: Dated): string {
  const { date, clock } = fieldsOf(ns, zone);
  const left = { time: undefined, day: date.slice(5), date }[dated];
  return left === undefined ? clock : `${left} ${clock}`;
}

/** How long behind an instant: `+00:12.345`, `+27:03:12.345`; before it with a minus. */
export function formatSince(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  const two = (value: bigint) => value.toString().padStart(2, "0");
  const seconds = size / NS_PER_SECOND;
  const fraction = (size % NS_PER_SECOND).toString().padStart(9, "0").slice(0, 3);
  const hours = seconds / 3600n;
  const clock = `${two((seconds % 3600n) / 60n)}:${two(seconds % 60n)}.${fraction}`;
  return `${ns < 0n ? "−" : "+"}${hours > 0n ? `${two(hours)}:` : ""}${clock}`;
}

/** All that is known: `2026-03-04 05:12:07.123456789Z`. */
export function formatInstant(ns: bigint, zone: Zone): string {
  const { date, clock, fraction, offset } = fieldsOf(ns, zone);
  return `${date} ${clock}.${fraction}${offset}`;
}

/** Date and time to the second: `2026-03-04 05:12:07`. */
export function formatSecond(ns: bigint, zone: Zone): string {
  const { date, clock } = fieldsOf(ns, zone);
  return `${date} ${clock}`;
}

/**
 * A range for a heading: the second instant without its date when that is the first one's, fractions only
 * when the range is shorter than ten seconds.
 */
export function formatRange(from: bigint, to: bigint, zone: Zone): string {
  const start = fieldsOf(from, zone);
  const end = fieldsOf(to, zone);
  const isShort = to - from < 10n * NS_PER_SECOND;
  const clock = ({ clock, fraction }: Fields) => (isShort ? `${clock}.${fraction.slice(0, 6)}` : clock);
  const second = start.date === end.date ? clock(end) : `${end.date} ${clock(end)}`;
  return `${start.date} ${clock(start)} – ${second}`;
}

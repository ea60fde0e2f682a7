/**
 * Times of `hubble observe` in text: the default `Jan _2 15:04:05.000` of Go, which has no year, and the others that
 * `--time-format` offers (RFC 3339 in three precisions, RFC 1123 with a zone).
 *
 * A year is never guessed. It is known where the line itself was dated by a log (`kubectl logs --timestamps`, a container
 * runtime, Docker): then it is the one that brings both times closest, which a log that is written as things happen allows.
 */

import { parseTime } from "@/lib/base/time";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = MONTHS.join("|");

/** Source of a regular expression for any of the time formats. No groups of its own. */
export const TEXT_TIME = `(?:(?:${MONTH}) [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:\\d\\d)|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d (?:${MONTH}) \\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}|N/A)`;

const STAMP = new RegExp(`^(${MONTH}) ([ \\d]\\d) (\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?)$`);
const RFC1123 = new RegExp(
  `^\\w{3}, (\\d\\d) (${MONTH}) (\\d{4}) (\\d\\d:\\d\\d:\\d\\d) ([+-]\\d\\d)(\\d\\d)$`,
);

export interface TextTime {
  readonly timeNs: bigint | undefined;
  /** As written, where that does not say the instant. */
  readonly timeText: string | undefined;
}

/** `loggedNs` is when the line was logged, if its log says so. `N/A` is no time at all. */
export function readTextTime(text: string, loggedNs: bigint | undefined): TextTime {
  if (text === "N/A" || text === "") return { timeNs: undefined, timeText: undefined };
  const timeNs = parseTime(text) ?? rfc1123(text) ?? stamp(text, loggedNs);
  return { timeNs, timeText: timeNs === undefined ? text : undefined };
}

function rfc1123(text: string): bigint | undefined {
  const match = RFC1123.exec(text);
  if (match === null) return undefined;
  const [, day, month = "", year, time, hours, minutes] = match;
  return parseTime(`${year}-${monthNumber(month)}-${day}T${time}${hours}:${minutes}`);
}

function stamp(text: string, loggedNs: bigint | undefined): bigint | undefined {
  const match = loggedNs === undefined ? null : STAMP.exec(text);
  if (match === null || loggedNs === undefined) return undefined;
  const [, month = "", day = "", time] = match;
  const year = new Date(Number(loggedNs / 1_000_000n)).getUTCFullYear();
  let closest: bigint | undefined;
  for (const candidate of [year - 1, year, year + 1]) {
    const ns = parseTime(
      `${String(candidate).padStart(4, "0")}-${monthNumber(month)}-${day.trim().padStart(2, "0")}T${time}Z`,
    );
    if (ns === undefined) continue;
    if (closest === undefined || distance(ns, loggedNs) < distance(closest, loggedNs)) closest = ns;
  }
  return closest;
}

function monthNumber(month: string): string {
  return String(MONTHS.indexOf(month) + 1).padStart(2, "0");
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}

const PREFIX = /^(?:\[[^\]\s]{1,500}\] )?(\d{4}-\d\d-\d\dT\S{8,30}) /;

/** When a line was logged, as `kubectl logs --timestamps` (and `--prefix`) writes before it. */
export function prefixTime(line: string): bigint | undefined {
  const match = PREFIX.exec(line);
  return match === null ? undefined : parseTime(match[1] ?? "");
}

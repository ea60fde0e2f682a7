/** What the command palette offers for what was typed. Pure: what a command does is a word that the palette carries out. */

import type { TimeWindow } from "@/components/ui/time-scale";
import { parseTime } from "@/lib/base/time";
import { parseFilter } from "@/lib/scope/filter";

export interface Command {
  readonly id: string;
  readonly group: "View" | "Capture" | "Action" | "Filter" | "Time";
  readonly label: string;
  /** Stands at the right: a key, a date. */
  readonly detail?: string;
}

export interface TimeCommand extends Command {
  readonly window: TimeWindow;
}

/** Commands whose label has every word that was typed, in their order; those that begin with it first. */
export function matching<One extends Command>(commands: readonly One[], typed: string): One[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = commands.filter(({ label, group }) => {
    const text = `${group} ${label}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const begins = ({ label }: Command) => label.toLowerCase().startsWith(words[0] ?? "");
  return [...found.filter(begins), ...found.filter((command) => !begins(command))];
}

/** Text that reads as a filter: to be added to the one of the scope. */
export function filterCommand(typed: string): Command | undefined {
  const text = typed.trim();
  if (!text.includes(":")) return undefined;
  const filter = parseFilter(text);
  if (!filter.ok || filter.value.terms.length === 0) return undefined;
  return { id: "filter", group: "Filter", label: `Filter by ${text}` };
}

const NS_PER_SECOND = 1_000_000_000n;
/** Shown on either side of a time that was typed. */
const AROUND = 30n * NS_PER_SECOND;
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?$/;
const LENGTH = /^(first|last)\s+(\d{1,4})\s*(s|sec|seconds?|min|minutes?|h|hours?)$/i;

/** `09:50`, `09:50:30`, a time in full, `last 5 min`, `first 30 s`. Clock times are those of the capture's days, in UTC. */
export function timeCommands(typed: string, whole: TimeWindow | undefined): TimeCommand[] {
  const text = typed.trim();
  if (whole === undefined || text === "") return [];
  const stretch = LENGTH.exec(text);
  if (stretch !== null) return [stretchCommand(stretch, whole)];
  return instants(text, whole)
    .filter((at) => at >= whole.from && at < whole.to)
    .slice(0, 5)
    .map((at) => ({
      id: `time ${at}`,
      group: "Time",
      label: `Go to ${clockOf(at)}`,
      window: { from: at - AROUND, to: at + AROUND },
    }));
}

function stretchCommand(
  [, end = "", count = "", unit = ""]: RegExpExecArray,
  whole: TimeWindow,
): TimeCommand {
  const seconds = /^h/i.test(unit) ? 3600n : /^m/i.test(unit) ? 60n : 1n;
  const length = BigInt(count) * seconds * NS_PER_SECOND;
  const isFirst = /^first$/i.test(end);
  const window = isFirst
    ? { from: whole.from, to: least(whole.from + length, whole.to) }
    : { from: most(whole.to - length, whole.from), to: whole.to };
  const label = `${isFirst ? "First" : "Last"} ${count} ${seconds === 1n ? "s" : seconds === 60n ? "min" : "h"} of the capture`;
  return { id: label, group: "Time", label, window };
}

function instants(text: string, whole: TimeWindow): bigint[] {
  const exact = parseTime(text) ?? parseTime(`${text.replace(" ", "T")}Z`);
  if (exact !== undefined) return [exact];
  const clock = CLOCK.exec(text);
  if (clock === null) return [];
  const [, hours = "0", minutes = "0", seconds = "0"] = clock;
  const ofDay = (BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)) * NS_PER_SECOND;
  const day = 86_400n * NS_PER_SECOND;
  const days: bigint[] = [];
  for (let start = (whole.from / day) * day; start < whole.to && days.length < 400; start += day)
    days.push(start + ofDay);
  return days;
}

function clockOf(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19).replace("T", " ");
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

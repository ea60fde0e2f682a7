/** Reports as sentences for a terminal. Texts of logs are hostile: nothing of them may steer the terminal. */
import type { Failure } from "@/lib/base/result";
import type { FileReport } from "@/lib/questions/answers";

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

export const count = (value: number): string => whole.format(value);

/** Binary units, three digits: `1.2 MiB`. */
export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let rest = value;
  let unit = 0;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1024;
    unit++;
  }
  return `${Number(rest.toPrecision(3))} ${units[unit]}`;
}

/** Control characters and those that turn the direction of writing become visible. */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 32
      ? String.fromCharCode(0x2400 + code)
      : `<U+${code.toString(16).padStart(4, "0").toUpperCase()}>`;
  });
}

export function failureWords({ code, message, hint }: Failure): string {
  const text = hint === undefined ? message : `${message}\n${hint}`;
  return `${text.split("\n").map(harmless).join("\n")}${code === "usage" ? "" : ` [${harmless(code)}]`}`;
}

/** What happened to a file, as one of the three outcomes a script wants to know. */
export function outcomeOf(report: FileReport): "read" | "refused" | "failed" {
  if (report.state !== "done" && report.state !== "nothing-new") return "failed";
  return report.read > 0 && report.refused === report.read ? "refused" : "read";
}

const FIRST_REFUSALS = 5;
const EXCERPT = 100;

/** Several lines, the first of which begins with the file's name. */
export function reportWords(report: FileReport): string {
  const lines = [`${harmless(report.file)}: ${verdict(report)}`];
  if (report.failure !== null) lines.push(`  ${harmless(report.failure.message)}`);
  lines.push(...archiveLines(report));
  if (report.refused > 0) lines.push(...refusalLines(report));
  if (report.first !== null && report.last !== null) lines.push(`  From ${report.first} to ${report.last}.`);
  return lines.join("\n");
}

function verdict(report: FileReport): string {
  if (report.state === "cancelled") return "cancelled; nothing of it was kept.";
  if (report.state === "interrupted" || report.state === "failed")
    return `${report.state}; nothing of it was kept.`;
  if (report.read === 0) return "no records in it.";
  const { accepted, duplicate, otherKinds, refused } = report;
  const sum = `read ${count(report.read)} = ${count(accepted)} accepted + ${count(duplicate)} duplicate + ${count(otherKinds)} of other kinds + ${count(refused)} refused.`;
  return report.state === "nothing-new" ? `${sum} Nothing new.` : sum;
}

/** What an archive held, and what of it was no log. */
function archiveLines({ entryCount, aside }: FileReport): string[] {
  const lines = [];
  if (entryCount > 0)
    lines.push(`  An archive; ${count(entryCount)} ${plural(entryCount, "file")} in it read.`);
  if (aside.entries > 0) {
    const [first] = aside.first;
    const example = first === undefined ? "" : `, such as ${harmless(first.entry)} (${harmless(first.why)})`;
    lines.push(
      `  ${count(aside.entries)} ${plural(aside.entries, "entry", "entries")} left aside${example}.`,
    );
  }
  return lines;
}

function plural(number: number, one: string, many = `${one}s`): string {
  return number === 1 ? one : many;
}

function refusalLines({ refused, refusedBy, refusals }: FileReport): string[] {
  const codes = Object.entries(refusedBy)
    .sort(([, a], [, b]) => b - a)
    .map(([code, records]) => `${count(records)} ${harmless(code)}`);
  const lines = [`  Refused: ${codes.join(", ")}. docs/formats.md says what each means.`];
  for (const { entry, line, reason, excerpt } of refusals.slice(0, FIRST_REFUSALS)) {
    const where = [
      ...(entry === null ? [] : [harmless(entry)]),
      ...(line > 0 ? [`line ${count(line)}`] : []),
    ];
    lines.push(`  ${where.length > 0 ? `${where.join(", ")}: ` : ""}${harmless(reason)}`);
    if (excerpt !== "") lines.push(`    ${harmless(excerpt.slice(0, EXCERPT).toWellFormed())}`);
  }
  const left = refused - Math.min(refusals.length, FIRST_REFUSALS);
  if (left > 0) lines.push(`  and ${count(left)} more; the page lists them under Files.`);
  return lines;
}

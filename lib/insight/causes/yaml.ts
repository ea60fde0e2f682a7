/** Plain objects as YAML. Texts of a log can be anything: what is not plainly a word is written as a quoted text. */

export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml };

export function toYaml(value: Yaml): string {
  return `${blockOf(value).join("\n")}\n`;
}

/** Lines of a list or an object; a text or a number is one line. */
function blockOf(value: Yaml): string[] {
  if (Array.isArray(value)) {
    const list = value as readonly Yaml[];
    return list.length === 0 ? ["[]"] : list.flatMap((item) => nested("- ", blockOf(item)));
  }
  if (typeof value === "object") {
    const members = Object.entries(value as { readonly [key: string]: Yaml });
    return members.length === 0 ? ["{}"] : members.flatMap(([key, member]) => memberOf(key, member));
  }
  return [scalar(value)];
}

function memberOf(key: string, value: Yaml): string[] {
  const lines = blockOf(value);
  const [first = ""] = lines;
  if (typeof value !== "object" || first === "[]" || first === "{}") return [`${scalar(key)}: ${first}`];
  const indent = Array.isArray(value) ? "" : "  ";
  return [`${scalar(key)}:`, ...lines.map((line) => `${indent}${line}`)];
}

/** The first line after the mark, the others below it. */
function nested(mark: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `${at === 0 ? mark : " ".repeat(mark.length)}${line}`);
}

/** Begins with a letter and holds nothing that means something in YAML; `no`, `on` and the like are no texts there. */
const PLAIN = /^[A-Za-z][A-Za-z0-9/._-]*$/;
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

function scalar(value: Yaml): string {
  if (typeof value !== "string") return String(value);
  return PLAIN.test(value) && !RESERVED.test(value) ? value : quoted(value);
}

/** JSON's texts are YAML's double-quoted ones; what would act on a terminal is written out. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

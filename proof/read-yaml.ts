/** Reads the small part of YAML that offered policies are written in, apart from who writes it: blocks, plain and quoted texts, numbers. */

interface Line {
  readonly indent: number;
  readonly text: string;
}

export function readYaml(text: string): unknown {
  const lines = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): Line => ({ indent: line.length - line.trimStart().length, text: line.trim() }));
  const [value, rest] = block(lines);
  if (rest.length > 0) throw new Error(`not read: ${rest[0]?.text}`);
  return value;
}

/** What stands at the indent of the first line, and the lines behind it. */
function block(lines: readonly Line[]): [unknown, readonly Line[]] {
  const [first] = lines;
  if (first === undefined) throw new Error("nothing to read");
  if (first.text.startsWith("- ")) return list(lines, first.indent);
  return keyAndRest(first.text) === undefined
    ? [scalar(first.text), lines.slice(1)]
    : object(lines, first.indent);
}

function list(lines: readonly Line[], indent: number): [unknown[], readonly Line[]] {
  const items: unknown[] = [];
  let rest = lines;
  while (rest[0]?.indent === indent && rest[0].text.startsWith("- ")) {
    const [head, ...more] = rest as [Line, ...Line[]];
    const [item, behind] = block([{ indent: indent + 2, text: head.text.slice(2) }, ...more]);
    items.push(item);
    rest = behind;
  }
  return [items, rest];
}

function object(lines: readonly Line[], indent: number): [Record<string, unknown>, readonly Line[]] {
  const members: Record<string, unknown> = {};
  let rest = lines;
  while (rest[0]?.indent === indent && !rest[0].text.startsWith("- ")) {
    const [head, ...more] = rest as [Line, ...Line[]];
    const [key, value] = keyAndRest(head.text) ?? [];
    if (key === undefined || value === undefined) throw new Error(`no key: ${head.text}`);
    if (key in members) throw new Error(`twice: ${key}`);
    const [member, behind]: [unknown, readonly Line[]] = value === "" ? block(more) : [scalar(value), more];
    members[key] = member;
    rest = behind;
  }
  return [members, rest];
}

/** `key: value`, `key:`; the key can be quoted. */
function keyAndRest(text: string): [string, string] | undefined {
  const match = /^("(?:[^"\\]|\\.)*"|[^"\s:][^:\s]*):(?: (.*))?$/.exec(text);
  return match === null ? undefined : [String(scalar(match[1] ?? "")), match[2] ?? ""];
}

function scalar(text: string): unknown {
  if (text.startsWith('"')) return JSON.parse(text);
  return /^\d+$/.test(text) ? Number(text) : text;
}

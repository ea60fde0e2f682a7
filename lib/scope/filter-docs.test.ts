import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { FILTER_LIMITS, parseFilter } from "./filter";
import { KEYS, type KeyRow } from "./keys";

const GUIDE = fileURLToPath(new URL("../../docs/filter.md", import.meta.url));
const BEGIN = /<!-- keys:begin .*-->\n/;
const END = "<!-- keys:end -->";

/** The section between the two comments, from the table of keys. */
function renderKeys(): string {
  const rows = KEYS.map((row) => [spelled(row), row.help, `${row.kind.describe}`, `\`${row.example}\``]);
  return ["", ...table(["Key", "Matches", "Value", "Example"], rows), ""].join("\n");
}

function spelled(row: KeyRow): string {
  const sides = row.sided ? `, \`from-${row.key}\`, \`to-${row.key}\`` : "";
  const aliases = "aliases" in row ? ` (also ${row.aliases.map((alias) => `\`${alias}\``).join(", ")})` : "";
  return `\`${row.key}\`${sides}${aliases}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

function withKeys(guide: string): string {
  const begin = BEGIN.exec(guide);
  const start = begin ? begin.index + begin[0].length : -1;
  const end = guide.indexOf(END);
  if (start < 0 || end < start)
    throw new Error("docs/filter.md has lost its keys:begin and keys:end comments");
  return guide.slice(0, start) + renderKeys() + guide.slice(end);
}

describe("docs/filter.md", () => {
  if (process.env.EYEPIECE_WRITE_DOCS) writeFileSync(GUIDE, withKeys(readFileSync(GUIDE, "utf8")));
  const guide = readFileSync(GUIDE, "utf8");

  it("holds the table of keys as the program has it", () => {
    expect(guide).toBe(withKeys(guide));
  });

  it("shows every key with its example", () => {
    for (const row of KEYS) {
      expect(guide).toContain(`\`${row.key}\``);
      expect(guide).toContain(`\`${row.example}\``);
    }
  });

  const examples = [...guide.matchAll(/```filter\n([\s\S]*?)```/g)].flatMap(([, body = ""]) =>
    body.trim().split("\n"),
  );
  it("has examples", () => expect(examples.length).toBeGreaterThan(8));
  it.each(examples)("shows a filter that can be read: %s", (example) => {
    expect(parseFilter(example)).toMatchObject({ ok: true });
  });

  it("states the limits that hold", () => {
    const { characters, terms, values } = FILTER_LIMITS;
    expect(guide).toContain(`at most ${characters} characters, ${terms} terms and ${values} values`);
  });
});

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { allDropReasons, DROP_GROUPS, type DropGroup, dropReasonInfo } from "./drop-reasons";
import { DROP_REASON, dropReasonText } from "./enums";
import { NOT_A_LOSS } from "./losses";

const codesOf = (group: DropGroup) =>
  allDropReasons()
    .filter((info) => info.group === group)
    .map(({ code }) => code);

describe("the catalogue of drop reasons", () => {
  it("has every code that Cilium has, and no other", () => {
    expect(allDropReasons().map(({ code }) => code)).toEqual([...DROP_REASON.nameOf.keys()]);
    expect(dropReasonInfo(159)).toBeUndefined();
  });

  // flow-formats 2.2, "Suggested groups".
  it.each<readonly [DropGroup, number[]]>([
    ["policy", [133, 177, 181, 189, 195]],
    ["no-backend", [158]],
    ["not-ready", [140, 165, 202, 203]],
    ["not-a-loss", [173, 199, 200, 201, 205]],
  ])("has as %s exactly %j", (group, codes) => {
    expect(codesOf(group)).toEqual(codes);
  });

  it.each<readonly [DropGroup, number[]]>([
    ["routing", [150, 151, 160, 164, 167, 168, 169, 190, 191, 194, 196, 197, 204]],
    ["conntrack-parse", [134, 135, 136, 137, 155, 156, 157, 163, 175]],
    ["noise", [132, 139, 142, 143, 144, 145, 146, 166, 176, 182]],
  ])("has among %s: %j", (group, codes) => {
    expect(codesOf(group)).toEqual(expect.arrayContaining(codes));
  });

  it("calls no loss what is none", () => {
    expect(new Set(codesOf("not-a-loss"))).toEqual(NOT_A_LOSS);
  });

  it("says everything in full sentences", () => {
    for (const { says, usually, next } of allDropReasons())
      for (const sentence of [says, usually, next]) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it("is the table of docs/drop-reasons.md", () => {
    const file = path.join(projectRoot(), "docs", "drop-reasons.md");
    const text = document();
    if (process.env.EYEPIECE_WRITE_DOCS === "1") writeFileSync(file, text);
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});

function document(): string {
  const sections = (Object.keys(DROP_GROUPS) as DropGroup[]).map((group) => {
    const rows = allDropReasons()
      .filter((info) => info.group === group)
      .map(
        ({ code, says, usually, next }) =>
          `| ${code} | \`${DROP_REASON.nameOf.get(code)}\` | ${dropReasonText(code)} | ${says} | ${usually} | ${next} |`,
      );
    return `## ${DROP_GROUPS[group]}\n\n| Code | Name | \`hubble observe\` says | Means | Usually | Next |\n| --- | --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  return `# Drop reasons

Why Cilium drops a packet, by code (Cilium 1.19.4). Written from \`lib/flow/drop-reasons.ts\` with \`EYEPIECE_WRITE_DOCS=1 npx vitest run lib/flow/drop-reasons\`.
What is not a loss carries the verdict DROPPED all the same; Eyepiece counts it apart. An L7 request that a rule refused has no code.

${sections.join("\n")}`;
}

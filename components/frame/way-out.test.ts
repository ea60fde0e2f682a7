import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { waysOut } from "./way-out";

describe("the way out of a refusal", () => {
  it("is there for every code that is documented", () => {
    const formats = readFileSync(path.join(projectRoot(), "docs", "formats.md"), "utf8");
    const table = formats.slice(formats.indexOf("| Code | Means | Way out |"));
    const codes = [...table.slice(0, table.indexOf("\n\n")).matchAll(/^\| `(\w+)` \|/gm)].map(
      ([, code]) => code ?? "",
    );
    expect(codes.length).toBeGreaterThan(10);
    expect(waysOut(codes).map(({ code }) => code)).toEqual(codes);
  });

  it("is said once for each code, and not for one that is not known", () => {
    const said = waysOut(["torn", "not_text", "torn", "constructor"]);
    expect(said.map(({ code }) => code)).toEqual(["torn", "not_text"]);
  });
});

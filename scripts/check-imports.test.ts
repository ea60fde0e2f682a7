import { describe, expect, it } from "vitest";
import { checkFile, readRules, sourceFiles } from "./check-imports.mjs";
import { sourceImports } from "./source-imports.mjs";

const rules = readRules();
const root = new URL("..", import.meta.url).pathname;

describe("sourceImports", () => {
  const cases: [string, string, boolean][] = [
    [`import a from "./x"`, "./x", false],
    [`import a, { b } from './x';`, "./x", false],
    [`import * as a from "./x"`, "./x", false],
    [`import "./x"`, "./x", false],
    [`import type { A } from "./x"`, "./x", true],
    [`import type A from "./x"`, "./x", true],
    [`import { type A, type B } from "./x"`, "./x", true],
    [`import { type A, b } from "./x"`, "./x", false],
    [`import d, { type A } from "./x"`, "./x", false],
    [`import type from "./x"`, "./x", false],
    [`import {\n  a, // from "./y"\n  b,\n} from "./x"`, "./x", false],
    [`export { a as from } from "./x"`, "./x", false],
    [`export * from "./x"`, "./x", false],
    [`export * as a from "./x"`, "./x", false],
    [`export type { A } from "./x"`, "./x", true],
    [`export type * from "./x"`, "./x", true],
    [`const a = await import("./x")`, "./x", false],
    [`type A = import("./x").A`, "./x", false],
    [`const a = require("./x")`, "./x", false],
    ["new Worker(new URL('./x.ts', import.meta.url))", "./x.ts", false],
    [`const a = \`\${\`}\` + (await import('./x'))}\``, "./x", false],
    ["const a = /[/'\"`]/.test(b); import('./x')", "./x", false],
    [`const a = b / c; import("./x"); const d = e / f`, "./x", false],
    [`const a = <p>Don't</p>;\nexport { b } from "./x"`, "./x", false],
    [`const a = <p title="/">{b}</p>; import("./x")`, "./x", false],
    [`export enum A { b, c }\nexport type { D } from "./x"`, "./x", true],
  ];
  it.each(cases)("finds the import in %s", (source, specifier, isType) => {
    const found = sourceImports(source);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ specifier, isType });
  });

  it.each([
    `// import "./x"`,
    `/* import "./x" */`,
    `const a = 'import "./x"'`,
    'const a = `import "./x"`',
    `a.import("./x")`,
    `export const from = "./x"`,
    `export interface A { from: "./x" }`,
    `new URL("..", import.meta.url)`,
    `new URL("./table.csv", import.meta.url)`,
  ])("finds none in %s", (source) => {
    expect(sourceImports(source)).toEqual([]);
  });

  it("gives the line of the specifier", () => {
    expect(sourceImports("// one\n`two\nthree`\nimport {\n  a\n} from './x'")).toEqual([
      { specifier: "./x", line: 6, isType: false },
    ]);
  });
});

describe("checkFile", () => {
  const check = (file: string, source: string) => checkFile(file, source, rules);

  it.each([
    ["lib/scope/a.ts", `import "@/lib/base/result"`],
    ["lib/scope/a.ts", `import "./b"; import "./c/d"`],
    ["lib/scope/c/d.ts", `import "../b"`],
    ["lib/capture/a.ts", `import Database from "libsql"`],
    ["lib/capture/a.ts", `const now = Date.now()`],
    ["lib/scope/a.ts", `// Date.now() stays out\nconst a = "Math.random"; const b = new Date(0)`],
    ["lib/scope/a.test.ts", `import "@/lib/capture/open"; Date.now()`],
    [
      "components/drops/a.tsx",
      `import { useState } from "react"; import "@/components/ui/table"; import "./b"`,
    ],
    ["components/drops/a.tsx", `import type { Drops } from "@/lib/questions/drops"`],
    [
      "app/captures/[captureId]/drops/page.tsx",
      `import "../frame"; import "@/app/captures/[captureId]/layout"`,
    ],
    ["app/api/v1/route.ts", `import "@/lib/questions/drops"; import "@/bin/engine"`],
    ["bin/server.ts", `import "@/lib/jobs/queue"; import "./engine"; import next from "next"`],
    ["scripts/generator/a.ts", `import "@/lib/capture/open"`],
    ["next.config.ts", `import type { NextConfig } from "next"`],
  ])("accepts in %s: %s", (file, source) => {
    expect(check(file, source)).toEqual([]);
  });

  it.each([
    ["lib/base/a.ts", `import "@/lib/flow/enums"`, "lib/base may import nothing from lib/flow"],
    [
      "lib/flow/a.ts",
      `import type { A } from "@/lib/capture/a"`,
      "lib/flow may import nothing from lib/capture",
    ],
    ["lib/scope/a.ts", `export * from "../capture/a"`, "lib/scope may import nothing from lib/capture"],
    ["lib/ingest/a.ts", `await import("@/lib/capture")`, "lib/ingest may import nothing from lib/capture"],
    [
      "lib/formats/a.ts",
      `import Database from "libsql"`,
      "lib/formats may not use a database package, libsql",
    ],
    [
      "lib/jobs/a.ts",
      `import { A } from "@prisma/client"`,
      "lib/jobs may not use a database package, @prisma/client",
    ],
    ["lib/questions/a.ts", `import "next/headers"`, "lib/questions may not use a next package, next/headers"],
    ["lib/flow/a.ts", `import "react"`, "lib/flow may not use a react package, react"],
    ["lib/insight/a.ts", `const a = Date.now()`, "lib/insight may not use clock, Date.now"],
    ["lib/insight/a.ts", `const a = new Date()`, "lib/insight may not use clock, Date()"],
    ["lib/scope/a.ts", `const a = Math.random()`, "lib/scope may not use randomness, Math.random"],
    ["lib/http/a.ts", `import "@/bin/engine"`, "lib/http may import nothing from bin"],
    ["components/ui/a.tsx", `import "@/lib/flow/enums"`, "components/ui may import nothing from lib/flow"],
    [
      "components/ui/a.tsx",
      `import "@/components/drops/a"`,
      "components/ui may import nothing from components/drops",
    ],
    [
      "components/drops/a.tsx",
      `import "@/components/map/a"`,
      "components/* may import nothing from components/map",
    ],
    [
      "components/drops/a.tsx",
      `import { a } from "@/lib/questions/a"`,
      "components/* may import only types of lib/questions",
    ],
    [
      "components/drops/a.tsx",
      `import type { A } from "@/lib/capture/a"`,
      "components/* may import nothing from lib/capture",
    ],
    ["app/page.tsx", `import "@/scripts/steps.mjs"`, "app may import nothing from scripts"],
    ["app/page.tsx", `import "./page.test"`, "imports a test, app/page.test"],
    ["app/a/page.tsx", `import "../b/part"`, "imports a private file of another route, app/b/part"],
  ])("refuses in %s: %s", (file, source, problem) => {
    expect(check(file, source)).toEqual([`${file}:1: ${problem}`]);
  });

  it("refuses a folder that has no row", () => {
    expect(check("lib/helpers/a.ts", "")).toEqual([
      "lib/helpers/a.ts: its folder has no row in scripts/import-rules.json",
    ]);
  });

  it("lets through what an exception names", () => {
    const exceptions = [{ file: "lib/base/a.ts", imports: "lib/flow/enums", reason: "a test" }];
    expect(checkFile("lib/base/a.ts", `import "@/lib/flow/enums"`, { ...rules, exceptions })).toEqual([]);
  });
});

describe("the project", () => {
  it("is walked without what is generated", () => {
    const files: string[] = sourceFiles(root);
    expect(files).toContain("bin/server.ts");
    expect(files).toContain("next.config.ts");
    expect(files.filter((file) => /generated|node_modules|\.next/.test(file))).toEqual([]);
  });

  it("has at most the exceptions it began with", () => {
    expect(rules.exceptions).toEqual([]);
  });
});

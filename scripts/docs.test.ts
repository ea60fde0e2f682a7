/** Keeps the documents true: links lead somewhere, named paths exist, every call of the interface is described. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CALLS } from "@/lib/interface/calls";

const root = fileURLToPath(new URL("..", import.meta.url));
const notOurs = ["node_modules", "build", "data", "generated", "test-results", "playwright-report"];
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

/** Files below a folder of the project by the end of their name, as paths from the root with slashes. */
function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.name.startsWith(".") || notOurs.includes(entry.name)) return [];
    if (entry.isDirectory()) return filesBelow(name, ending);
    return entry.name.endsWith(ending) ? [name] : [];
  });
}

const documents = filesBelow("", ".md");

/** What is written between fences and backticks is an example, not a link. */
const withoutCode = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");

/** Targets of links and pictures, without those that lead out of the project. */
function linksOf(text: string): string[] {
  const found = [...text.matchAll(/\]\(([^()\s]+)\)|\bsrc(?:set)?="([^"\s]+)"/g)];
  const targets = found.map((match) => match[1] ?? match[2] ?? "");
  return targets.filter((target) => !/^[a-z]+:/i.test(target));
}

/** Headings as GitHub names them in links. */
function anchorsOf(text: string): string[] {
  const headings = text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^#+ +(.+)$/gm);
  return [...headings].map((match) =>
    (match[1] ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function isBroken(document: string, link: string): boolean {
  const [target = "", anchor] = decodeURI(link).split("#");
  const file = target === "" ? document : path.posix.join(path.posix.dirname(document), target);
  if (!existsSync(path.join(root, file))) return true;
  return anchor !== undefined && file.endsWith(".md") && !anchorsOf(read(file)).includes(anchor);
}

const topFolders = "app|bench|bin|components|docs|e2e|lib|prisma|proof|public|scripts";
const pathInCode = new RegExp(`\`((?:${topFolders})/[\\w./[\\]-]+)\``, "g");

describe("documents", () => {
  it.each(documents)("%s: every link leads somewhere", (document) => {
    const links = linksOf(withoutCode(read(document)));
    expect(links.filter((link) => isBroken(document, link))).toEqual([]);
  });

  it.each(documents)("%s: every path it names exists", (document) => {
    const named = [...read(document).matchAll(pathInCode)].map((match) => match[1] ?? "");
    // Made by a build, and so not there in a fresh checkout.
    const checked = named.filter((name) => !name.includes("/generated"));
    expect(checked.filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
  });

  it("are all reachable from the guide's first page", () => {
    const guide = documents.filter((document) => document.startsWith("docs/"));
    const linked = guide.flatMap((document) =>
      linksOf(read(document)).map((link) =>
        path.posix.join(path.posix.dirname(document), link.split("#")[0] ?? ""),
      ),
    );
    expect(guide.filter((document) => document !== "docs/README.md" && !linked.includes(document))).toEqual(
      [],
    );
  });
});

describe("docs/architecture.md", () => {
  it("has a row for every folder that has a README", () => {
    const folders = documents.filter((document) => /^(?:lib\/)?[\w-]+\/README\.md$/.test(document));
    const linked = linksOf(read("docs/architecture.md")).map((link) => path.posix.join("docs", link));
    expect(folders.filter((folder) => folder !== "docs/README.md" && !linked.includes(folder))).toEqual([]);
  });
});

/** What stands in comments, a sentence of several lines in one. */
const comments = [".ts", ".tsx", ".mjs"]
  .flatMap((ending) => filesBelow("", ending))
  .map((file) => {
    const found = read(file).match(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm) ?? [];
    return { file, text: found.join("\n").replaceAll(/\n\s*(?:\*|\/\/)/g, "") };
  });

/** Each place where a comment cites something, with its file. */
function citations(pattern: RegExp): { readonly file: string; readonly text: string }[] {
  return comments.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)].map((match) => ({ file, text: match[1] ?? "" })),
  );
}

describe("what comments cite", () => {
  const headings = (page: string) => [...read(page).matchAll(/^#+ +(.+)$/gm)].map((match) => match[1] ?? "");

  it("are parts of docs/flow-formats.md, by their numbers", () => {
    const numbers = headings("docs/flow-formats.md").map((heading) => heading.split(" ")[0]);
    const cited = citations(/flow-formats(?: section)? (\d[\d., ]*(?:(?:to|and) \d[\d., ]*)*)/g).flatMap(
      ({ file, text }) => [...text.matchAll(/\d+(?:\.\d+)?/g)].map((match) => ({ file, part: match[0] })),
    );
    expect(cited.length).toBeGreaterThan(40);
    expect(cited.filter(({ part }) => !numbers.includes(part))).toEqual([]);
  });

  it("are headings or words of docs/product.md", () => {
    const known = [...headings("docs/product.md"), "cause"];
    const cited = citations(/product\.md, ("[^"]+"(?: and "[^"]+")*)/g).flatMap(({ file, text }) =>
      [...text.matchAll(/"([^"]+)"/g)].map((match) => ({ file, heading: match[1] ?? "" })),
    );
    expect(cited.length).toBeGreaterThan(8);
    expect(cited.filter(({ heading }) => !known.includes(heading))).toEqual([]);
  });

  it("are pages that there are", () => {
    const names = documents.map((document) => path.posix.basename(document));
    const cited = citations(/(?<![\w/.-])((?:docs\/)?[\w-]+\.md)\b/g);
    expect(cited.filter(({ text }) => !names.includes(path.posix.basename(text)))).toEqual([]);
  });
});

describe("docs/interface.md", () => {
  const described = [...read("docs/interface.md").matchAll(/^\| \[`([A-Z]+ [^`]+)`\]\(#[\w-]+\) \|/gm)].map(
    (match) => match[1],
  );

  it("lists every call of the interface, once, and no other", () => {
    const calls = Object.values(CALLS).map(({ method, address }) => `${method} ${address}`);
    expect(calls.length).toBeGreaterThanOrEqual(16);
    expect(described.toSorted()).toEqual(calls.toSorted());
  });
});

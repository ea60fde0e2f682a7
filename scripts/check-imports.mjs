#!/usr/bin/env node
// Checks the import rules (import-rules.json) in every TypeScript file of the project.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { sourceImports, tokens } from "./source-imports.mjs";

const projectRoot = fileURLToPath(new URL("..", import.meta.url));
const notOurs = ["node_modules", "build", "data", "generated", "test-results", "playwright-report"];
const isTest = (file) => /\.test\.tsx?$/.test(file);

export function readRules() {
  return JSON.parse(readFileSync(new URL("import-rules.json", import.meta.url), "utf8"));
}

/**
 * Breaches in one file, as sentences. `file` is its path from the project's root with slashes.
 * Tests are free to import what they like; so are the folders listed as free.
 */
export function checkFile(file, source, rules) {
  if (isTest(file)) return [];
  const row = rowOf(file, rules);
  if (row === "free") return [];
  if (row === undefined) return [`${file}: its folder has no row in scripts/import-rules.json`];
  const isExcepted = (target) =>
    rules.exceptions.some((entry) => entry.file === file && entry.imports === target);
  const breaches = sourceImports(source).flatMap(({ specifier, line, isType }) => {
    const target = resolve(file, specifier);
    const problem =
      target === undefined
        ? packageProblem(specifier, row, rules)
        : fileProblem(file, target, isType, row, rules);
    return problem === undefined || isExcepted(target ?? specifier) ? [] : [`${file}:${line}: ${problem}`];
  });
  return [...breaches, ...callProblems(file, source, row, rules)];
}

/** The most specific row for a file; "free" when none is needed. */
function rowOf(file, { rows, free }) {
  const folder = path.posix.dirname(file);
  if (free.some((name) => (name === "." ? folder === "." : isBelow(folder, name)))) return "free";
  const fitting = rows.filter((row) => covers(row.folder, folder));
  return fitting.sort((a, b) => b.folder.replace("*", "").length - a.folder.replace("*", "").length)[0];
}

const isBelow = (folder, name) => folder === name || folder.startsWith(`${name}/`);
const covers = (name, folder) =>
  name.endsWith("/*") ? folder.startsWith(name.slice(0, -1)) : isBelow(folder, name);

/** The imported file from the project's root, or undefined for a package. */
function resolve(file, specifier) {
  if (specifier.startsWith("@/")) return path.posix.normalize(specifier.slice(2));
  if (specifier.startsWith("."))
    return path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
  return undefined;
}

function fileProblem(file, target, isType, row, rules) {
  if (isTest(target) || /\.test$/.test(target)) return `imports a test, ${target}`;
  // Without its ending, `@/lib/base` could be a file or a folder; both belong to the folder.
  const folder = rules.rows.some((entry) => entry.folder === target) ? target : path.posix.dirname(target);
  const isOwn = home(file, rules) === home(`${folder}/x`, rules);
  if (isOwn) return row.privateRoutes ? routeProblem(file, target) : undefined;
  if (row.may.some((name) => covers(name, folder))) return undefined;
  const typesOnly = (row.types ?? []).some((name) => covers(name, folder));
  if (typesOnly && isType) return undefined;
  return `${row.folder} may import ${typesOnly ? "only types of" : "nothing from"} ${folder}`;
}

/** The folder that counts as a file's own: below a `/*` row, each folder is one of its own. */
function home(file, rules) {
  const row = rowOf(file, rules);
  if (row === "free" || row === undefined) return path.posix.dirname(file);
  return row.folder.endsWith("/*")
    ? file.split("/").slice(0, row.folder.split("/").length).join("/")
    : row.folder;
}

/** A route may use files of its own folder, of those above and of those below, not of its neighbours. */
function routeProblem(file, target) {
  const own = path.posix.dirname(file);
  const other = path.posix.dirname(target);
  return isBelow(own, other) || isBelow(other, own)
    ? undefined
    : `imports a private file of another route, ${target}`;
}

function packageProblem(specifier, row, rules) {
  const fits = (name) => (name.endsWith("/*") ? specifier.startsWith(name.slice(0, -1)) : specifier === name);
  const group = row.never.find((name) => rules.groups[name].packages.some(fits));
  return group === undefined ? undefined : `${row.folder} may not use a ${group} package, ${specifier}`;
}

/** Calls such as `Date.now` are looked for in the tokens, so that comments and texts do not count. */
function callProblems(file, source, row, rules) {
  const wanted = row.never.flatMap((group) =>
    (rules.groups[group].calls ?? []).map((call) => ({ group, call, words: tokens(call) })),
  );
  if (wanted.length === 0) return [];
  const all = tokens(source);
  const fits = (at, words) =>
    words.every((word, step) => all[at + step]?.kind === word.kind && all[at + step].text === word.text);
  return wanted.flatMap(({ group, call, words }) =>
    all.flatMap((token, at) =>
      fits(at, words) ? [`${file}:${token.line}: ${row.folder} may not use ${group}, ${call}`] : [],
    ),
  );
}

export function sourceFiles(root, folder = "") {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return notOurs.includes(entry.name) || entry.name.startsWith(".") ? [] : sourceFiles(root, name);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [name] : [];
  });
}

function checkProject(root, rules = readRules()) {
  const files = sourceFiles(root);
  return {
    files,
    breaches: files.flatMap((file) => checkFile(file, readFileSync(path.join(root, file), "utf8"), rules)),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, breaches } = checkProject(projectRoot);
  for (const breach of breaches) console.error(breach);
  console.log(
    breaches.length === 0 ? `${files.length} files keep the import rules` : `${breaches.length} breaches`,
  );
  process.exit(breaches.length === 0 ? 0 : 1);
}

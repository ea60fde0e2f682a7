#!/usr/bin/env node
// Checks package-lock.json: it must work with any registry, on every platform.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Breaches as sentences. An entry may not say where it was downloaded from, and each optional package
 * that an entry names must have an entry of its own, else `npm ci` fails on the other platforms.
 */
export function checkLock(text) {
  const { packages } = JSON.parse(text);
  return Object.entries(packages).flatMap(([name, entry]) => [
    ...(entry.resolved === undefined || entry.link
      ? []
      : [`${name}: says where it was downloaded from ("resolved")`]),
    ...Object.keys(entry.optionalDependencies ?? {})
      .filter((optional) => !isListed(packages, name, optional))
      .map((optional) => `${name}: its optional package ${optional} has no entry`),
  ]);
}

/** npm puts a package beside the one that needs it, or into any node_modules above. */
function isListed(packages, name, wanted) {
  for (let folder = name; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    if (packages[`${folder === "" ? "" : `${folder}/`}node_modules/${wanted}`] !== undefined) return true;
    if (folder === "") return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const breaches = checkLock(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
  for (const breach of breaches) console.error(breach);
  process.exit(breaches.length === 0 ? 0 : 1);
}

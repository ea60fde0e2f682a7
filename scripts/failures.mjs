// What went wrong in a run of tests, in a few lines each. They stand at the end of what `npm test` prints: of a long
// run on a machine far away, the end is often all there is to see.
import path from "node:path";
import { stripVTControlCharacters } from "node:util";

const LINES = 8;
const COLUMNS = 160;

/** First lines of a message, without colours, empty lines and what is far to the right. */
function inShort(message = "") {
  return stripVTControlCharacters(message)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, LINES)
    .map((line) => `    ${line.trim().slice(0, COLUMNS)}`);
}

/**
 * Failed tests, and files that could not be run, of Vitest's JSON report.
 * @param {{ testResults?: object[] }} report
 * @param {string} root
 * @returns {string[]}
 */
export function failedTests({ testResults = [] }, root) {
  return testResults.flatMap(({ name, status, message, assertionResults = [] }) => {
    const file = path.relative(root, name);
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0) return status === "failed" ? [`${file}`, ...inShort(message)] : [];
    return failed.flatMap((test) => [`${file}: ${test.fullName}`, ...inShort(test.failureMessages?.[0])]);
  });
}

/**
 * Stories that failed, and those that passed at a second attempt, of Playwright's JSON report
 * (playwright.config.ts says why the latter are let through).
 * @param {object[]} suites
 * @returns {string[]}
 */
export function failedStories(suites = []) {
  return suites.flatMap(({ file, specs = [], suites: inner }) => [
    ...specs.flatMap(({ title, tests }) => tests.flatMap((test) => storyFailure(`${file}: ${title}`, test))),
    ...failedStories(inner),
  ]);
}

function storyFailure(name, { status, results = [] }) {
  if (status !== "flaky" && status !== "unexpected") return [];
  const [failed] = results.filter((result) => result.status !== "passed");
  const says = status === "flaky" ? `${name} (passed at the second attempt)` : name;
  return [says, ...inShort(failed?.error?.message)];
}

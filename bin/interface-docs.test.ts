/**
 * The examples of docs/interface.md, run against the sample capture.
 *
 * An example is a shell block with one `curl` over `samplecapture`, then a block with its answer. What the guide
 * shortens it marks: a text that ends in `…` is the beginning of one, the member or element `"…"` stands for any
 * more, a number must be right.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "@/lib/base/log";
import { projectRoot } from "@/lib/base/project-root";
import type { Call } from "@/lib/interface/call";
import { CALLS } from "@/lib/interface/calls";
import { splitShellWords } from "@/lib/scope/shell-words";
import { createEngine, type Engine } from "./engine";

const GUIDE = readFileSync(path.join(projectRoot(), "docs", "interface.md"), "utf8");

interface Example {
  readonly title: string;
  readonly url: URL;
  /** `json` or `text`. */
  readonly language: string;
  readonly answer: string;
}

const examples: readonly Example[] = [
  ...GUIDE.matchAll(/^```sh\n(curl [^`]*?samplecapture[^`]*?)```\n+```(json|text)\n([\s\S]*?)^```$/gm),
].map(([, command = "", language = "", answer = ""]) => {
  const url = urlOf(command);
  return { title: decodeURIComponent(url.pathname + url.search), url, language, answer };
});

/** The address that curl asks for: `-G` puts what `-d` and `--data-urlencode` say behind it. */
function urlOf(command: string): URL {
  const words = splitShellWords(command);
  if (!words.ok) throw new Error(words.message);
  let url: URL | undefined;
  const parameters = new URLSearchParams();
  for (let at = 1; at < words.words.length; at++) {
    const word = words.words[at] ?? "";
    if (word === "-d" || word === "--data-urlencode") {
      const [name = "", ...value] = (words.words[++at] ?? "").split("=");
      parameters.append(name, value.join("="));
    } else if (word.startsWith("http")) url = new URL(word);
  }
  if (url === undefined) throw new Error(`no address in ${command}`);
  for (const [name, value] of parameters) url.searchParams.append(name, value);
  return url;
}

const dataDir = mkdtempSync(path.join(tmpdir(), "eyepiece-guide-"));
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine(
    dataDir,
    createLog(
      () => undefined,
      () => new Date(0),
    ),
  );
  const { id } = await engine.captures.openSample();
  while (engine.captures.progress(id).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
});
afterAll(async () => {
  await engine.close();
  rmSync(dataDir, { recursive: true, force: true });
});

type Get = (request: Request, route: { params: Promise<Record<string, string>> }) => Promise<Response>;

/** As Next would find the route: a part that is fixed wins over one that is a parameter. */
async function get(url: URL): Promise<Response> {
  const parts = url.pathname.replace("/api/v1", "").split("/").map(decodeURIComponent);
  const fitting = Object.values<Call>(CALLS).flatMap(({ method, address }) => {
    const params = method === "GET" ? match(address.split("/"), parts) : undefined;
    return params === undefined ? [] : [{ address, params }];
  });
  const [best] = fitting.sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  if (best === undefined) throw new Error(`no call at ${url.pathname}`);
  const folder = best.address.replaceAll(/\{(\w+)\}/g, "[$1]");
  const file = path.join(projectRoot(), "app", "api", "v1", folder, "route.ts");
  const { GET }: { GET: Get } = await import(pathToFileURL(file).href);
  return GET(new Request(url), { params: Promise.resolve(best.params) });
}

function match(address: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (address.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [n, part] of address.entries()) {
    if (part.startsWith("{")) params[part.slice(1, -1)] = parts[n] ?? "";
    else if (part !== parts[n]) return undefined;
  }
  return params;
}

/** The first place where an answer is not what the guide shows; undefined when it is. */
function difference(shown: unknown, answered: unknown, at = "answer"): string | undefined {
  // Files that arrive together may be settled in one revision.
  if (at === "answer.meta.revision") return typeof answered === "number" ? undefined : `${at} is missing`;
  if (typeof shown === "string" && shown.endsWith("…") && typeof answered === "string")
    return answered.startsWith(shown.slice(0, -1)) ? undefined : `${at}: ${answered}`;
  if (Array.isArray(shown) && Array.isArray(answered)) {
    const isOpen = shown.at(-1) === "…";
    const listed = isOpen ? shown.slice(0, -1) : shown;
    if (isOpen ? answered.length < listed.length : answered.length !== listed.length)
      return `${at}: ${answered.length} elements`;
    return firstOf(listed.map((element, n) => difference(element, answered[n], `${at}[${n}]`)));
  }
  if (isObject(shown) && isObject(answered)) {
    const names = Object.keys(shown).filter((name) => name !== "…");
    const missing = "…" in shown ? [] : Object.keys(answered).filter((name) => !names.includes(name));
    if (missing.length > 0) return `${at} also has ${missing.join(", ")}`;
    return firstOf(names.map((name) => difference(shown[name], answered[name], `${at}.${name}`)));
  }
  // The sample's files are settled one by one or together, as they happen to wait for each other.
  if (at === "answer.meta.revision" && [1, 2, 3].includes(answered as number)) return undefined;
  return Object.is(shown, answered) ? undefined : `${at}: ${JSON.stringify(answered)}`;
}

const firstOf = (found: readonly (string | undefined)[]): string | undefined =>
  found.find((one) => one !== undefined);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

describe("the guide to the interface", () => {
  it("has examples over the sample capture", () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
  });

  it.each(examples)("$title", async ({ url, language, answer }) => {
    const response = await get(url);
    const text = await response.text();
    expect(response.status, text).toBe(200);
    if (language === "json") expect(difference(JSON.parse(answer), JSON.parse(text))).toBeUndefined();
    else expect(text.replaceAll("\r\n", "\n")).toContain(answer.split("…")[0]);
  });
});

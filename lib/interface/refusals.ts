/** Why what was sent is not taken, in words that say what would be: zod's own name neither the value nor the way out. */

import { z } from "zod";
import { fail, type Result } from "@/lib/base/result";
import { unreachable } from "@/lib/base/unreachable";

/** Where the values stood, which decides what one of them is called. */
export type Place = "path" | "query" | "body";

const UNKNOWN = {
  path: "The address has no part",
  query: "There is no parameter",
  body: "There is no member",
};
const MOST_SHOWN = 60;

/** Reads what was sent by its schema; members that the schema does not know are refused wherever they stand. */
export function readSent(place: Place, schema: z.ZodType, sent: unknown): Result<unknown> {
  const parsed = schema.safeParse(sent, { error: wordsOf, reportInput: true });
  if (!parsed.success) return refusal(place, schema, parsed.error.issues);
  const unknown = unknownMember(sent, parsed.data, []);
  if (unknown === undefined) return { ok: true, value: parsed.data };
  const known = unknown.length === 1 && schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const hint = known.length > 0 ? `Known here: ${known.join(", ")}.` : undefined;
  const parameter = unknown.join(".");
  return fail("bad_request", `${UNKNOWN[place]} \`${shown(parameter)}\`.`, hint, { parameter });
}

/** The first issue: with it mended, the next is told. */
function refusal(place: Place, schema: z.ZodType, [issue]: readonly z.core.$ZodIssue[]): Result<never> {
  if (issue === undefined) return fail("bad_request", "This cannot be read.");
  // A parameter is one text, whatever is read from it.
  const parameter = place === "query" ? String(issue.path[0] ?? "") : issue.path.join(".");
  if (parameter === "")
    return fail(
      "bad_request",
      sentence(issue.code === "custom" ? issue.message : `The ${place} ${issue.message}`),
    );
  const described = schema instanceof z.ZodObject ? schema.shape[String(issue.path[0])] : undefined;
  const about = issue.path.length === 1 && described instanceof z.ZodType ? described.description : undefined;
  const hint = about === undefined ? undefined : `\`${parameter}\`: ${about}`;
  return fail("bad_request", sentence(`\`${parameter}\` ${issue.message}`), hint, { parameter });
}

function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

/** Follows the name: "`limit` must be ...". Undefined leaves it to zod. */
function wordsOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) return "is missing";
  switch (issue.code) {
    case "invalid_value":
      return `must be one of ${issue.values.join(", ")}${not(issue.input)}`;
    case "invalid_type":
      return `must be ${typeWords(issue.expected)}${not(issue.input)}`;
    case "too_small":
      return `must ${bound(issue.origin, "least", issue.minimum)}${issue.input === "" ? "" : not(issue.input)}`;
    case "too_big":
      return `must ${bound(issue.origin, "most", issue.maximum)}${not(issue.input)}`;
    case "invalid_format":
      return `does not have the form of such a text${not(issue.input)}`;
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
    case "not_multiple_of":
      return `is not what can stand there${not(issue.input)}`;
    case "unrecognized_keys":
    case "custom":
      return undefined;
    default:
      return unreachable(issue);
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

function typeWords(expected: string): string {
  return TYPE_WORDS[expected] ?? "of another type";
}

function bound(origin: string, which: "least" | "most", amount: number | bigint): string {
  if (which === "least" && amount === 1 && (origin === "string" || origin === "array")) return "not be empty";
  if (origin === "string") return `have at ${which} ${amount.toLocaleString("en-GB")} characters`;
  if (origin === "array" || origin === "set")
    return `have at ${which} ${amount.toLocaleString("en-GB")} elements`;
  return `be at ${which} ${amount.toLocaleString("en-GB")}`;
}

/** What was sent, where it is short enough to help; a text that is no number has become NaN by then. */
function not(input: unknown): string {
  const isShort = typeof input === "string" ? input.length <= MOST_SHOWN : typeof input === "number";
  return isShort && !Number.isNaN(input) ? `, not \`${String(input)}\`` : "";
}

function shown(name: string): string {
  return name.length <= MOST_SHOWN ? name : `${name.slice(0, MOST_SHOWN)}…`;
}

/** The way to the first member that was sent and is not among what was read. */
function unknownMember(sent: unknown, read: unknown, way: readonly string[]): readonly string[] | undefined {
  if (typeof sent !== "object" || sent === null || typeof read !== "object" || read === null)
    return undefined;
  for (const [name, value] of Object.entries(sent)) {
    if (!Object.hasOwn(read, name)) return [...way, name];
    const unknown = unknownMember(value, (read as Readonly<Record<string, unknown>>)[name], [...way, name]);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

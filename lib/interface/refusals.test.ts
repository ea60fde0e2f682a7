import { describe, expect, it } from "vitest";
import { z } from "zod";
import { newInvestigationSchema } from "@/lib/investigations/investigation";
import type { Call } from "./call";
import { CALLS } from "./calls";
import { type Place, readSent } from "./refusals";

/** Message, hint and the place, of a refusal. */
function told(place: Place, schema: z.ZodType, sent: unknown): readonly unknown[] {
  const read = readSent(place, schema, sent);
  if (read.ok) return ["taken"];
  const { message, hint, details } = read.failure;
  return [message, hint, details?.parameter];
}

describe("what was sent", () => {
  const timeline = CALLS.timeline.query;

  it.each<readonly [string, Record<string, string>, readonly unknown[]]>([
    [
      "a word that is not among the choices",
      { by: "pod" },
      [expect.stringMatching(/^`by` must be one of verdict, reason, .*, not `pod`\.$/), undefined, "by"],
    ],
    ["a number that is none", { buckets: "many" }, ["`buckets` must be a number.", undefined, "buckets"]],
    [
      "a fraction of a whole number",
      { buckets: "2.5" },
      ["`buckets` must be a whole number, not `2.5`.", undefined, "buckets"],
    ],
    [
      "a number that is too small",
      { buckets: "1" },
      ["`buckets` must be at least 2, not `1`.", undefined, "buckets"],
    ],
    [
      "a number that is too large",
      { buckets: "9999" },
      [expect.stringMatching(/^`buckets` must be at most [\d,]+, not `9999`\.$/), undefined, "buckets"],
    ],
    [
      "a text that is too long",
      { q: "x".repeat(10_001) },
      ["`q` must have at most 10,000 characters.", "`q`: The filter; see docs/filter.md.", "q"],
    ],
    [
      "a parameter that there is not",
      { bucket: "5" },
      [
        "There is no parameter `bucket`.",
        expect.stringMatching(/^Known here: q, from, to, revision, /),
        "bucket",
      ],
    ],
  ])("%s is refused by name, with what would be right", (_what, query, expected) => {
    const [message, hint, parameter] = told("query", timeline, query);
    expect([message, parameter]).toEqual([expected[0], expected[2]]);
    if (expected[1] !== undefined) expect(hint).toEqual(expected[1]);
  });

  it("is refused where one that must be there is missing", () => {
    expect(told("query", CALLS.facets.query, {})[0]).toBe("`keys` is missing.");
    expect(told("body", newInvestigationSchema, { captureId: "abcdefghij" })[0]).toBe("`title` is missing.");
  });

  it("is refused with a member that nobody reads, at any depth", () => {
    const pin = { id: "abcdefgh", view: null, link: "", title: "", note: "", pinnedAt: "" };
    const whole = { captureId: "abcdefghij", title: "Case", pins: [pin] };
    expect(told("body", newInvestigationSchema, whole)).toEqual(["taken"]);
    expect(told("body", newInvestigationSchema, { ...whole, colour: "red" })).toEqual([
      "There is no member `colour`.",
      "Known here: captureId, title, status, notes, pins.",
      "colour",
    ]);
    expect(
      told("body", newInvestigationSchema, {
        ...whole,
        pins: [pin, { ...pin, id: "abcdefgi", colour: 1 }],
      })[0],
    ).toBe("There is no member `pins.1.colour`.");
  });

  it("is refused as a whole where it is no object", () => {
    expect(told("body", CALLS.createCapture.body, [])[0]).toBe("The body must be an object.");
    expect(told("body", CALLS.createCapture.body, { name: " " })[0]).toBe("`name` must not be empty.");
  });
});

describe("every parameter of every call", () => {
  const parameters = Object.entries<Call>(CALLS).flatMap(([call, { query }]) =>
    Object.keys(query.shape).map((name) => ({ call, name, query })),
  );

  it.each(parameters)("$call $name is refused in our words", ({ name, query }) => {
    const refused = ["~", "-1", "1.5", "x".repeat(20_000)].flatMap((value) => {
      const read = readSent("query", z.object(query.shape).partial(), { [name]: value });
      return read.ok ? [] : [read.failure];
    });
    expect(refused).not.toEqual([]);
    for (const { message, details } of refused) {
      expect(message).toMatch(new RegExp(`^\`${name}\` (must|does not|is not) .*\\.$`));
      expect(message).not.toMatch(/Invalid|expected|received|Too |NaN/);
      expect(details?.parameter).toBe(name);
    }
  });
});

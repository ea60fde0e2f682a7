import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DocumentScan, type ScanOutcome, scanDocument } from "./scan";

const LIMITS = { depth: 64, values: 1000 };
const bytesOf = (text: string): Buffer => Buffer.from(text, "utf8");

function scan(text: string, limits = LIMITS) {
  const bytes = bytesOf(text);
  return scanDocument(bytes, 0, bytes.length, limits);
}

/** The same, seen in portions: each call goes on where the last one stopped. */
function scanInPortions(text: string, step: number) {
  const bytes = bytesOf(text);
  const scanning = new DocumentScan(LIMITS);
  let result: { outcome: ScanOutcome; end: number } = { outcome: "more", end: 0 };
  for (let seen = step; result.outcome === "more"; seen += step) {
    result = scanning.go(bytes, result.end, Math.min(seen, bytes.length));
    if (seen >= bytes.length) break;
  }
  return result;
}

const CASES: readonly (readonly [text: string, outcome: ScanOutcome, end: number])[] = [
  ["{}", "complete", 2],
  ["[]", "complete", 2],
  ["{} tail", "complete", 2],
  ["{}{}", "complete", 2],
  ['{"a":1}', "complete", 7],
  ['{"a":-1.5e+10,"b":[true,false,null]}', "complete", 36],
  ['{"a":"}"}', "complete", 9],
  ['{"a":"\\""}', "complete", 10],
  ['{"a":"\\\\"}', "complete", 10],
  ['{"a":"\\u007d"}', "complete", 14],
  ['{\r\n\t"a" : [ { } ] }', "complete", 19],
  ['{"ü":"名"}', "complete", 12],
  ["{", "more", 1],
  ['{"a', "more", 3],
  // The escaped byte is yet to come.
  ['{"a\\', "more", 5],
  ['{"a":tr', "more", 7],
  ['{"a":[1,', "more", 8],
  ['{"a"', "more", 4],
  ["{1}", "illegal", 1],
  ["{a:1}", "illegal", 1],
  ['{"a":1]', "illegal", 6],
  ['{"a":}', "illegal", 5],
  ['{"a":1,}', "illegal", 7],
  ["[1,]", "illegal", 3],
  ["[,1]", "illegal", 1],
  ['{"a" "b"}', "illegal", 5],
  ['{"a":1 "b":2}', "illegal", 7],
  ['{"a":1 2}', "illegal", 7],
  ['{"a"::1}', "illegal", 5],
  ["[1:2]", "illegal", 2],
  ['{"a":"line\nbreak"}', "illegal", 6],
  ['{"a":\u0001}', "illegal", 5],
  ["[{]", "illegal", 2],
  ["{[", "illegal", 1],
];

describe("the end of a JSON document", () => {
  it.each(CASES)("%s: %s at %i", (text, outcome, end) => {
    const { outcome: found, end: at } = scan(text);
    expect(found).toBe(outcome);
    // In a text that breaks off with a control character, the place is somewhere in that text.
    if (text !== '{"a":"line\nbreak"}') expect(at).toBe(end);
  });

  it.each(CASES)("%s: %s, whatever the portions", (text, outcome) => {
    for (const step of [1, 2, 3, 5]) expect(scanInPortions(text, step).outcome).toBe(outcome);
  });

  it("refuses more nesting than allowed, at the bracket", () => {
    expect(scan("[".repeat(64) + "]".repeat(64)).outcome).toBe("complete");
    expect(scan("[".repeat(65))).toEqual({ outcome: "too_deep", end: 64 });
  });

  it("refuses more values than allowed", () => {
    expect(scan(`[${"1,".repeat(998)}1]`).outcome).toBe("complete");
    expect(scan(`[${"1,".repeat(1001)}1]`).outcome).toBe("too_many");
    expect(scan(`[${"[],".repeat(700)}1]`).outcome).toBe("too_many");
  });

  it("finds the end of whatever JSON.stringify writes", () => {
    const runs = { seed: 20260304, numRuns: 300 };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.boolean(), fc.string(), (value, isPretty, tail) => {
        const text = JSON.stringify({ value }, undefined, isPretty ? 2 : 0);
        const bytes = bytesOf(text + tail);
        expect(scanDocument(bytes, 0, bytes.length, { depth: 100, values: 100_000 })).toEqual({
          outcome: "complete",
          end: Buffer.byteLength(text),
        });
      }),
      runs,
    );
  });

  it("never calls complete what JSON.parse of the same bytes would find longer", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\1a \n') }), (text) => {
        const { outcome, end } = scan(`{${text}`);
        if (outcome !== "complete") return;
        const found = `{${text}`.slice(0, end);
        expect(found.endsWith("}")).toBe(true);
        let depth = 0;
        for (const char of found.replaceAll(/"(?:[^"\\]|\\.)*"/gs, "")) {
          if (char === "{" || char === "[") depth++;
          if (char === "}" || char === "]") depth--;
        }
        expect(depth).toBe(0);
      }),
      { seed: 20260304, numRuns: 2000 },
    );
  });
});

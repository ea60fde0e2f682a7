/** The filter over real logs and one that the generator made, two ways: every key, value, side and negation, and filters of several terms. */

import { describe, expect, it } from "vitest";
import { generateLogs, REAL_LOGS, sharedProofs } from "./captures";
import { differences, filtersOver, termsOver } from "./filter-model";
import { readModel } from "./model";

const proofOf = sharedProofs();
const generated = await generateLogs(41, 1500);
/** Each log by itself, all of them in one capture, and a generated one, which has what they lack. */
const CAPTURES = [
  ...REAL_LOGS.map((log) => ({ name: log.name, logs: [log] })),
  ...(REAL_LOGS.length > 0 ? [{ name: "all together", logs: REAL_LOGS }] : []),
  { name: "generated", logs: generated.logs },
];

describe(`the filter over real logs${REAL_LOGS.length === 0 ? " (which are not here)" : ""} and a generated one`, () => {
  it.each(CAPTURES)("$name: finds what the slow way finds", ({ logs }) => {
    const flows = readModel(logs.map(({ text }) => text));
    expect(
      differences(proofOf(logs), flows, filtersOver(flows, logs.length === 1 ? 2 : 3, 40, 20 + logs.length)),
    ).toEqual([]);
  });

  it("is asked by nearly every key", () => {
    const flows = readModel(generated.logs.map(({ text }) => text));
    const keys = new Set(termsOver(flows, 1).map(({ key }) => key));
    expect(keys.size).toBeGreaterThanOrEqual(40);
  });
});

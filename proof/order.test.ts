/** The answers do not depend on the order of files or lines, nor on how lines are spread over files. */

import { beforeAll, describe, expect, it } from "vitest";
import { DROPS_BY } from "@/lib/questions/answers-drops";
import { MAP_LEVELS } from "@/lib/questions/answers-map";
import { generateLogs, type Log, linesOf, ProofCapture, REAL_LOGS, sharedProofs, textOf } from "./captures";

const proofOf = sharedProofs();
/** A shuffle that a failing run can repeat (mulberry32). */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** Everything that can be asked without naming a record, without the number of the revision. */
function answersOf(proof: ProofCapture): unknown {
  const answers = [
    proof.ask("summary"),
    proof.ask("summary", { q: "verdict:DROPPED" }),
    proof.ask("timeline", { buckets: "50" }),
    proof.ask("timeline", { buckets: "20", by: "drops" }),
    proof.ask("timeline", { buckets: "20", by: "namespace" }),
    ...DROPS_BY.map((by) => proof.ask("drops", { by })),
    ...MAP_LEVELS.map((level) => proof.ask("map", { level })),
    ...["http", "grpc"].map((protocol) => proof.ask("l7", { protocol })),
    proof.ask("workloads"),
  ].map(({ meta, ...answer }) => ({ ...answer, meta: { ...meta, revision: 0 } }));
  return [...answers, proof.walk().map(flowOf).sort()];
}

/** Equal times keep the order of the files, so a page's order may differ; its flows may not. */
const flowOf = (flow: object): string => JSON.stringify(flow);

const generated = (await generateLogs(7, 3000)).logs;
const captures: readonly (readonly [string, readonly Log[]])[] = [
  ["a generated log", generated],
  ...(REAL_LOGS.length > 0 ? [["the real logs", REAL_LOGS] as const] : []),
];

describe.each(captures)("%s", (_name, logs) => {
  let answers: unknown;
  beforeAll(() => {
    answers = answersOf(proofOf(logs));
  });

  it("answers alike whatever the order of its files", () => {
    expect(answersOf(new ProofCapture(logs.toReversed()))).toEqual(answers);
    expect(answersOf(new ProofCapture(shuffled(logs, 3)))).toEqual(answers);
  });

  it("answers alike whatever the order of its lines", () => {
    const orders = [
      (lines: string[]) => shuffled(lines, 1),
      (lines: string[]) => shuffled(lines, 2),
      (lines: string[]) => lines.toReversed(),
    ];
    for (const order of orders) {
      const other = logs.map(({ name, text }) => ({ name, text: textOf(order(linesOf(text))) }));
      expect(answersOf(new ProofCapture(other))).toEqual(answers);
    }
  });

  it("answers alike when a file without equal lines is split in two", () => {
    const whole = logs.map(({ name, text }) => ({ name, text: textOf([...new Set(linesOf(text))]) }));
    // Of every other file the later part comes first.
    const halves = whole.flatMap(({ name, text }, n) => {
      const lines = linesOf(text);
      const middle = Math.floor(lines.length / 3);
      const parts = [
        { name: `${name}.1`, text: textOf(lines.slice(0, middle)) },
        { name: `${name}.2`, text: textOf(lines.slice(middle)) },
      ];
      return n % 2 === 0 ? parts.toReversed() : parts;
    });
    expect(answersOf(new ProofCapture(halves))).toEqual(answersOf(new ProofCapture(whole)));
  });

  it("gives the numbers back when a file that was added is removed", () => {
    const [first, ...others] = logs;
    if (first === undefined) throw new Error("no log");
    const proof = new ProofCapture(others);
    const before = answersOf(proof);
    const { id } = proof.capture.add(first.name, first.text);
    expect(answersOf(proof)).toEqual(answers);
    proof.capture.remove(id);
    expect(answersOf(proof)).toEqual(before);
  });
});

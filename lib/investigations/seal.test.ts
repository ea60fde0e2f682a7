import { describe, expect, it } from "vitest";
import { type ContentSeal, checkPin, type PinSeal } from "./seal";

const [one, two] = ["1".repeat(64), "2".repeat(64)];
const content: ContentSeal = {
  revision: 1,
  digest: one,
  files: [
    { name: "a.log", digest: one },
    { name: "b.log", digest: one },
  ],
  count: 2,
};
const seal: PinSeal = {
  at: "2026-03-04T06:00:00.000Z",
  rules: 11,
  program: "aa",
  answers: [
    { question: "summary", digest: one },
    { question: "drops", digest: one },
  ],
  events: 100,
  drops: 10,
};
const otherDrops = {
  ...seal,
  drops: 9,
  answers: [seal.answers[0] ?? never(), { question: "drops", digest: two }],
};

function never(): never {
  throw new Error("there is a first answer");
}

describe("a pin that is opened again", () => {
  it.each([
    ["same", "The same as when it was saved, on 2026-03-04.", content, seal],
    // Another program that answers the same is no news.
    ["same", "The same as when it was saved, on 2026-03-04.", content, { ...seal, program: "bb", rules: 12 }],
    // The report of a view was given more to show: nothing was changed.
    [
      "newer-rules",
      "The same data, answered by newer rules: dnsLatency differs.",
      content,
      { ...seal, answers: [...seal.answers, { question: "dnsLatency", digest: two }] },
    ],
    [
      "newer-rules",
      "The same data, answered by newer rules: drops differs (saved with 100 events and 10 drops, now 100 events and 9 drops).",
      content,
      { ...otherDrops, program: "bb" },
    ],
    ["newer-rules", "newer rules: drops differs", content, { ...otherDrops, drops: 10, rules: 12 }],
    ["differs", "although the records are the same: drops differs", content, otherDrops],
    [
      "differs",
      "The records are not those that were saved: b.log was changed.",
      { ...content, digest: two, files: [content.files[0] ?? never(), { name: "b.log", digest: two }] },
      seal,
    ],
    [
      "differs",
      "b.log is missing, c.log was added",
      { ...content, digest: two, files: [content.files[0] ?? never(), { name: "c.log", digest: one }] },
      seal,
    ],
  ] satisfies [string, string, ContentSeal, PinSeal][])("is %s: %s", (state, says, nowContent, nowSeal) => {
    const check = checkPin({ content, seal }, { content: nowContent, seal: nowSeal });
    expect(check.state).toBe(state);
    expect(check.says).toContain(says);
  });

  it("cannot be compared when nothing was kept", () => {
    expect(checkPin({ content: undefined, seal: undefined }, { content, seal }).state).toBe("not-checked");
  });
});

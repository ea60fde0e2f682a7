import { expect, test } from "vitest";
import { lacksOf } from "./lacks";

const total = {
  queries: 10,
  responses: 9,
  errors: { NXDOMAIN: 4 },
  nameless: 0,
  namelessResponses: 0,
  unpaired: 0,
  unasked: 0,
};
const nothing = { questions: false, names: false, outcomes: false, successes: false };

test.each([
  ["single flows lack nothing", {}, {}],
  ["a scope of answers alone does not say that their questions are not in the log", { queries: 0 }, {}],
  ["nor does an empty scope", { queries: 0, responses: 0, errors: {} }, {}],
  ["one name is a name", { nameless: 9, namelessResponses: 9 }, {}],
  [
    "aggregated questions and answers",
    { nameless: 10, namelessResponses: 9, unpaired: 10, unasked: 9 },
    { names: true, outcomes: true },
  ],
  [
    "rows of Log Analytics that have a code only where it is an error",
    { queries: 0, responses: 4, namelessResponses: 4, unasked: 4 },
    { questions: true, names: true, outcomes: true, successes: true },
  ],
])("%s", (_name, more, expected) => {
  expect(lacksOf({ ...total, ...more })).toEqual({ ...nothing, ...expected });
});

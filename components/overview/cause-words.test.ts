import { expect, test } from "vitest";
import { formatFilter } from "@/lib/scope/filter";
import { type Cause, countTerms, countText, effectTexts, explainAddress, whenText } from "./cause-words";

const at = (clock: string) => `2026-05-12T${clock}.000000000Z`;
const capture = { first: at("09:40:00"), last: at("10:01:00") };
const EMPTY = { filter: { terms: [] } };

function cause(members: Partial<Cause>): Cause {
  return {
    causeId: "0123456789abcdef",
    kind: "drop",
    type: "default-deny",
    class: "never-worked",
    position: 1,
    sentence: "",
    remedy: { text: "", yaml: null },
    client: null,
    server: null,
    subject: null,
    port: null,
    protocol: null,
    confidence: "certain",
    clients: 1,
    count: 107,
    countInCapture: 107,
    trend: [],
    unit: "drops",
    attempts: 27,
    first: at("09:50:47"),
    last: at("10:00:50"),
    worked: { before: null, since: null },
    rhythmNs: null,
    example: null,
    ...members,
  };
}

test("the effect names its unit, and what the count does not say", () => {
  expect(countText(cause({ count: 1 }))).toBe("1 drop");
  expect(countText(cause({ count: 26, unit: "queries" }))).toBe("26 DNS queries");
  expect(effectTexts(cause({ clients: 3, rhythmNs: "29600000000" }))).toEqual([
    "in 27 attempts",
    "of 3 workloads",
    "every 30 s",
  ]);
  expect(effectTexts(cause({ unit: "attempts", attempts: 3 }))).toEqual([]);
  // All of them are counted at another cause.
  expect(effectTexts(cause({ attempts: 0 }))).toEqual([]);
  expect(effectTexts(cause({ count: 5, attempts: null }))).toEqual(["of 107 in the capture"]);
});

test("from when on, whether it worked before, and whether it had ended well before the capture", () => {
  expect(whenText(cause({}), capture, "utc")).toBe("first at 09:50:47, to the end");
  expect(whenText(cause({ last: at("09:53:39") }), capture, "utc")).toBe(
    "first at 09:50:47, last at 09:53:39",
  );
  const broken = cause({ class: "broken-since", worked: { before: at("09:50:23"), since: null } });
  expect(whenText(broken, capture, "utc")).toBe("worked until 09:50:23, broken since 09:50:47, to the end");
  expect(whenText(cause({ first: null }), capture, "utc")).toBe("no time");
});

test("drops and DNS are explained by their cause, in the whole scope; what has no view of its own leads to its flows", () => {
  expect(explainAddress("c1", EMPTY, cause({}))).toBe("/captures/c1/drops?cause=0123456789abcdef");
  expect(explainAddress("c1", EMPTY, cause({ kind: "dns" }))).toBe("/captures/c1/dns?cause=0123456789abcdef");
  expect(explainAddress("c1", EMPTY, cause({ kind: "tcp" }))).toMatch(
    /^\/captures\/c1\/workloads\?q=cause:0123456789abcdef&part=connections$/,
  );
});

test.each([
  [{ unit: "drops" }, "drop:yes cause:0123456789abcdef"],
  [{ unit: "attempts" }, "cause:0123456789abcdef"],
  [{ unit: "queries", type: "search-list" }, "cause:0123456789abcdef dns:query"],
  [{ unit: "queries", type: "failing-name" }, "cause:0123456789abcdef dns:response"],
  [{ unit: "requests" }, "cause:0123456789abcdef request:http,grpc,kafka"],
] as const)(
  "what %o counts is found as often as it is counted: a question with its answer is one",
  (members, filter) => {
    expect(formatFilter({ terms: countTerms(cause(members)) })).toBe(filter);
  },
);

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  applyCompletion,
  beginsWith,
  completionAt,
  proposeForms,
  proposeKeys,
  proposeValues,
  searchTerm,
} from "./complete";
import { parseFilter } from "./filter";
import { RUNS, SEED } from "./testing";
import { hostileText } from "./testing-values";

/** `|` is the cursor; `[` and `]` enclose what a proposal replaces. Values of the tests contain none of them. */
function drawn(marked: string): { text: string; cursor: number; range: { start: number; end: number } } {
  const cursor = marked.replaceAll(/[[\]]/g, "").indexOf("|");
  const bare = marked.replace("|", "");
  const start = bare.indexOf("[");
  return { text: bare.replaceAll(/[[\]]/g, ""), cursor, range: { start, end: bare.indexOf("]") - 1 } };
}

describe("completionAt on keys", () => {
  const cases: [marked: string, prefix: string, hasColon: boolean][] = [
    ["[|]", "", false],
    ["[ver|]", "ver", false],
    ["![fr|om]", "fr", false],
    ["port:80 [|]", "", false],
    ["port:80 [|po]", "", false],
    ["[ve|rdict]:DROPPED", "ve", true],
    ["[verdict|]:DROPPED", "verdict", true],
    ["|![port]:80", "", true],
    ["port:80  [|]  verdict:ERROR", "", false],
  ];
  it.each(cases)("%s", (marked, prefix, hasColon) => {
    const { text, cursor, range } = drawn(marked);
    expect(completionAt(text, cursor)).toMatchObject({ kind: "key", prefix, range, hasColon });
  });

  it("tells a negated term, and a word that could be searched for", () => {
    expect(completionAt("!po", 3)).toMatchObject({ negated: true, bare: "po" });
    expect(completionAt('"api gate', 9)).toMatchObject({ negated: false, bare: "api gate" });
    expect(completionAt("port:1 ", 7)).not.toHaveProperty("bare");
    expect(completionAt("port:1", 2)).not.toHaveProperty("bare");
  });
});

test.each([
  ["shop/web-1$", "web", true],
  ['"shop/we b$"', "shop/we", true],
  ["shop/web-1$", "eb", false],
  ["^api\\.shop\\.example$", "api.shop.e", true],
  ['"^https://a\\?b,c$"', "https://a?b", true],
  ["^/orders/7$", "orders", true],
  ["^api\\.shop$", "^api\\.s", true],
  ["^api\\.shop$", "shop", false],
  // No pattern: its backslash is a part of it.
  ["a\\b", "ab", false],
])("the value %s begins with %s: %s", (value, typed, begins) => {
  expect(beginsWith(value, typed)).toBe(begins);
});

describe("completionAt on values", () => {
  const cases: [marked: string, expected: object][] = [
    ["verdict:[|]", { word: "verdict", key: "verdict", prefix: "", others: [] }],
    ["verdict:[DR|OP]", { key: "verdict", prefix: "DR", others: [] }],
    [
      "from-ns:shop,[b|],bank x:1",
      { word: "from-ns", key: "namespace", side: "from", prefix: "b", others: ["shop", "bank"] },
    ],
    ["!pod:[|shop/web]", { key: "pod", side: "either", prefix: "", others: [] }],
    ['namespace:["a b|]', { key: "namespace", prefix: "a b", others: [] }],
    ['namespace:["a \\"b|c"] port:1', { key: "namespace", prefix: 'a "b', others: [] }],
    ['namespace:["shop"|]', { key: "namespace", prefix: "shop", others: [] }],
    ["verdict:ERROR,[|]", { key: "verdict", prefix: "", others: ["ERROR"] }],
    ["type:[trace:to|]", { key: "type", prefix: "trace:to", others: [] }],
  ];
  it.each(cases)("%s", (marked, expected) => {
    const { text, cursor, range } = drawn(marked);
    expect(completionAt(text, cursor)).toMatchObject({ kind: "value", range, ...expected });
  });

  it.each([
    ["verdict:DROPPED", "DROPPED"],
    ['pod:"a b"', '"a b"'],
    ["port:80,443", "443"],
    ["verdict:DROP", undefined],
    ["verdict:", undefined],
    ['pod:"a b', undefined],
    ["port:80,", undefined],
  ])("behind %s the whole value is %s", (text, whole) => {
    const completion = completionAt(text, text.length);
    expect(completion.kind === "value" && completion.whole).toBe(whole);
  });

  it.each(["nonsense:ye", "nonsense:1"])("knows no key in %s", (text) => {
    const completion = completionAt(text, text.length);
    expect(completion.kind).toBe("value");
    expect(completion).not.toHaveProperty("key");
  });

  it(`has an answer at every place of any text (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        fc.array(hostileText).map((parts) => parts.join(":")),
        fc.integer({ min: -2, max: 60 }),
        (text, cursor) => {
          const { range } = completionAt(text, cursor);
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeGreaterThanOrEqual(range.start);
          expect(range.end).toBeLessThanOrEqual(text.length);
        },
      ),
      RUNS,
    );
  });
});

describe("proposals", () => {
  function words(prefix: string): string[] {
    return proposeKeys(prefix).map(({ word }) => word);
  }

  it("offer every available key at first, without the sides", () => {
    expect(words("")).toContain("namespace");
    expect(words("")).not.toContain("from-namespace");
  });

  it("offer the sides once their beginning is typed, and find keys by alias", () => {
    expect(words("from-p")).toEqual(["from-pod", "from-port"]);
    expect(words("NS")).toEqual(["namespace"]);
    expect(words("drop-r")).toEqual(["drop-reason-desc"]);
    expect(words("xyz")).toEqual([]);
  });

  it("offer the fixed words of a key", () => {
    expect(proposeValues("verdict", "d")).toEqual(["DROPPED"]);
    expect(proposeValues("traffic-direction", "")).toEqual(["unknown", "ingress", "egress"]);
    expect(proposeValues("type", "trace:to-e")).toEqual(["trace:to-endpoint"]);
    expect(proposeValues("namespace", "")).toEqual([]);
  });

  it.each(["verdict", "protocol", "type", "drop-reason-desc", "traffic-direction", "reply"] as const)(
    "offer only words of `%s` that the grammar reads",
    (key) => {
      for (const word of proposeValues(key, "")) expect(parseFilter(`${key}:${word}`).ok).toBe(true);
    },
  );

  const forms: [text: string, ...expected: string[]][] = [
    ["latency-ms:", ">", ">=", "<", "<=", "=", "?", "-"],
    ["latency-ms:>", ">="],
    ["latency-ms:250", ">250", ">=250", "<250", "<=250", "=250"],
    ["latency-ms:>250", "<"],
    ["latency-ms:<=0.5", ">"],
    ["http-status:", "1+", "2+", "3+", "4+", "5+", "?", "-"],
    ["http-status:50", "50+"],
    ["http-status:503"],
    ["answer:5", "5+"],
    ["pod:shop", "shop/", "shop$"],
    ["pod:shop/web", "shop/web$"],
    ["pod:shop/web$"],
    ['pod:"shop'],
    ["to-ip:10.244.1.7", "10.244.1.7/24", "10.244.1.7/16", "10.244.1.7/8"],
    ["ip:fd00::1", "fd00::1/64", "fd00::1/48"],
    ["ip:10.244"],
    ["node:aks", "aks*", "aks/"],
    ["fqdn:", "*.", "?", "-"],
    ["fqdn:api", "api*"],
    ["tcp-flags:syn", "syn/"],
    ["tcp-flags:sy"],
    ["label:app", "app=", "app!="],
    ["label:app=web"],
    ["http-path:/users", "^/users", "/users$"],
    ["http-header:x-tenant", "x-tenant:"],
    ["type:drop", "drop:"],
    ["client:p", "pod=", "p*"],
    ["port:80"],
    // What has no meaning for the key is not offered.
    ["drop:"],
    ["reply:", "?"],
    ["file:", "*"],
    ["nonsense:"],
  ];
  it.each(forms)("other forms of %s", (text, ...expected) => {
    const completion = completionAt(text, text.length);
    if (completion.kind !== "value") throw new Error("no value is typed here");
    const found = proposeForms(completion);
    expect(found.map((form) => form.text)).toEqual(expected);
    for (const { about } of found) expect(about).not.toBe("");
  });

  it("searches for a word, in quotes where it needs them", () => {
    expect(searchTerm("payments")).toBe("text:payments");
    expect(searchTerm("api gate")).toBe('text:"api gate"');
  });

  const insertions: [marked: string, inserted: string, after: string][] = [
    ["port:80 ve|", "verdict", "port:80 verdict:|"],
    ["ve|r:DROPPED", "verdict", "verdict:|DROPPED"],
    ["verdict:ERROR,D|RO port:80", "DROPPED", "verdict:ERROR,DROPPED| port:80"],
    ['namespace:"a|', '"a b"', 'namespace:"a b"|'],
    ["!|", "port", "!port:|"],
  ];
  it.each(insertions)("%s with %s gives %s", (marked, inserted, after) => {
    const cursor = marked.indexOf("|");
    const text = marked.replace("|", "");
    const result = applyCompletion(text, completionAt(text, cursor), inserted);
    expect(`${result.text.slice(0, result.cursor)}|${result.text.slice(result.cursor)}`).toBe(after);
  });
});

import { describe, expect, it } from "vitest";
import type { FileFacts, NodeFacts, Passage, QualityFacts } from "./facts";
import { suspectFilters } from "./filters";
import { judgeQuality } from "./judge";
import { findSilences } from "./silence";
import { findSkew } from "./skew";

const SECOND = 1_000_000_000n;
const perSecond = { fromNs: 0n, widthNs: SECOND };

/** One digit per second: flows of that second; `.` none, `#` fifty. */
function node(drawn: string, name: string | null = "n1"): NodeFacts {
  const buckets = [...drawn].flatMap((char, i): [number, number][] =>
    char === "." ? [] : [[i, char === "#" ? 50 : Number(char)]],
  );
  const flows = buckets.reduce((sum, [, count]) => sum + count, 0);
  const span = { firstNs: BigInt(buckets[0]?.[0] ?? 0) * SECOND, lastNs: BigInt(drawn.length - 1) * SECOND };
  return { name, flows, events: flows, span, buckets };
}

const file = (members: Partial<FileFacts>): FileFacts => ({
  name: "a.log",
  flows: 100,
  verdicts: { FORWARDED: 90, DROPPED: 10 },
  types: { L3_L4: 100 },
  commonNamespaces: [],
  namespaces: 3,
  ...members,
});

const facts = (members: Partial<QualityFacts> = {}): QualityFacts => ({
  flows: 100,
  events: 100,
  untimed: 0,
  refused: 0,
  files: [file({})],
  buckets: perSecond,
  nodes: [node("#####")],
  told: [],
  toldUntimed: [],
  passages: [],
  neverPresent: [],
  aggregation: null,
  points: { TO_ENDPOINT: 90 },
  eventTypes: { 4: 90, 5: 10 },
  layer7: [],
  namespaces: ["shop"],
  formats: ["hubble"],
  masked: [],
  ...members,
});

const said = (members: Partial<QualityFacts>): string[] =>
  judgeQuality(facts(members)).sentences.map(
    ({ tone, text }) => `${tone}: ${text.replaceAll("\u202f", " ")}`,
  );

describe("a masked copy", () => {
  it("is said to be one, with what it hides", () => {
    expect(said({ masked: ["ips", "pods", "uuids"] })).toContain(
      "note: This is a masked copy: its records were written anew by Eyepiece, and IP addresses, pods and UUIDs in them stand for others.",
    );
    expect(said({}).join()).not.toContain("masked copy");
  });
});

describe("a node is silent", () => {
  it("where its own rate makes a pause improbable", () => {
    // 20 busy seconds, 10 of nothing, 20 busy ones: 2,000 flows in 50 s, so 400 would be expected.
    const found = findSilences([node(`${"#".repeat(20)}..........${"#".repeat(20)}`)], perSecond);
    expect(found).toEqual([{ node: "n1", firstNs: 20n * SECOND, lastNs: 30n * SECOND, expected: 400 }]);
  });

  it.each([
    ["that pauses regularly", "#.....#.....#.....#.....#.....#"],
    ["whose rate would have given too few flows to tell", `9${".".repeat(8)}9`],
    ["for less than five seconds", "####....####"],
    ["before its first and behind its last flow", `..........${"#".repeat(10)}`],
    ["that never wrote", ".........."],
  ])("but not one %s", (_name, drawn) => {
    expect(findSilences([node(drawn)], perSecond)).toEqual([]);
  });
});

describe("clocks of nodes", () => {
  const passages = (from: string, to: string, ...ms: number[]): Passage[] =>
    ms.map((n) => ({ from, to, ns: BigInt(n) * 1_000_000n }));

  it("differ by half of what both ways differ", () => {
    // 1 ms on the way; b is 40 ms ahead of a: a to b looks like 41 ms, b to a like -39 ms.
    const both = [...passages("a", "b", 41, 41, 42, 41, 90), ...passages("b", "a", -39, -39, -39, -38, -39)];
    expect(findSkew(both, 10_000_000n)).toEqual([
      { node: "b", reference: "a", ns: 40_000_000n, atLeast: false, samples: 10 },
    ]);
  });

  it("differ by at least what a packet is there too early, where one way was seen", () => {
    expect(findSkew(passages("a", "b", -25, -25, -25, -25, -25), 10_000_000n)).toEqual([
      { node: "b", reference: "a", ns: -25_000_000n, atLeast: true, samples: 5 },
    ]);
    expect(findSkew(passages("b", "a", -25, -25, -25, -25, -25), 10_000_000n)).toEqual([
      { node: "b", reference: "a", ns: 25_000_000n, atLeast: true, samples: 5 },
    ]);
  });

  it.each([
    ["a slow way proves nothing", passages("a", "b", 300, 300, 300, 300, 300)],
    ["four packets prove nothing", passages("a", "b", -25, -25, -25, -25)],
    ["a millisecond is normal", [...passages("a", "b", 2, 2, 2, 2, 2), ...passages("b", "a", 0, 0, 0, 0, 0)]],
  ])("agree as far as it shows: %s", (_name, seen) => {
    expect(findSkew(seen, 10_000_000n)).toEqual([]);
  });
});

describe("a file looks filtered", () => {
  it.each([
    ["one-verdict", "DROPPED", { verdicts: { DROPPED: 100 } }],
    ["one-verdict", "FORWARDED", { verdicts: { FORWARDED: 100 } }],
    ["no-forwarded", null, { verdicts: { DROPPED: 60, REDIRECTED: 40 } }],
    ["one-namespace", "shop", { commonNamespaces: ["shop"] }],
    ["only-l7", null, { types: { L7: 100 } }],
  ])("by the sign %s %s", (sign, value, members) => {
    expect(suspectFilters([file(members)])).toMatchObject([{ file: "a.log", sign, value }]);
  });

  it.each([
    ["with both verdicts, several namespaces and packets", {}],
    ["of a handful of flows", { flows: 49, verdicts: { DROPPED: 49 } }],
    ["of a cluster that has one namespace only", { commonNamespaces: ["shop"], namespaces: 1 }],
  ])("but not one %s", (_name, members) => {
    expect(suspectFilters([file(members)])).toEqual([]);
  });
});

describe("the report says", () => {
  it("that nothing seems lost, and what limits it", () => {
    expect(said({})).toEqual([
      "note: Packets are thinned by the datapath (monitor aggregation; no from-* point is seen): traces count connections in the rough, not packets. Drops and policy verdicts are whole.",
      "note: There are no DNS names: Hubble sees them only for pods under a policy with a DNS rule.",
      "note: There are no HTTP requests: Hubble sees them only for pods under a policy with an HTTP rule.",
      "good: No loss was reported and no silence found over 100 flows of 1 node.",
    ]);
  });

  it("not that nothing was lost, where it does not say when", () => {
    const texts = said({ toldUntimed: [{ node: "n1", lost: 5, detail: "" }] });
    expect(texts.filter((text) => text.includes("No loss"))).toEqual([]);
  });

  it("that silence cannot be told from a handful of flows, rather than that there was none", () => {
    const texts = said({ nodes: [node("9..............9", "n1"), node("#####", "n2")] });
    expect(texts).toContain(
      "note: No loss was reported. Whether n1 fell silent cannot be told from so few flows.",
    );
    expect(texts.filter((text) => text.includes("no silence"))).toEqual([]);
  });

  it("about a capture without flows only what could not be read, and what was lost", () => {
    expect(said({ flows: 0 })).toEqual([]);
    expect(said({ flows: 0, refused: 3 })).toEqual([
      "warning: No flow could be read from the files: 3 records could not be read; the table of files says which and why.",
    ]);
    const told = [{ node: "n1", fromNs: 0n, toNs: 0n, lost: 5, detail: "" }];
    expect(said({ flows: 0, told })).toEqual([
      "warning: 5 events were lost on n1 in 1 place: that a flow is missing beside one proves nothing.",
    ]);
    expect(judgeQuality(facts({ flows: 0, neverPresent: ["uuid"] }))).toMatchObject({
      advice: [],
      missing: [],
    });
  });

  it.each<[string, Partial<QualityFacts>, string]>([
    [
      "refused records",
      { refused: 2 },
      "warning: 2 records could not be read; the table of files says which and why.",
    ],
    [
      "lost events",
      { told: [{ node: "n1", fromNs: 0n, toNs: 1n, lost: 1200, detail: "" }] },
      "warning: 1 200 events were lost on n1 in 1 place: that a flow is missing beside one proves nothing.",
    ],
    [
      "a loss of one event",
      { told: [{ node: "n1", fromNs: 0n, toNs: 1n, lost: 1, detail: "" }] },
      "warning: 1 event was lost on n1 in 1 place: that a flow is missing beside one proves nothing.",
    ],
    [
      "losses without a number",
      { told: ["n1", "n2", "n1"].map((node) => ({ node, fromNs: 0n, toNs: 1n, lost: 0, detail: "" })) },
      "warning: A loss was reported on n1 and n2 in 3 places, without a number: that a flow is missing beside one proves nothing.",
    ],
    [
      "losses of which one has no number",
      {
        told: ["n1", "n2", "n3", "n4", "n5"].map((node, nth) => ({
          node,
          fromNs: 0n,
          toNs: 1n,
          lost: nth,
          detail: "",
        })),
      },
      "warning: At least 10 events were lost on n1, n2, n3 and 2 more in 5 places: that a flow is missing beside one proves nothing.",
    ],
    [
      "lost events without a time",
      { toldUntimed: [{ node: null, lost: 5, detail: "" }] },
      "warning: 5 events were lost on a node without a name, and the log does not say when: that a flow is missing proves nothing.",
    ],
    [
      "a node that was away",
      { told: [{ node: "n2", fromNs: 0n, toNs: 0n, lost: null, detail: "NODE_UNAVAILABLE: n2" }] },
      "warning: Relay reported n2 as away in 1 place: NODE_UNAVAILABLE: n2",
    ],
    [
      "several nodes that were away at once",
      { told: [{ node: null, fromNs: 0n, toNs: 0n, lost: null, detail: "NODE_GONE: n2, n3" }] },
      "warning: Relay reported nodes as away in 1 place: NODE_GONE: n2, n3",
    ],
    [
      "a node that is there for a part only",
      { nodes: [node("99999999999"), node("..........9", "n2")] },
      "warning: n2 is there from 1970-01-01 00:00:10 to 1970-01-01 00:00:10 only, the capture from 1970-01-01 00:00:00 to 1970-01-01 00:00:10.",
    ],
    [
      "flows without a time",
      { untimed: 1 },
      "note: 1 flow without a readable time: in the lists only when no time range is set.",
    ],
    [
      "flows without a time, printed",
      { untimed: 1, formats: ["hubble-compact"] },
      "note: 1 flow without a readable time: in the lists only when no time range is set. What hubble observe prints has no year: export with -o json, or with --time-format rfc3339nano.",
    ],
    [
      "aggregation and its interval",
      { aggregation: { flows: 5, events: 90, withoutCounters: 0, distanceNs: 27n * SECOND } },
      "note: 5 records are aggregated and stand for 90 events, over intervals of about 30 s: the time of each is that of its first event.",
    ],
    [
      "aggregation without counters",
      { aggregation: { flows: 5, events: 5, withoutCounters: 5, distanceNs: null } },
      "warning: 5 aggregated records came without their counters: what they count is at least one each.",
    ],
    [
      "members that are left out",
      { neverPresent: ["event_type"] },
      "note: No flow has event_type. Drops, policy verdicts and traces cannot be told apart, so drops are counted as at most.",
    ],
    [
      "several members that are left out, in one sentence",
      { neverPresent: ["uuid", "labels"] },
      "note: No flow has uuid and labels: a field mask, aggregation or an export without them. What each rules out stands below.",
    ],
    [
      "verdict records that are missing",
      { eventTypes: { 1: 5, 4: 95 } },
      "note: There is no policy-verdict record: which policy decided is not known.",
    ],
    [
      "for which namespaces there is DNS",
      { layer7: [{ protocol: "dns", flows: 9, namespaces: ["shop"] }], namespaces: ["shop", "payments"] },
      "note: DNS names are there only for shop.",
    ],
    [
      "that DNS is there everywhere",
      { layer7: [{ protocol: "dns", flows: 9, namespaces: ["shop"] }] },
      "good: DNS names are there for shop.",
    ],
    [
      "that a file looks filtered",
      { files: [file({ verdicts: { DROPPED: 100 } })] },
      "warning: a.log: Only flows with verdict DROPPED: it cannot tell whether anything worked.",
    ],
  ])("%s", (_name, members, sentence) => {
    expect(said(members)).toContain(sentence);
  });

  it("nothing of thinning where from-* points are seen, or no traces at all", () => {
    expect(judgeQuality(facts({ points: { FROM_ENDPOINT: 1, TO_ENDPOINT: 5 } })).monitorAggregation).toBe(
      "none",
    );
    expect(judgeQuality(facts({ points: {} })).monitorAggregation).toBe("unknown");
  });
});

describe("advice", () => {
  const titles = (members: Partial<QualityFacts>): string[] =>
    judgeQuality(facts(members)).advice.map(({ title }) => title);

  it("is given for what is missing only", () => {
    const there = [
      { protocol: "dns", flows: 1, namespaces: ["shop"] },
      { protocol: "http", flows: 1, namespaces: ["shop"] },
    ];
    expect(titles({ layer7: there })).toEqual([]);
    expect(titles({ layer7: there, neverPresent: ["uuid"] })).toEqual([
      "Export every flow with every member",
    ]);
    const told = (lost: number | null) => ({
      layer7: there,
      told: [{ node: "n1", fromNs: 0n, toNs: 1n, lost, detail: "" }],
    });
    expect(titles(told(3))).toEqual(["Lose fewer events"]);
    // Larger buffers do not bring a node back.
    expect(titles(told(null))).toEqual([]);
    const aggregation = { flows: 5, events: 90, withoutCounters: 0, distanceNs: 27n * SECOND };
    expect(titles({ layer7: there, aggregation })).toEqual([
      "See single flows instead of aggregated records",
    ]);
    expect(titles({})).toEqual(["See DNS names and errors", "See HTTP requests"]);
  });

  it.each<readonly [string, Partial<QualityFacts>, string]>([
    ["members", { neverPresent: ["uuid"] }, "members are left out (uuid)"],
    ["flows", { files: [file({ verdicts: { DROPPED: 100 } })] }, "flows seem to be filtered at export"],
    [
      "both",
      { neverPresent: ["uuid"], files: [file({ verdicts: { DROPPED: 100 } })] },
      "members are left out (uuid), and flows seem to be filtered at export",
    ],
  ])("to export everything says what was left out: %s", (_, members, lacks) => {
    const [exported] = judgeQuality(facts(members)).advice;
    expect(exported?.why).toBe(`In this capture ${lacks}. Helm values of Cilium:`);
  });

  it.each<readonly [string, readonly string[], string]>([
    ["the capture's namespaces", ["shop", "bank"], '          - "shop/"\n          - "bank/"'],
    ["one to be changed where the capture has none", [], '          - "default/"'],
  ])("for AKS asks for the logs of %s", (_, namespaces, pods) => {
    const [azure] = judgeQuality(facts({ formats: ["log-analytics"], namespaces })).advice;
    expect(azure?.title).toBe("Log more on AKS");
    expect(azure?.code.split("namespacedPod:\n")[1]).toBe(pods);
  });

  it("quotes a hostile namespace, so that it stays one text of the YAML", () => {
    const [dns] = judgeQuality(facts({ namespaces: ['x"\nspec: {}'] })).advice;
    expect(dns?.code).toContain('  namespace: "x\\"\\nspec: {}"\n');
  });
});

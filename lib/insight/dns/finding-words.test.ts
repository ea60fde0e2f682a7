import { describe, expect, it } from "vitest";
import { commonDomain, halfWords, ipv6Words, isIpv6Noise, retryWords, servfailWords } from "./finding-words";

describe("SERVFAIL", () => {
  const facts = {
    server: "kube-system/coredns",
    failures: 3,
    answers: 10,
    upstreams: [],
    isNameless: false,
    passesOn: false,
  };
  const named = (...names: string[]) => names;

  it("of one zone leads to the way to this zone", () => {
    const words = servfailWords({ ...facts, names: named("a.corp.example", "b.corp.example") });
    expect(words.sentence).toBe(
      "kube-system/coredns answers SERVFAIL to 3 of 10 questions, for 2 names, all below corp.example.",
    );
    expect(words.remedy.text).toContain(
      "The resolver answers other questions, so look at the way to this zone",
    );
    expect(words.remedy.text).toContain("CoreDNS uses for corp.example,");
    expect(words.details).toEqual([
      "Which upstream failed is not in the log: it does not show what the resolver passed on.",
    ]);
  });

  it("of one name says its name", () => {
    const words = servfailWords({ ...facts, names: named("only.example") });
    expect(words.sentence).toContain("3 of 10 questions, all for only.example.");
    expect(words.remedy.text).toContain("CoreDNS uses for only.example,");
  });

  it("does not say that other names work when nothing else was answered", () => {
    const { text } = servfailWords({ ...facts, answers: 3, names: named("only.example") }).remedy;
    expect(text).toMatch(
      /^Nothing in this scope tells whether it answers other names\. Look first at the way to this zone/,
    );
  });

  it("of several zones leads to the resolver and what it forwards to, by name where the log shows it", () => {
    const upstreams = [
      { name: "10.1.1.1", failures: 2, silent: 0 },
      { name: "10.1.1.2", failures: 1, silent: 4 },
    ];
    const seen = { ...facts, names: named("a.example", "b.test"), passesOn: true };
    const words = servfailWords({ ...seen, upstreams });
    expect(words.sentence).toContain("for 2 names without a common domain.");
    expect(words.details).toEqual([
      "Of its upstreams 10.1.1.1, 10.1.1.2 answered SERVFAIL. 10.1.1.2 did not answer, and a resolver makes SERVFAIL of that.",
    ]);
    expect(words.remedy.text).toMatch(/^Names of several zones fail/);
    expect(servfailWords({ ...seen, upstreams: [] }).details[0]).toMatch(
      /^No upstream failed .* in this scope/,
    );
  });

  it("of names that the log left out says so, and not for which share of the questions", () => {
    const words = servfailWords({ ...facts, names: [], isNameless: true });
    expect(words.sentence).toBe(
      "kube-system/coredns answers SERVFAIL 3 times, for names that the log left out.",
    );
    expect(servfailWords({ ...facts, names: named("a.example"), isNameless: true }).sentence).toContain(
      "partly for names",
    );
  });

  it.each([
    [["a.corp.example", "b.corp.example"], "corp.example"],
    [["corp.example", "b.corp.example"], "corp.example"],
    // A top-level domain alone says nothing.
    [["a.example", "b.example"], ""],
    [["xcorp.example.com", "corp.example.com"], "example.com"],
    // Two of them share more.
    [["a.corp.example.com", "b.corp.example.com", "c.example.com"], "example.com"],
    [[], ""],
  ])("the common domain of %j is %j", (names, domain) => {
    expect(commonDomain(names)).toBe(domain);
  });
});

describe("halves of a pair", () => {
  it.each([
    [1, /^All of them/],
    [0.6, /^Most of them/],
    [0.2, /^Some of them/],
  ])("%d of the unanswered", (share, expected) => {
    expect(halfWords(share)).toMatch(expected);
  });

  it("are not told when they are few", () => {
    expect(halfWords(0.19)).toBeUndefined();
  });
});

describe("AAAA without data", () => {
  const facts = { noData: 50, withAddress: 0, responses: 100, clients: 2 };

  it.each([
    ["much of it", {}, true],
    ["too little of it", { noData: 49 }, false],
    ["a tenth of all answers", { responses: 500 }, true],
    ["less than a tenth of all answers", { responses: 501 }, false],
    ["a name in twenty has an IPv6 address", { noData: 60, withAddress: 3 }, true],
    ["more names have one: IPv6 is in use", { noData: 60, withAddress: 4 }, false],
  ])("%s", (_, differs, isNoise) => {
    expect(isIpv6Noise({ ...facts, ...differs })).toBe(isNoise);
  });

  it("is told with its share, and that it is no failure", () => {
    const words = ipv6Words({ ...facts, withAddress: 2 });
    expect(words.sentence).toBe(
      "50 % of answers (50) say that a name has no IPv6 address (AAAA, NODATA), asked by 2 workloads.",
    );
    expect(words.details).toEqual([expect.stringMatching(/^It is no failure/), "2 answers have one."]);
    expect(words.remedy.yaml).toContain("- name: no-aaaa");
  });
});

describe("questions asked again", () => {
  it("are told with what they cost in all and each", () => {
    const words = retryWords({ server: "10.0.0.10", retries: 4, clients: 3, waitedNs: 20_000_000_000n });
    expect(words.sentence).toBe(
      "4 questions to 10.0.0.10 had to be asked again by 3 workloads; programs waited 20 s for it.",
    );
    expect(words.details[0]).toMatch(/^That is 5 s each,/);
  });

  it("one, without a time that can be told", () => {
    const words = retryWords({ server: "10.0.0.10", retries: 1, clients: 1, waitedNs: 0n });
    expect(words.sentence).toContain("One question to 10.0.0.10 had to be asked again by one workload;");
  });
});

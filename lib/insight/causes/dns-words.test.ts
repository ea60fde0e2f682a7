import { describe, expect, it } from "vitest";
import { type DnsFacts, dnsRemedy, dnsSentence, isStorm } from "./dns-words";

const facts = (more: Partial<DnsFacts>): DnsFacts => ({
  type: "failing-name",
  client: "shop/web",
  server: "kube-system/coredns",
  clients: 1,
  subject: "a.example",
  code: 3,
  count: 7,
  queries: null,
  ...more,
});

describe("sentences", () => {
  it.each<[Partial<DnsFacts>, string]>([
    [{}, "a.example does not exist (NXDOMAIN) (7 answers, asked by shop/web)."],
    [
      { code: 2, client: null, clients: 3 },
      "The resolver fails on a.example (SERVFAIL) (7 answers, asked by 3 workloads).",
    ],
    [{ code: 5 }, "The resolver refuses a.example (REFUSED) (7 answers, asked by shop/web)."],
    [{ code: 23 }, "a.example fails (23) (7 answers, asked by shop/web)."],
    [{ code: 2, subject: null }, "shop/web got SERVFAIL in 7 answers, to names that the log left out."],
    [
      { subject: null },
      "shop/web got NXDOMAIN in 7 answers, to names that the log left out: attempts of a search list can be among them.",
    ],
    [
      { type: "search-list", queries: 9 },
      "7 of 9 questions of shop/web are attempts of the search list that were bound to fail.",
    ],
    [
      { type: "silent-resolver", queries: 900 },
      "kube-system/coredns gave no answer within 5 s to 7 of 900 questions, asked by shop/web.",
    ],
    [
      { type: "refused-name" },
      'A DNS rule refuses a.example to shop/web (7 questions). Programs report it as "not found" or "temporary failure".',
    ],
    [
      { type: "node-local-dns", server: "kube-system/node-local-dns" },
      "shop/web cannot ask the node-local DNS cache kube-system/node-local-dns: a policy drops it before it is asked (7 drops).",
    ],
    [
      { type: "node-local-dns", server: null },
      "shop/web cannot ask the node-local DNS cache: a policy drops it before it is asked (7 drops).",
    ],
  ])("%j", (more, sentence) => {
    expect(dnsSentence(facts(more))).toBe(sentence);
  });
});

describe("what to do", () => {
  it("comes with a piece of YAML where one helps", () => {
    expect(dnsRemedy(facts({ type: "search-list" })).yaml).toContain('- name: ndots\n      value: "2"');
    expect(dnsRemedy(facts({ type: "node-local-dns" })).yaml).toContain('"k8s:k8s-app": node-local-dns');
    expect(dnsRemedy(facts({})).yaml).toBeNull();
  });

  it("without a name is to have names logged", () => {
    for (const code of [2, 3])
      expect(dnsRemedy(facts({ code, subject: null })).text).toMatch(/^Have the names logged/);
  });

  it("quotes what the log says", () => {
    const { yaml } = dnsRemedy(facts({ type: "refused-name", subject: 'x"\n  evil: true\u2028' }));
    expect(yaml).toContain('- matchName: "x\\"\\n  evil: true\\u2028"\n');
  });
});

describe("a storm", () => {
  it.each([
    [100, 50, true],
    [101, 50, false],
    [60, 49, false],
  ])("of %i questions with %i attempts of the list: %s", (queries, expansion, expected) => {
    expect(isStorm(queries, expansion)).toBe(expected);
  });
});

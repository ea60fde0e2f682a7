/** Every number within a sentence has its thousands apart, whatever the sentence is about. */

import { describe, expect, it } from "vitest";
import { CAUSE_CLASSES } from "./causes/cause";
import { CONNECTION_TYPES, connectionSentence } from "./causes/connection-words";
import { DNS_CAUSE_TYPES, dnsSentence } from "./causes/dns-words";
import {
  changeWords,
  type FindingWords,
  ipv6Words,
  randomWords,
  retryWords,
  servfailWords,
  stoppedWalkWords,
} from "./dns/finding-words";

const MANY = 54_437;
const names = Array.from({ length: MANY }, (_, n) => `n${n}.example.com`);

const connection = {
  ...{ client: "shop/web", server: "shop/api", port: null, protocol: "http", subject: "GET /" },
  ...{ count: MANY, total: MANY, clients: MANY, class: CAUSE_CLASSES.degraded },
} as const;
const dns = {
  ...{ client: null, server: "kube-dns", clients: MANY, subject: "gone.example.com", code: 3 },
  ...{ count: MANY, queries: MANY },
} as const;

const text = ({ sentence, details }: FindingWords): string => [sentence, ...details].join(" ");
const SENTENCES: readonly (readonly [string, string])[] = [
  ...CONNECTION_TYPES.map((type) => [type, connectionSentence({ ...connection, type })] as const),
  ...DNS_CAUSE_TYPES.map((type) => [type, dnsSentence({ ...dns, type })] as const),
  ["nameless answers", dnsSentence({ ...dns, type: "failing-name", subject: null })],
  [
    "SERVFAIL",
    text(
      servfailWords({
        ...{ server: "kube-dns", failures: MANY, answers: MANY, names: names.slice(0, 2), isNameless: false },
        ...{ upstreams: [], passesOn: true },
      }),
    ),
  ],
  [
    "a walk that stopped",
    text(stoppedWalkWords({ client: "shop/web", refused: MANY, bases: names, wanted: [] })),
  ],
  ["no IPv6", text(ipv6Words({ noData: MANY, withAddress: MANY, responses: MANY, clients: MANY }))],
  ["retries", text(retryWords({ server: "kube-dns", retries: MANY, clients: MANY, waitedNs: 0n }))],
  [
    "changes",
    text(changeWords({ name: "a", type: "A", before: names, after: names, at: "then", changes: MANY })),
  ],
  [
    "random labels",
    text(randomWords({ client: "a", domain: "b", names: MANY, odd: MANY, queries: MANY, longest: 60 })),
  ],
];

describe("numbers of a sentence", () => {
  it.each(SENTENCES)("about %s are grouped", (_about, sentence) => {
    expect(sentence).toMatch(/54\u202f4\d\d/);
    expect(sentence).not.toMatch(/\d{4}/);
  });

  it("agree with their nouns", () => {
    expect(dnsSentence({ ...dns, type: "failing-name", count: 1 })).toContain("(1 answer, asked by");
    expect(dnsSentence({ ...dns, type: "refused-name", count: 1 })).toContain("(1 question)");
  });
});

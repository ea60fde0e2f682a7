/** Keys about DNS questions and their answers, paired: what counts them, and what became of them. */

import type { KeyShape } from "./key-row";
import { countKind, textKind, wordKind } from "./simple-kinds";

/** The records by which questions and answers are counted; each question and each answer has one. */
export const DNS_ROLES = ["query", "response", "second-hop"] as const;
export type DnsRole = (typeof DNS_ROLES)[number];

export const DNS_STATES = [
  "answered",
  "unanswered",
  "open",
  "refused",
  "unpaired",
  "no-question",
  "timed",
  "no-data",
  "retry",
] as const;
export type DnsStateWord = (typeof DNS_STATES)[number];

export const DNS_KEYS = [
  {
    key: "dns",
    hubble: false,
    sided: false,
    kind: wordKind("what the record counts as", DNS_ROLES),
    none: false,
    unknown: false,
    label: "DNS",
    help: "The one record that counts a DNS question, an answer, or a question that a resolver passed on; with it, all other terms and the range ask the question and its answer together.",
    example: "dns:query",
  },
  {
    key: "dns-state",
    hubble: false,
    sided: false,
    kind: wordKind("what became of the question", DNS_STATES),
    none: false,
    unknown: false,
    label: "DNS state",
    help: "DNS questions and answers by what became of the question: answered, unanswered, open, refused, unpaired, no-question (an answer alone), timed (has a latency), no-data, retry.",
    example: "dns-state:unanswered",
  },
  {
    key: "dns-root",
    hubble: false,
    sided: false,
    kind: textKind("the exact name, without its final dot"),
    none: false,
    label: "DNS root name",
    help: "The name that was meant: attempts of the search list under the name that they were to find.",
    example: "dns-root:orders.shop",
  },
  {
    key: "dns-qtype",
    hubble: false,
    sided: false,
    kind: textKind("the types that were asked for, as the log names them"),
    none: false,
    label: "DNS query type",
    help: "Types that a DNS question asked for; several with commas between them, in quotes.",
    example: "dns-qtype:AAAA",
  },
  {
    key: "dns-answers",
    hubble: false,
    sided: false,
    kind: countKind,
    none: false,
    label: "DNS answers",
    help: "How many addresses the DNS answer holds; `?` where there is no answer, or it does not say.",
    example: "dns-answers:0",
  },
  {
    key: "dns-answer",
    hubble: false,
    sided: false,
    kind: textKind("an address"),
    none: false,
    unknown: false,
    label: "DNS answer",
    help: "An address that the DNS answer holds.",
    example: "dns-answer:192.0.2.7",
  },
] as const satisfies readonly KeyShape[];

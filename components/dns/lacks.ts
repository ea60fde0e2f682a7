/** What a log does not say about DNS, so that no zero stands for what is not known. */

import type { DnsAnswer } from "@/lib/questions/dns-answers";

export interface Lacks {
  /** There are answers, but the log does not have their questions. */
  readonly questions: boolean;
  /** No record says for which name it is. */
  readonly names: boolean;
  /** Of no question can be said what became of it. */
  readonly outcomes: boolean;
  /** No record has a name and each has an error: code 0 is left out by aggregation, and answers without one look like any packet. */
  readonly successes: boolean;
}

type Total = Pick<
  DnsAnswer["total"],
  "queries" | "responses" | "errors" | "nameless" | "namelessResponses" | "unpaired" | "unasked"
>;

export function lacksOf(total: Total): Lacks {
  const { queries, responses, unasked, unpaired } = total;
  const failed = Object.values(total.errors).reduce((sum, n) => sum + n, 0);
  const questions = queries === 0 && responses > 0 && unasked === responses;
  const names = queries + responses > 0 && total.nameless + total.namelessResponses === queries + responses;
  return {
    questions,
    names,
    outcomes: questions || (queries > 0 && unpaired === queries),
    successes: names && responses > 0 && failed === responses,
  };
}

/** What became of connections, as the tables of the DNS view tell it. */

import type { DnsConnectionsAnswer } from "@/lib/questions/dns-connections-answer";
import type { OutcomeWord } from "@/lib/scope/outcome-kinds";

export type Outcomes = DnsConnectionsAnswer["total"]["outcomes"];

export interface ConnectionEnd {
  readonly id: string;
  readonly label: string;
  readonly title: string;
  /** Of the key `connection`. */
  readonly words: readonly OutcomeWord[];
}

/** Each connection that began in the log is in one of them. */
const ENDS: readonly ConnectionEnd[] = [
  { id: "answered", label: "Answered", title: "The other side answered", words: ["answered"] },
  {
    id: "dropped",
    label: "Dropped",
    title: "Dropped at either side, or somewhere between",
    words: ["dropped-at-client", "dropped-at-server", "dropped-somewhere"],
  },
  { id: "refused", label: "Refused", title: "Answered with a reset", words: ["refused"] },
  { id: "no-reply", label: "No reply", title: "Delivered, and nothing came back", words: ["no-reply"] },
  {
    id: "unknown",
    label: "Not knowable",
    title: "At the end of the capture, beside a loss of events, or in a log without replies",
    words: ["gap", "open", "unknowable"],
  },
];

/** Those that any of the outcomes have. */
export function endsOf(
  outcomes: readonly Outcomes[],
): readonly (ConnectionEnd & { readonly countOf: (outcomes: Outcomes) => number })[] {
  return ENDS.map((end) => ({
    ...end,
    countOf: (of: Outcomes) => end.words.reduce((sum, word) => sum + (of[word] ?? 0), 0),
  })).filter(({ countOf }) => outcomes.some((of) => countOf(of) > 0));
}

/**
 * What each number of the DNS tables counts, as filter text: with it, and with that of a row, the flows of the scope are the
 * records that the number counts, one for each question or answer. Their events add up to it.
 */

export const DNS_CELLS = {
  queries: "dns:query",
  responses: "dns:response",
  /** With any code that fails by itself. */
  errors: "dns:response !dns-rcode:NOERROR,?,- !expansion:yes",
  unanswered: "dns:query dns-state:unanswered",
  open: "dns:query dns-state:open",
  refused: "dns:query dns-state:refused",
  retries: "dns:query dns-state:retry",
  nameless: "dns:query dns-query:?,-",
  namelessResponses: "dns:response dns-query:?,-",
  unasked: "dns:response dns-state:no-question",
  unpaired: "dns:query dns-state:unpaired",
  secondHops: "dns:second-hop",
  expansion: "dns:response expansion:yes",
  noData: "dns:response dns-state:no-data",
  /** The answers that have a latency. */
  samples: "dns:response dns-state:timed",
} as const;

/** Answers with a code that fail by themselves: those of a search list have their own number. */
export function errorCell(code: string): string {
  return `dns:response dns-rcode:${code} expansion:no`;
}

/** NXDOMAIN of names that do not exist, and of names that the log left out. */
export const NXDOMAIN_CELLS = {
  real: `${errorCell("NXDOMAIN")} !dns-query:?,-`,
  vague: `${errorCell("NXDOMAIN")} dns-query:?,-`,
} as const;

/** Answers whose latency lies in this half-open range. */
export function latencyCell(fromNs: string, toNs: string): string {
  return `dns:response dns-state:timed latency-ms:>=${milliseconds(fromNs)} latency-ms:<${milliseconds(toNs)}`;
}

function milliseconds(ns: string): string {
  const digits = ns.padStart(7, "0");
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

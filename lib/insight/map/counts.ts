/** What spots and lines count. */

/** Counts that add up. */
export interface Counts {
  readonly events: number;
  readonly drops: number;
  readonly audited: number;
  readonly l7Errors: number;
  readonly dnsErrors: number;
  readonly unanswered: number;
}

const NO_COUNTS: Counts = { events: 0, drops: 0, audited: 0, l7Errors: 0, dnsErrors: 0, unanswered: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    events: a.events + b.events,
    drops: a.drops + b.drops,
    audited: a.audited + b.audited,
    l7Errors: a.l7Errors + b.l7Errors,
    dnsErrors: a.dnsErrors + b.dnsErrors,
    unanswered: a.unanswered + b.unanswered,
  };
}

export function sumCounts(all: readonly Counts[]): Counts {
  return all.reduce(addCounts, NO_COUNTS);
}

/** What hurts: drops first, then what was answered with an error or not at all. */
export function hurtOf({ drops, l7Errors, dnsErrors, audited, unanswered }: Counts): number {
  return drops + l7Errors + dnsErrors + audited + unanswered;
}

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

/** Counts while they are added up: tens of thousands of edges make no object each. */
export type Sum = { -readonly [Name in keyof Counts]: Counts[Name] };

export function noCounts(): Sum {
  return { events: 0, drops: 0, audited: 0, l7Errors: 0, dnsErrors: 0, unanswered: 0 };
}

export function addTo(sum: Sum, counts: Counts): void {
  sum.events += counts.events;
  sum.drops += counts.drops;
  sum.audited += counts.audited;
  sum.l7Errors += counts.l7Errors;
  sum.dnsErrors += counts.dnsErrors;
  sum.unanswered += counts.unanswered;
}

export function sumCounts(all: readonly Counts[]): Counts {
  const sum = noCounts();
  for (const counts of all) addTo(sum, counts);
  return sum;
}

/** What hurts: drops first, then what was answered with an error or not at all. */
export function hurtOf({ drops, l7Errors, dnsErrors, audited, unanswered }: Counts): number {
  return drops + l7Errors + dnsErrors + audited + unanswered;
}

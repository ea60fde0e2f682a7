/** How questions went, for operators: by name, how many ended how, and how long they took. */

/** Upper ends of the buckets of durations, in seconds; what takes longer is in none of them. */
export const DURATION_BUCKETS = [0.005, 0.02, 0.05, 0.15, 0.5, 1.5, 5, 15, 30] as const;

interface Durations {
  /** Per bucket, those that took at most so long. */
  readonly atMost: number[];
  count: number;
  sumSeconds: number;
}

export class QuestionStatistics {
  /** By name and outcome: `answered`, `cancelled`, or the code of the failure. */
  private readonly outcomes = new Map<string, Map<string, number>>();
  private readonly durations = new Map<string, Durations>();

  /** A question that ended `seconds` after it had been asked. */
  ended(question: string, outcome: string, seconds: number): void {
    const outcomes = this.outcomes.get(question) ?? new Map<string, number>();
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    this.outcomes.set(question, outcomes);
    const durations = this.durations.get(question) ?? emptyDurations();
    durations.count++;
    durations.sumSeconds += seconds;
    for (const [n, bound] of DURATION_BUCKETS.entries())
      if (seconds <= bound) durations.atMost[n] = (durations.atMost[n] ?? 0) + 1;
    this.durations.set(question, durations);
  }

  counts(): { readonly question: string; readonly outcome: string; readonly count: number }[] {
    return [...this.outcomes].flatMap(([question, outcomes]) =>
      [...outcomes].map(([outcome, count]) => ({ question, outcome, count })),
    );
  }

  times(): { readonly question: string; readonly durations: Readonly<Durations> }[] {
    return [...this.durations].map(([question, durations]) => ({ question, durations }));
  }
}

function emptyDurations(): Durations {
  return { atMost: DURATION_BUCKETS.map(() => 0), count: 0, sumSeconds: 0 };
}

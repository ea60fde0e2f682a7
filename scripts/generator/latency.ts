import type { Latency } from "./truth.ts";

const STEP = Math.log(1.01);

/** Collects latencies in buckets 1 % wide: constant memory however many there are. */
export class LatencyCounter {
  private readonly buckets = new Map<number, number>();
  private samples = 0;
  private min = Number.MAX_SAFE_INTEGER;
  private max = 0;
  private sum = 0;

  add(ns: number): void {
    const bucket = Math.round(Math.log(Math.max(1, ns)) / STEP);
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
    this.samples++;
    this.sum += ns;
    if (ns < this.min) this.min = ns;
    if (ns > this.max) this.max = ns;
  }

  result(): Latency | null {
    if (this.samples === 0) return null;
    return {
      samples: this.samples,
      minNs: this.min,
      maxNs: this.max,
      sumNs: this.sum,
      p50Ns: this.percentile(0.5),
      p95Ns: this.percentile(0.95),
      p99Ns: this.percentile(0.99),
    };
  }

  private percentile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.samples));
    let seen = 0;
    for (const [bucket, count] of [...this.buckets].sort((a, b) => a[0] - b[0])) {
      seen += count;
      if (seen >= rank) return Math.round(Math.exp(bucket * STEP));
    }
    return this.max;
  }
}

/** What operators watch: captures, files taken in, questions, the process. Names and labels are our own, never a log's. */

import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { FileReport } from "@/lib/capture/files";
import type { Family, Sample } from "@/lib/http/prometheus";
import type { ReaderPool } from "@/lib/questions/reader-pool";
import { DURATION_BUCKETS } from "@/lib/questions/statistics";

/** Files that came to their end since the server started. */
export class IntakeTotals {
  private readonly files = new Map<string, number>();
  private readonly records = { accepted: 0, duplicate: 0, otherKinds: 0, refused: 0 };
  private bytes = 0;

  add(report: FileReport): void {
    this.files.set(report.state, (this.files.get(report.state) ?? 0) + 1);
    this.bytes += report.receivedBytes;
    for (const of of ["accepted", "duplicate", "otherKinds", "refused"] as const)
      this.records[of] += report[of];
  }

  families(): Family[] {
    return [
      counter("files_total", "Files that came to their end, by how.", labelled("state", this.files)),
      counter("ingest_bytes_total", "Bytes of those files as they were sent.", [{ value: this.bytes }]),
      counter(
        "ingest_records_total",
        "Records of those files, by what became of them.",
        labelled("outcome", Object.entries(this.records)),
      ),
    ];
  }
}

export class Metrics {
  private readonly delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 });

  constructor(
    private readonly readers: ReaderPool,
    private readonly intake: IntakeTotals,
    private readonly captures: () => Promise<{ readonly state: string }[]>,
  ) {
    this.delay.enable();
  }

  async families(): Promise<Family[]> {
    const byState = new Map<string, number>();
    for (const { state } of await this.captures()) byState.set(state, (byState.get(state) ?? 0) + 1);
    return [
      gauge("captures", "Captures, by state.", labelled("state", byState)),
      ...this.intake.families(),
      ...this.ofQuestions(),
      ...this.ofProcess(),
    ];
  }

  close(): void {
    this.delay.disable();
  }

  private ofQuestions(): Family[] {
    const { waiting, running, retired, refused } = this.readers.state();
    const { statistics } = this.readers;
    const counts = statistics.counts().map(({ question, outcome, count }) => ({
      labels: { question, outcome },
      value: count,
    }));
    const times = statistics.times().flatMap(({ question, durations }): Sample[] => [
      ...DURATION_BUCKETS.map((bound, n) => ({
        suffix: "_bucket",
        labels: { question, le: String(bound) },
        value: durations.atMost[n] ?? 0,
      })),
      { suffix: "_bucket", labels: { question, le: "+Inf" }, value: durations.count },
      { suffix: "_sum", labels: { question }, value: durations.sumSeconds },
      { suffix: "_count", labels: { question }, value: durations.count },
    ]);
    return [
      counter("questions_total", "Questions that ended, by how.", counts),
      {
        name: "eyepiece_question_seconds",
        type: "histogram",
        help: "Time from asking to the answer.",
        samples: times,
      },
      counter("questions_refused_total", "Questions refused because too many waited.", [{ value: refused }]),
      gauge("questions_waiting", "Questions that wait for a reader.", [{ value: waiting }]),
      gauge("questions_running", "Readers at work.", [{ value: running }]),
      gauge("readers_retired", "Reader threads left to end by themselves.", [{ value: retired }]),
    ];
  }

  private ofProcess(): Family[] {
    const memory = process.memoryUsage();
    const seconds = (ns: number): number => (Number.isFinite(ns) ? ns / 1e9 : 0);
    const delays = [
      { labels: { quantile: "0.5" }, value: seconds(this.delay.percentile(50)) },
      { labels: { quantile: "0.99" }, value: seconds(this.delay.percentile(99)) },
      { labels: { quantile: "1" }, value: seconds(this.delay.max) },
    ];
    // Of the time since the last look, so that one bad moment does not colour the rest of the day.
    this.delay.reset();
    return [
      gauge("resident_bytes", "Resident memory of the process, its threads included.", [
        { value: memory.rss },
      ]),
      gauge("heap_bytes", "Heap of the main thread in use.", [{ value: memory.heapUsed }]),
      gauge(
        "event_loop_seconds",
        "Time between turns of the main thread since the last look, by quantile.",
        delays,
      ),
      gauge("uptime_seconds", "Since the process started.", [{ value: process.uptime() }]),
    ];
  }
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `eyepiece_${name}`, type: "counter", help, samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `eyepiece_${name}`, type: "gauge", help, samples };
}

function labelled(label: string, counts: Iterable<readonly [string, number]>): Sample[] {
  return [...counts].map(([name, value]) => ({ labels: { [label]: name }, value }));
}

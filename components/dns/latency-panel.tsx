"use client";

import type { ScopeHandle } from "@/components/frame/use-scope";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { formatQuantity } from "@/components/ui/format";
import shared from "@/components/ui/view.module.css";
import type { DnsLatencyAnswer } from "@/lib/questions/dns-answers";
import { latencyCell } from "@/lib/scope/dns-cells";
import { Cell, type Place } from "./dns-links";
import styles from "./dns-view.module.css";
import { latencyText, percentText } from "./dns-words";
import { Failed } from "./failed";
import { LatencyOverTime } from "./latency-over-time";
import { useDnsLatency } from "./queries";

type Bucket = DnsLatencyAnswer["buckets"][number];

/** How long answers took: over time, and as a histogram that can be read as a table. */
export function LatencyPanel({
  captureId,
  scope,
}: {
  readonly captureId: string;
  readonly scope: ScopeHandle;
}) {
  const { data, error, refetch } = useDnsLatency(captureId, scope);
  if (data === undefined)
    return error ? <Failed error={error} onRetry={() => refetch()} /> : <p>Counting …</p>;
  const { latencyNs, buckets, overTime } = data;
  if (latencyNs.samples === 0)
    return (
      <p className={shared.note}>
        No question of the scope has an answer by the same clock, so nothing is known about latency.
      </p>
    );
  return (
    <section aria-label="Latency" className={styles.bars}>
      <p className={styles.sentence}>
        Half of {formatQuantity(latencyNs.samples, "answer")} came within {latencyText(latencyNs.p50)}, 95 %
        within {latencyText(latencyNs.p95)}, 99 % within {latencyText(latencyNs.p99)}. No log holds this: it
        is the time from question to answer by one clock, from the proxy to the resolver.
      </p>
      {overTime && <LatencyOverTime captureId={captureId} scope={scope} overTime={overTime} />}
      <DataTable
        label="Answers by latency"
        columns={columnsOf({ captureId, query: scope.query }, buckets, latencyNs.samples)}
        rows={buckets}
        keyOf={({ fromNs }) => fromNs}
      />
    </section>
  );
}

function columnsOf(place: Place, buckets: readonly Bucket[], samples: number): readonly DataColumn<Bucket>[] {
  const most = Math.max(...buckets.map(({ n }) => n));
  return [
    {
      id: "from",
      label: "Latency",
      sortBy: ({ fromNs }) => BigInt(fromNs),
      render: ({ fromNs, toNs }) => `${latencyText(fromNs)} to ${latencyText(toNs)}`,
    },
    {
      id: "n",
      label: "Answers",
      isNumber: true,
      sortBy: ({ n }) => n,
      render: ({ n, fromNs, toNs }) => (
        <Cell place={place} count={n} terms={[latencyCell(fromNs, toNs)]} says="responses" />
      ),
    },
    {
      id: "share",
      label: "Share",
      isNumber: true,
      sortBy: ({ n }) => n,
      render: ({ n }) => percentText(n, samples),
    },
    {
      id: "bar",
      label: "",
      render: ({ n }) => (
        <svg className={styles.bars} width="320" height="12" role="presentation" aria-hidden="true">
          <rect className={styles.bar} width={Math.max(1, (n / most) * 320)} height="12" />
        </svg>
      ),
    },
  ];
}

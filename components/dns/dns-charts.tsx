"use client";

import { ZONE } from "@/components/frame/preferences";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { type AreaLook, KIND_LOOKS } from "@/components/ui/area-looks";
import { Choice } from "@/components/ui/choice";
import { formatCount } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { SeriesChart } from "@/components/ui/series-chart";
import { useStored } from "@/components/ui/use-stored";
import shared from "@/components/ui/view.module.css";
import type { DnsSeriesAnswer } from "@/lib/questions/dns-answers";
import { flowsOf, type Place } from "./dns-links";
import styles from "./dns-view.module.css";
import { OTHERS, seriesLabel } from "./dns-words";
import type { Lacks } from "./lacks";
import { useDnsSeries } from "./queries";

const LOOKS: Readonly<Record<string, AreaLook>> = {
  answered: "good",
  NOERROR: "good",
  unanswered: "bad",
  refused: "warn",
  open: "calm",
  unpaired: "calm",
  NODATA: "one",
  "search-list": "calm",
  NXDOMAIN: "warn",
  SERVFAIL: "bad",
  REFUSED: "three",
  unknown: "two",
};

type SeriesBy = DnsSeriesAnswer["by"];

const BY_LABELS: Readonly<Record<SeriesBy, string>> = {
  outcome: "Outcome",
  node: "Node",
  qtype: "Query type",
  answers: "Addresses",
};
const BY = Object.keys(BY_LABELS) as SeriesBy[];

/** Of queries and of responses; absent: no chart. */
const TITLES: Readonly<Record<SeriesBy, readonly [queries: string | undefined, responses: string]>> = {
  outcome: ["Queries by what became of them", "Responses by what they say"],
  node: ["Unanswered queries by node", "Errors by node"],
  qtype: ["Unanswered queries by type", "Errors by query type"],
  answers: [undefined, "Responses by how many addresses they hold"],
};

interface DnsChartsProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly lacks: Lacks;
}

/** Questions and answers over time, side by side where there is room. */
export function DnsCharts({ captureId, scope, lacks }: DnsChartsProps) {
  const chosen = BY.find((word) => word === scope.view.measure) ?? "outcome";
  const { data } = useDnsSeries(captureId, scope, chosen);
  // The answer before stays until the next is there, under its own title.
  const by = data?.by ?? chosen;
  const [queries, responses] = TITLES[by];
  const hasQueries = by === "outcome" ? data?.queries.length !== 0 : !lacks.outcomes;
  return (
    <>
      <div className={styles.seriesBy}>
        <span className={shared.quiet}>Over time by</span>
        <Choice
          legend="Over time by"
          words={BY}
          chosen={chosen}
          labelOf={(word) => BY_LABELS[word]}
          onChoose={(next) => scope.setView({ measure: next === "outcome" ? null : next })}
        />
      </div>
      <div className={styles.charts}>
        {/* A log of answers alone has one chart. */}
        {queries !== undefined && hasQueries && (
          <Chart
            {...{ captureId, scope, data, title: queries }}
            unit={["query", "queries"]}
            series={data?.queries}
          />
        )}
        <Chart
          {...{ captureId, scope, data, title: responses }}
          unit={["response", "responses"]}
          series={data?.responses}
        />
      </div>
    </>
  );
}

interface ChartProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly data: DnsSeriesAnswer | undefined;
  readonly title: string;
  readonly unit: readonly [string, string];
  readonly series: DnsSeriesAnswer["queries"] | undefined;
}

function Chart({ captureId, scope, data, title, unit: [unit, units], series = [] }: ChartProps) {
  const [zone] = useStored(ZONE);
  const window =
    data === undefined || data.fromNs === null || data.toNs === null
      ? undefined
      : { from: BigInt(data.fromNs), to: BigInt(data.toNs) };
  return (
    <SeriesChart
      title={title}
      unit={unit}
      units={units}
      isLoading={data === undefined}
      series={series.map((one, at) => toSeries({ captureId, query: scope.query }, data?.by, one, at))}
      bucketNs={data?.bucketNs ?? "1000000000"}
      window={window}
      zone={zone}
      onBrush={scope.setRange}
    />
  );
}

function toSeries(
  place: Place,
  by: SeriesBy = "outcome",
  { key, filter, total, points }: DnsSeriesAnswer["queries"][number],
  at: number,
) {
  const label = seriesLabel(by, key);
  return {
    key,
    label,
    look: by === "outcome" ? (LOOKS[key] ?? "four") : kindLook(key, at),
    points,
    legend: (
      <>
        <bdi>{label}</bdi> <Link href={flowsOf(place, filter)}>{formatCount(total)}</Link>
      </>
    ),
  };
}

function kindLook(key: string, at: number): AreaLook {
  return key === OTHERS ? "calm" : (KIND_LOOKS[at % KIND_LOOKS.length] ?? "one");
}

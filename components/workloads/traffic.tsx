"use client";

import { actorNames } from "@/components/frame/actor-names";
import { flowsAddress, within } from "@/components/frame/flows-address";
import { spanColumns } from "@/components/frame/instant";
import { RowsOverTime } from "@/components/frame/rows-over-time";
import { toneOf, verdictLabel } from "@/components/frame/verdicts";
import { Choice } from "@/components/ui/choice";
import { CountLink } from "@/components/ui/count-link";
import { type DataColumn, DataTable } from "@/components/ui/data-table";
import { Empty } from "@/components/ui/empty";
import { formatQuantity, formatShare, formatSpan } from "@/components/ui/format";
import shared from "@/components/ui/view.module.css";
import type {
  TrafficAnswer,
  TrafficBy,
  TrafficOf,
  TrafficRow,
  TrafficSide,
} from "@/lib/questions/answers-workloads";
import { Asked } from "./asked";
import type { WorkloadPartProps } from "./part";
import { useTraffic } from "./queries";
import { tracePointText } from "./trace-points";
import { trafficRowTerms, trafficTerms } from "./workload-links";
import styles from "./workloads-view.module.css";

const BUCKETS = 60;
/** Lines of the picture; the table has more. */
const DRAWN = 40;

const BY_LABELS: Readonly<Record<TrafficBy, string>> = {
  pod: "Pod",
  workload: "Workload",
  namespace: "Namespace",
  "trace-point": "Trace point",
  verdict: "Verdict",
};
const BY = Object.keys(BY_LABELS) as TrafficBy[];
const OF_LABELS: Readonly<Record<TrafficOf, string>> = {
  events: "all events",
  forwarded: "forwarded",
  drops: "drops",
};
const OF = Object.keys(OF_LABELS) as TrafficOf[];
const SIDE_LABELS: Readonly<Record<TrafficSide, string>> = { from: "Sent by", to: "Received by" };
const SIDES = Object.keys(SIDE_LABELS) as TrafficSide[];

/** Flow events over time by who sent or received them, by trace point or by verdict. */
export function Traffic(part: WorkloadPartProps) {
  const { captureId, handle } = part;
  const by = BY.find((word) => word === handle.view.by) ?? "pod";
  const side = SIDES.find((word) => word === handle.view.level) ?? "from";
  const of = OF.find((word) => word === handle.view.measure) ?? "events";
  const asked = useTraffic(captureId, handle, { by, side, of, buckets: BUCKETS });
  const { own } = asked;
  const shown = {
    by: BY.find((word) => word === own?.by) ?? by,
    side: SIDES.find((word) => word === own?.side) ?? side,
    of: OF.find((word) => word === own?.of) ?? of,
  };
  return (
    <Asked asked={asked} meanwhile="Counting events …">
      {(answer) => <Answered {...{ ...part, ...shown, answer }} />}
    </Asked>
  );
}

interface AnsweredProps extends WorkloadPartProps {
  readonly by: TrafficBy;
  readonly side: TrafficSide;
  readonly of: TrafficOf;
  readonly answer: TrafficAnswer;
}

function Answered(shown: AnsweredProps) {
  const { captureId, handle, scope, by, side, of, answer } = shown;
  const { rows, folded, total, untimed, meta } = answer;
  if (total.events === 0)
    return (
      <Empty title="No flows in this scope." role="status">
        Widen the time range or take terms out of the filter.
      </Empty>
    );
  const isSided = by !== "trace-point" && by !== "verdict";
  const name = namesOf(by, rows);
  const label = BY_LABELS[by].toLowerCase();
  const drawn = rows.filter((row) => row[of] > 0);
  const more = drawn.slice(DRAWN);
  return (
    <>
      <div className={shared.bar}>
        <Choice
          legend="Group events by"
          words={BY}
          chosen={by}
          labelOf={(word) => BY_LABELS[word]}
          onChoose={(word) => handle.setView({ by: word === "pod" ? null : word })}
        />
      </div>
      <p className={shared.note}>{explain(by)}</p>
      {meta.notes.map((note) => (
        <p key={note} className={shared.note}>
          {note}
        </p>
      ))}
      <RowsOverTime
        {...{ captureId, handle, scope }}
        heading="Over time"
        of={{ legend: "What is counted", words: OF, chosen: of, labelOf: (word) => OF_LABELS[word] }}
        {...(isSided && {
          by: {
            legend: "Side of the packet",
            words: SIDES,
            chosen: side,
            labelOf: (word: TrafficSide) => SIDE_LABELS[word],
          },
        })}
        title={`${OF_LABELS[of]}, ${isSided ? SIDE_LABELS[side].toLowerCase() : "by"} ${label}`}
        unit={of === "drops" ? "drop" : "event"}
        row={isSided ? (side === "from" ? "sender" : "receiver") : label}
        tone={of === "drops" ? "bad" : "calm"}
        data={{
          ...answer,
          rows: drawn.slice(0, DRAWN).map((row) => ({
            key: textOf(row.key),
            total: row[of],
            points: row.points,
            ...(row.key.verdict !== undefined && { look: toneOf(row.key.verdict) }),
          })),
          more: {
            rows: more.length + (folded[of] > 0 ? folded.rows : 0),
            total: more.reduce((sum, row) => sum + row[of], folded[of]),
            points: [...more.map(({ points }) => points), folded.points].flat(),
          },
        }}
        nameOf={name}
        termsOf={(keys, isOthers) => [
          ...trafficTerms(of),
          ...trafficRowTerms(
            by,
            side,
            keys.map((key) => keyOf(by, key)),
            isOthers,
          ),
        ]}
      />
      {untimed > 0 && (
        <p className={shared.note}>{formatQuantity(untimed, "event")} without a time: not drawn.</p>
      )}
      <section className={shared.part}>
        <h2 className={shared.title}>
          {isSided ? SIDE_LABELS[side] : "By"} {label}
        </h2>
        <DataTable
          label={`Events by ${label}`}
          columns={columns(shown, name)}
          rows={rows}
          keyOf={({ key }) => JSON.stringify(key)}
        />
        {folded.rows > 0 && (
          <p className={shared.note}>
            And {formatQuantity(folded.rows, `more ${label}`)} with {formatQuantity(folded.events, "event")}:
            narrow the scope to see them.
          </p>
        )}
      </section>
    </>
  );
}

function explain(by: TrafficBy): string {
  if (by === "trace-point")
    return "Where in the datapath each event was seen. One packet can be seen at several points, so these are events, not packets.";
  if (by === "verdict")
    return "What was decided about each event. A drop can stand in two records, so there are fewer drops than events with verdict DROPPED.";
  return "Each event counts once, at the side of the packet that is chosen: a reply is sent by the server. A drop counts at its sender or its receiver.";
}

function textOf({ actor, tracePoint, verdict }: TrafficRow["key"]): string | null {
  return tracePoint ?? verdict ?? actor ?? null;
}

function keyOf(by: TrafficBy, text: string | null): TrafficRow["key"] {
  if (by === "trace-point") return { tracePoint: text ?? "?" };
  return by === "verdict" ? { verdict: text ?? "?" } : { actor: text };
}

function namesOf(by: TrafficBy, rows: TrafficAnswer["rows"]): (key: string | null) => string {
  if (by === "trace-point") return (key) => tracePointText(key ?? "?").name;
  if (by === "verdict") return (key) => verdictLabel(key ?? "VERDICT_UNKNOWN");
  return actorNames(rows.map(({ key }) => key.actor ?? null));
}

type Column = DataColumn<TrafficRow>;

function columns(
  { captureId, scope, by, side, of, answer }: AnsweredProps,
  name: (key: string | null) => string,
): readonly Column[] {
  const { total, bucketNs } = answer;
  const rowTerms = ({ key }: TrafficRow) => trafficRowTerms(by, side, [key]);
  const count = (measure: TrafficOf, label: string): Column => ({
    ...{ id: measure, label, isNumber: true, sortBy: (row) => row[measure] },
    render: (row) => (
      <CountLink
        count={row[measure]}
        href={flowsAddress(captureId, scope, ...rowTerms(row), ...trafficTerms(measure))}
      />
    ),
  });
  const peak: Column = {
    id: "peak",
    label: `Most in ${formatSpan(BigInt(bucketNs))}`,
    title: `Of ${OF_LABELS[of]}; the fewest beside it, between the first and the last`,
    isNumber: true,
    sortBy: (row) => peakOf(row)?.[1] ?? null,
    render: (row) => {
      const most = peakOf(row);
      if (most === undefined) return <span className={shared.quiet}>none</span>;
      const [start, n] = most;
      const bucket = within(scope, BigInt(start), BigInt(start) + BigInt(bucketNs));
      return (
        <>
          <CountLink
            count={n}
            href={flowsAddress(captureId, bucket, ...rowTerms(row), ...trafficTerms(of))}
          />{" "}
          <span className={shared.quiet}>least {fewestOf(row, BigInt(bucketNs))}</span>
        </>
      );
    },
  };
  return [
    {
      id: "title",
      label: BY_LABELS[by],
      sortBy: ({ key }) => name(textOf(key)),
      render: ({ key }) => (
        <>
          <bdi>{name(textOf(key))}</bdi>
          {key.tracePoint !== undefined && (
            <div className={styles.evidence}>{tracePointText(key.tracePoint).says}</div>
          )}
        </>
      ),
    },
    count("events", "Events"),
    {
      id: "share",
      label: "Share",
      isNumber: true,
      sortBy: ({ events }) => events,
      render: ({ events }) => formatShare(events, total.events),
    },
    count("forwarded", "Forwarded"),
    count("drops", "Drops"),
    peak,
    ...spanColumns(total),
  ];
}

function peakOf({ points }: TrafficRow): TrafficRow["points"][number] | undefined {
  return points.reduce<TrafficRow["points"][number] | undefined>(
    (most, point) => (most === undefined || point[1] > most[1] ? point : most),
    undefined,
  );
}

/** Of all buckets from the first to the last: none at all in one of them is the fewest there can be. */
function fewestOf({ points }: TrafficRow, widthNs: bigint): number {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const buckets = (BigInt(last[0]) - BigInt(first[0])) / widthNs + 1n;
  return BigInt(points.length) < buckets ? 0 : Math.min(...points.map(([, n]) => n));
}

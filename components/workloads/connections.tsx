"use client";

import { flowsAddress } from "@/components/frame/flows-address";
import { ZONE } from "@/components/frame/preferences";
import type { AreaLook } from "@/components/ui/area-looks";
import { Choice } from "@/components/ui/choice";
import { DataTable } from "@/components/ui/data-table";
import { Empty } from "@/components/ui/empty";
import { formatCount, formatQuantity, formatShare, formatSpan } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { type ChartSeries, SeriesChart } from "@/components/ui/series-chart";
import { Tile, Tiles } from "@/components/ui/tile";
import { useStored } from "@/components/ui/use-stored";
import shared from "@/components/ui/view.module.css";
import type { ConnectionCounts, ConnectionsAnswer, ConnectionsBy } from "@/lib/questions/answers-workloads";
import { connectionTerms } from "@/lib/scope/connection-terms";
import { type ConnectionWord, type OutcomeWord, UNANSWERED_WORDS } from "@/lib/scope/outcome-kinds";
import { Asked } from "./asked";
import { connectionColumns } from "./connection-columns";
import { ConnectionsOverTime } from "./connections-over-time";
import type { WorkloadPartProps } from "./part";
import { useConnections, useConnectionsTimeline } from "./queries";
import { countedTerms } from "./workload-links";
import { BY_LABELS, lengthText, OUTCOME_LABELS } from "./workload-words";
import styles from "./workloads-view.module.css";

const BY = Object.keys(BY_LABELS) as ConnectionsBy[];

/** What became of TCP connections, each attempt followed to its end; retries and the copies of other nodes are no attempts. */
export function Connections(part: WorkloadPartProps) {
  const { captureId, handle } = part;
  const by = BY.find((word) => word === handle.view.by) ?? "edge";
  const asked = useConnections(captureId, handle, by);
  return (
    <Asked asked={asked} meanwhile="Counting connections …">
      {(answer) => <Fates {...part} by={by} answer={answer} />}
    </Asked>
  );
}

interface FatesProps extends WorkloadPartProps {
  readonly by: ConnectionsBy;
  readonly answer: ConnectionsAnswer;
}

function Fates({ by, answer, ...part }: FatesProps) {
  const { handle } = part;
  const { rows, folded, meta } = answer;
  const { attempts, resets } = answer.total;
  if (attempts === null || resets === null)
    return (
      <Empty title="No TCP connections can be followed in this scope." role="status">
        A connection is known by its addresses and ports. Aggregated records have no client port, and a field
        mask can leave both out, or the time; no record of the scope has them.
      </Empty>
    );
  if (rows.length === 0)
    return (
      <Empty title="No TCP connections in this scope." role="status">
        Its records have ports, and none of them is TCP at which a connection counts: a connection counts at
        its first record.
      </Empty>
    );
  const total = { ...answer.total, attempts, resets };
  return (
    <>
      {meta.notes.map((note) => (
        <p key={note} className={shared.note}>
          {note}
        </p>
      ))}
      <FateTiles {...part} total={total} />
      <FateSeries {...part} />
      <section className={shared.part}>
        <div className={shared.bar}>
          <h2 className={shared.title}>Connections by {BY_LABELS[by].toLowerCase()}</h2>
          <Choice
            legend="Group connections by"
            words={BY}
            chosen={by}
            labelOf={(word) => BY_LABELS[word]}
            onChoose={(word) => handle.setView({ by: word === "edge" ? null : word })}
          />
        </div>
        <p className={shared.note}>
          Those that never got an answer stand first, then those with most that failed.
        </p>
        <DataTable
          label={`Connections by ${BY_LABELS[by].toLowerCase()}`}
          columns={connectionColumns({ ...part, by, answer })}
          rows={rows}
          keyOf={({ key }) => JSON.stringify(key)}
        />
        {folded.rows > 0 && (
          <p className={shared.note}>
            And {formatQuantity(folded.rows, "more row")} with {formatQuantity(folded.attempts, "attempt")}:
            narrow the scope to see them.
          </p>
        )}
      </section>
      <ConnectionsOverTime {...part} total={total} />
    </>
  );
}

function FateTiles({ captureId, scope, total }: WorkloadPartProps & { readonly total: ConnectionCounts }) {
  const count = (word: ConnectionWord) => total.outcomes[word] ?? 0;
  const link = (word: ConnectionWord, isInText = false) => (
    <Link
      href={flowsAddress(captureId, scope, ...connectionTerms(word))}
      className={isInText ? shared.inText : undefined}
    >
      {formatCount(count(word))}
    </Link>
  );
  const list = (words: readonly ConnectionWord[]) =>
    words
      .filter((word) => count(word) > 0)
      .map((word) => (
        <span key={word} className={styles.tileLine}>
          {link(word, true)} {OUTCOME_LABELS[word]}
        </span>
      ));
  const unanswered = UNANSWERED_WORDS.reduce((sum, word) => sum + count(word), 0);
  return (
    <Tiles label="TCP connections of the scope">
      <Tile
        label="Attempts"
        value={
          <Link href={flowsAddress(captureId, scope, ...countedTerms("attempts"))}>
            {formatCount(total.attempts)}
          </Link>
        }
        note={
          <>
            {list(["open-already"])} {count("open-already") > 0 && "(not counted as attempts)"}
          </>
        }
      />
      <Tile label="Answered" value={link("answered")} note={formatShare(count("answered"), total.attempts)} />
      <Tile
        label="Unanswered"
        value={
          <Link href={flowsAddress(captureId, scope, ...countedTerms("unanswered"))}>
            {formatCount(unanswered)}
          </Link>
        }
        note={list(UNANSWERED_WORDS)}
        tone={unanswered > 0 ? "bad" : undefined}
      />
      <Tile
        label="Refused"
        value={link("refused")}
        note="a reset was the first thing that came back: nobody listens, or a firewall says so"
        tone={count("refused") > 0 ? "warn" : undefined}
      />
      <Tile
        label="Reset mid-way"
        value={
          <Link
            href={flowsAddress(captureId, scope, ...connectionTerms("reset-by-client", "reset-by-server"))}
          >
            {formatCount(total.resets)}
          </Link>
        }
        note={list(["reset-by-client", "reset-by-server"])}
        tone={total.resets > 0 ? "warn" : undefined}
      />
      <Tile
        label="Ended with a FIN"
        value={link("closed")}
        note="of those that were answered or open before"
      />
      <Tile
        label="Length, median"
        value={lengthText(total.lengthNs.p50)}
        note={
          <>
            {total.lengthNs.samples > 0 && <>p95 {lengthText(total.lengthNs.p95)}; </>}
            {link("timed", true)} have beginning and end in the log
          </>
        }
      />
      {UNCERTAIN.some((word) => count(word) > 0) && (
        <Tile
          label="Not knowable"
          value={
            <Link href={flowsAddress(captureId, scope, ...connectionTerms(...UNCERTAIN))}>
              {formatCount(UNCERTAIN.reduce((sum, word) => sum + count(word), 0))}
            </Link>
          }
          note={list(UNCERTAIN)}
        />
      )}
    </Tiles>
  );
}

const UNCERTAIN: readonly ConnectionWord[] = ["gap", "open", "unknowable"];

const LOOKS: Readonly<Record<OutcomeWord, AreaLook>> = {
  answered: "good",
  refused: "warn",
  "dropped-at-client": "bad",
  "dropped-at-server": "two",
  "dropped-somewhere": "three",
  "no-reply": "four",
  gap: "calm",
  open: "calm",
  unknowable: "calm",
  "open-already": "calm",
};

const BUCKETS = 120;

function FateSeries({ captureId, handle, scope }: WorkloadPartProps) {
  const [zone] = useStored(ZONE);
  const { data } = useConnectionsTimeline(captureId, handle, {
    by: "outcome",
    of: "attempts",
    buckets: BUCKETS,
  });
  if (data === undefined) return <div className={styles.chartRoom} />;
  const series = data.series.flatMap(({ key, total, points }): ChartSeries[] => {
    const word = key.outcome as OutcomeWord | undefined;
    if (word === undefined) return [];
    return [
      {
        ...{ key: word, label: OUTCOME_LABELS[word], look: LOOKS[word], points },
        legend: (
          <Link href={flowsAddress(captureId, scope, ...connectionTerms(word))}>
            {OUTCOME_LABELS[word]} {formatCount(total)}
          </Link>
        ),
      },
    ];
  });
  const { fromNs, toNs, bucketNs } = data;
  return (
    <div className={shared.part}>
      <SeriesChart
        title={`Attempts per ${formatSpan(BigInt(bucketNs))}, by what became of them`}
        unit="attempt"
        series={series}
        bucketNs={bucketNs}
        window={fromNs === null || toNs === null ? undefined : { from: BigInt(fromNs), to: BigInt(toNs) }}
        zone={zone}
        onBrush={handle.setRange}
      />
    </div>
  );
}

"use client";

import { ArrowRight } from "lucide-react";
import { type ReactNode, useId } from "react";
import { actorName, edgeTerms } from "@/components/frame/actors";
import { flowsAddress, IS_DROP } from "@/components/frame/flows-address";
import { ZONE } from "@/components/frame/preferences";
import { useCapture, useIsUnsettled, useSummary } from "@/components/frame/queries";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { TONES, toneOf, Verdict } from "@/components/frame/verdicts";
import { datedOver, formatDated, type Zone } from "@/components/ui/clock";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { visible } from "@/components/ui/text";
import { useStored } from "@/components/ui/use-stored";
import { Waiting } from "@/components/ui/waiting";
import { parseTime } from "@/lib/base/time";
import type { CaptureAnswer, SummaryAnswer } from "@/lib/questions/answers";
import type { ChangesAnswer } from "@/lib/questions/changes-answer";
import { eitherTerm } from "@/lib/scope/edge-terms";
import { makeTerm } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import { useBusiest, useChanges } from "./queries";
import styles from "./side-panel.module.css";

const ROWS = 10;

interface SidePanelProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  /** What stands above it in a narrow window is there. */
  readonly isPlaced: boolean;
}

/** What is usual in the scope, what is new in it, and who fell silent. */
export function SidePanel({ captureId, scope, isPlaced }: SidePanelProps) {
  const [zone] = useStored(ZONE);
  const summary = useSummary(captureId, scope);
  const capture = useCapture(captureId).data;
  const isReading = capture?.state === "reading";
  // Who talks to whom is worked out when a file is at its end; until then the answers would only cost time.
  const isUnsettled = useIsUnsettled(captureId);
  const isWanted = capture !== undefined && !isUnsettled;
  const busiest = useBusiest(captureId, scope, ROWS, isWanted);
  const changes = useChanges(captureId, scope, ROWS, isWanted);
  const clock = clockOf(capture, zone);
  const nothing = isReading ? STILL_READ : NOTHING_BEFORE;
  if (scope.scope === undefined) return null;
  const isNarrowed = scope.scope.filter.terms.length > 0;
  const place = { captureId, scope: scope.scope };
  const instead = (error: Error | null) => {
    if (error !== null) return <p className={styles.quiet}>{error.message}</p>;
    return isUnsettled ? <p className={styles.quiet}>{STILL_READ}</p> : <Waiting />;
  };
  // A part comes into sight when those above it have their height: nothing that is being read moves.
  const hasVerdicts = summary.data !== undefined || summary.error !== null;
  const hasChanges = hasVerdicts && (changes.data !== undefined || changes.error !== null || isUnsettled);
  return (
    <aside className={styles.side} aria-label="Traffic of the scope" data-placed={isPlaced}>
      <Part title="Events by verdict">
        {summary.data ? <Verdicts {...place} summary={summary.data} /> : instead(summary.error)}
      </Part>
      <Part
        title="New connections"
        isPlaced={hasVerdicts}
        says={
          changes.data &&
          sinceText(
            changes.data.newSince,
            clock,
            isNarrowed ? "of this filter, first seen after" : "first seen after",
          )
        }
      >
        {changes.data ? (
          <NewEdges {...place} changes={changes.data} clock={clock} nothing={nothing} />
        ) : (
          instead(changes.error)
        )}
      </Part>
      <Part
        title="Fell silent"
        isPlaced={hasChanges}
        says={changes.data && sinceText(changes.data.silentSince, clock, "talked before, not after")}
      >
        {changes.data ? (
          <Silent {...place} changes={changes.data} clock={clock} nothing={nothing} />
        ) : (
          instead(changes.error)
        )}
      </Part>
      <Part title="Busiest connections" isPlaced={hasChanges}>
        {busiest.data === undefined ? (
          instead(busiest.error)
        ) : busiest.data.edges.length === 0 ? (
          <p className={styles.quiet}>None: no flow says who talked to whom.</p>
        ) : (
          <ol className={styles.list}>
            {busiest.data.edges.map((edge) => (
              <EdgeRow
                key={JSON.stringify([edge.client, edge.server, edge.port, edge.protocol])}
                {...place}
                edge={edge}
              />
            ))}
          </ol>
        )}
      </Part>
    </aside>
  );
}

interface PartProps {
  readonly title: string;
  readonly says?: string;
  readonly isPlaced?: boolean;
  readonly children: ReactNode;
}

function Part({ title, says, isPlaced = true, children }: PartProps) {
  const id = useId();
  return (
    <section className={styles.part} aria-labelledby={id} data-placed={isPlaced}>
      <h2 id={id} className={styles.title}>
        {title}
        {says !== undefined && <span className={styles.says}> {says}</span>}
      </h2>
      {children}
    </section>
  );
}

/** How an instant is written. */
type Clock = (time: string | null) => string | undefined;

function sinceText(time: string | null, clock: Clock, words: string): string | undefined {
  const text = clock(time);
  return text === undefined ? undefined : `${words} ${text}`;
}

/** With the day, or the year too, where the capture has several. */
function clockOf(capture: CaptureAnswer | undefined, zone: Zone): Clock {
  const [first, last] = [instant(capture?.first ?? null), instant(capture?.last ?? null)];
  const dated = first !== undefined && last !== undefined ? datedOver(first, last, zone) : "time";
  return (time) => {
    const ns = instant(time);
    return ns === undefined ? undefined : formatDated(ns, zone, dated);
  };
}

function instant(time: string | null): bigint | undefined {
  return time === null ? undefined : parseTime(time);
}

interface Place {
  readonly captureId: string;
  readonly scope: Scope;
}

const verdictTerm = (name: string) => makeTerm("verdict", [{ type: "enum", name }]);

function Verdicts({ captureId, scope, summary }: Place & { readonly summary: SummaryAnswer }) {
  const counts = Object.entries(summary.verdicts).filter(([, events]) => events > 0);
  counts.sort(([a, x], [b, y]) => TONES.indexOf(toneOf(a)) - TONES.indexOf(toneOf(b)) || y - x);
  if (counts.length === 0) return <p className={styles.quiet}>No events in the scope.</p>;
  return (
    <>
      <ul className={styles.list}>
        {counts.map(([verdict, events]) => (
          <li key={verdict} className={styles.verdict}>
            <Verdict verdict={verdict} />
            <svg
              className={styles.bar}
              data-tone={toneOf(verdict)}
              viewBox="0 0 100 6"
              preserveAspectRatio="none"
              aria-hidden
            >
              <rect width={Math.max(0.5, (events / summary.events) * 100)} height="6" />
            </svg>
            <Link className={styles.number} href={flowsAddress(captureId, scope, verdictTerm(verdict))}>
              {formatCount(events)}
            </Link>
          </li>
        ))}
      </ul>
      {summary.drops !== null && summary.drops > 0 && (
        <p className={styles.quiet}>
          <Link href={flowsAddress(captureId, scope, IS_DROP)}>{formatQuantity(summary.drops, "drop")}</Link>
          {(summary.verdicts.DROPPED ?? 0) - summary.notLosses > summary.drops
            ? ": many are told by two events, one of the policy and one of the packet."
            : "."}
        </p>
      )}
    </>
  );
}

type NewEdge = ChangesAnswer["edges"]["rows"][number];

interface EdgeRowProps extends Place {
  readonly edge: Pick<NewEdge, "client" | "server" | "port" | "protocol" | "events" | "verdicts">;
  /** How many clients outside the cluster. */
  readonly outside?: number;
  /** Stands at the end. */
  readonly more?: string;
}

function EdgeRow({ captureId, scope, edge, outside = 0, more }: EdgeRowProps) {
  const { client, server, port, protocol, events, verdicts } = edge;
  const dropped = verdicts.DROPPED ?? 0;
  const from =
    client === null ? `outside (${formatQuantity(outside, "address", "addresses")})` : actorName(client);
  return (
    <li className={styles.edge} data-dropped={dropped > 0 || undefined}>
      <p className={styles.ends}>
        <bdi>{from}</bdi> <ArrowRight size={12} className={styles.arrow} aria-label="to" />{" "}
        <bdi>{actorName(server)}</bdi>
        <span className={styles.port}>
          {" "}
          {[port === null ? null : `:${port}`, protocol].filter((part) => part !== null).join(" ")}
        </span>
      </p>
      <p className={styles.effect}>
        <Link href={flowsAddress(captureId, scope, ...edgeTerms(edge))}>
          {formatQuantity(events, "event")}
        </Link>
        {dropped > 0 && (
          <>
            {", "}
            <Link
              className={styles.bad}
              href={flowsAddress(captureId, scope, ...edgeTerms(edge), verdictTerm("DROPPED"))}
            >
              {dropped === events ? "all dropped" : `${formatCount(dropped)} dropped`}
            </Link>
          </>
        )}
        {more !== undefined && ` · ${more}`}
      </p>
    </li>
  );
}

interface ChangesProps extends Place {
  readonly changes: ChangesAnswer;
  readonly clock: Clock;
  /** Why nothing is told. */
  readonly nothing: string;
}

function NewEdges({ captureId, scope, changes, clock, nothing }: ChangesProps) {
  const { newSince, edges } = changes;
  if (newSince === null) return <p className={styles.quiet}>{nothing}</p>;
  if (edges.total === 0) return <p className={styles.quiet}>None: every connection was seen before.</p>;
  return (
    <>
      <ol className={styles.list}>
        {edges.rows.map((edge) => (
          <EdgeRow
            key={JSON.stringify([edge.client, edge.server, edge.port, edge.protocol])}
            captureId={captureId}
            scope={scope}
            edge={edge}
            outside={edge.outside}
            more={`since ${clock(edge.first)}`}
          />
        ))}
      </ol>
      <More total={edges.total} shown={edges.rows.length} />
    </>
  );
}

const STILL_READ = "Told when the files have been read.";
const NOTHING_BEFORE = "Not known: the scope begins with the capture, nothing is before it.";

function Silent({ captureId, scope, changes, clock, nothing }: ChangesProps) {
  const { silentSince, silent } = changes;
  if (silentSince === null) return <p className={styles.quiet}>{nothing}</p>;
  if (silent.total === 0)
    return <p className={styles.quiet}>None: every workload that talked still talks.</p>;
  // Its flows lie before the range that it is silent in.
  const { from: _from, ...before } = scope;
  return (
    <>
      <ul className={styles.list}>
        {silent.rows.map(({ id, level, namespace, name, events, last, expected }) => (
          <li key={id} className={styles.edge}>
            <p className={styles.ends}>
              <bdi>{visible(namespace === null ? name : `${namespace}/${name}`)}</bdi>
            </p>
            <p className={styles.effect}>
              <Link href={flowsAddress(captureId, before, eitherTerm({ id, level }))}>
                {formatQuantity(events, "event")} before
              </Link>
              {` · last at ${clock(last)}, about ${formatCount(expected)} expected since`}
            </p>
          </li>
        ))}
      </ul>
      <More total={silent.total} shown={silent.rows.length} />
    </>
  );
}

function More({ total, shown }: { readonly total: number; readonly shown: number }) {
  return total > shown ? <p className={styles.quiet}>And {formatCount(total - shown)} more.</p> : null;
}

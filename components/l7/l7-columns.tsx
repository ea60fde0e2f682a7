import { actorNames } from "@/components/frame/actor-names";
import { flowsAddress, viewWith } from "@/components/frame/flows-address";
import { spanColumns } from "@/components/frame/instant";
import { CountLink } from "@/components/ui/count-link";
import type { DataColumn } from "@/components/ui/data-table";
import { formatCount, formatShare } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import shared from "@/components/ui/view.module.css";
import type { L7Answer, L7By, L7Counts, L7Row } from "@/lib/questions/answers-l7";
import { type Measure, measureTerms, rowTerms, statusTerms } from "@/lib/scope/request-terms";
import styles from "./l7-view.module.css";
import {
  byLabel,
  CLASS_LABELS,
  countedOf,
  hasClientErrors,
  isAnswersOnly,
  latencyText,
  routeText,
  rowName,
  sortStatuses,
} from "./l7-words";
import type { L7PartProps } from "./part";

interface Shown extends L7PartProps {
  readonly by: L7By;
  readonly answer: L7Answer;
}

type Column = DataColumn<L7Row>;

export function l7Columns(shown: Shown): readonly Column[] {
  const { protocol, answer, by } = shown;
  const { total } = answer;
  const seenOf = ({ requests, responses }: L7Counts) => (isAnswersOnly(total) ? responses : requests);
  const columns: readonly (Column | false)[] = [
    titleColumn(shown),
    isAnswersOnly(total)
      ? countColumn(
          shown,
          "responses",
          "All answers",
          ({ responses }) => responses,
          "No request is in the log",
        )
      : countColumn(shown, "requests", "Requests", ({ requests }) => requests, "Each once, at one proxy"),
    {
      id: "share",
      label: "Share",
      isNumber: true,
      sortBy: seenOf,
      render: (row) => formatShare(seenOf(row), seenOf(total)),
    },
    countColumn(
      shown,
      "serverErrors",
      CLASS_LABELS[protocol]["server-error"],
      ({ errors, denied }) => errors - denied,
      "Status 500 and more, verdict ERROR, or an error that blames the server",
    ),
    countColumn(
      shown,
      "denied",
      "denied by policy",
      (row) => countedOf("denied", row),
      "An L7 rule refused it; the 403 came from the proxy, not from the server",
    ),
    hasClientErrors(protocol) &&
      countColumn(
        shown,
        "clientErrors",
        CLASS_LABELS[protocol]["client-error"],
        ({ clientErrors }) => clientErrors,
        "What the server blames on the caller; not counted as errors",
      ),
    total.unanswered + total.open > 0 &&
      countColumn(shown, "unanswered", "no answer", (row) => countedOf("unanswered", row), "Open ones apart"),
    ...(total.latencyNs.samples > 0 ? latencyColumns(shown) : []),
    by !== "status" && statusColumn(shown),
    ...spanColumns(total),
  ];
  return columns.filter((column) => column !== false);
}

function titleColumn({ captureId, scope, protocol, by, answer }: Shown): Column {
  const name = actorNames(answer.rows.flatMap(({ key }) => [key.client, key.clientPod, key.server, key.pod]));
  return {
    id: "title",
    label: byLabel(by, protocol),
    sortBy: ({ key }) => rowName(key, by, name),
    render: ({ key }) => {
      const terms = rowTerms(protocol, key)?.filter((term) => term.key !== "request");
      const title = (
        <>
          {key.method !== undefined && (key.method ?? key.route ?? null) !== null && protocol !== "grpc" && (
            <span className={styles.method}>{key.method ?? "?"} </span>
          )}
          <bdi>{rowName(key, by, name)}</bdi>
        </>
      );
      return (
        <>
          {terms === undefined ? (
            title
          ) : (
            <Link href={viewWith(captureId, "l7", scope, ...terms)} title="Look at these requests only">
              {title}
            </Link>
          )}
          {by === "url" && <span className={shared.quiet}> {routeText(key.route)}</span>}
          {key.server !== undefined && by !== "server" && (
            <div className={shared.quiet}>
              {by === "edge" && `${name(key.client ?? null)} -> `}
              {name(key.server)}
            </div>
          )}
        </>
      );
    },
  };
}

function countColumn(
  { captureId, scope, protocol }: Shown,
  measure: Measure,
  label: string,
  of: (row: L7Row) => number | null,
  title: string,
): Column {
  return {
    id: measure,
    label: label.charAt(0).toUpperCase() + label.slice(1),
    title,
    isNumber: true,
    sortBy: of,
    render: (row) => {
      const terms = rowTerms(protocol, row.key);
      return (
        <CountLink
          count={of(row)}
          href={terms && flowsAddress(captureId, scope, ...terms, ...measureTerms(measure))}
        />
      );
    },
  };
}

function latencyColumns(shown: Shown): Column[] {
  const { samples: known, computed } = shown.answer.total.latencyNs;
  // What holds for all of them is said once, below the table.
  const isAllComputed = computed === known;
  const percentiles = (["p50", "p95", "p99"] as const).map(
    (name): Column => ({
      id: name,
      label: name,
      title: "Latency; at most 1 % off",
      isNumber: true,
      sortBy: ({ latencyNs }) => (latencyNs[name] === null ? null : BigInt(latencyNs[name])),
      render: ({ latencyNs }) => {
        const value = latencyNs[name];
        if (value === null) return <span className={shared.quiet}>no sample</span>;
        const isComputed = latencyNs.computed > 0 && !isAllComputed;
        return (
          <span title={isComputed ? "Computed: time from request to answer" : "As the records say"}>
            {latencyText(value)}
            {isComputed && <span className={shared.quiet}> computed</span>}
          </span>
        );
      },
    }),
  );
  const samples = countColumn(
    shown,
    "samples",
    "samples",
    ({ latencyNs }) => latencyNs.samples,
    "Requests whose latency is known",
  );
  return [...percentiles, samples];
}

const SHOWN_STATUSES = 4;

function statusColumn({ captureId, scope, protocol }: Shown): Column {
  return {
    id: "status",
    label: "Answers",
    render: ({ key, status }) => {
      const terms = rowTerms(protocol, key);
      const names = sortStatuses(Object.keys(status));
      if (names.length === 0) return <span className={shared.quiet}>none</span>;
      return (
        <span className={styles.statuses}>
          {names.slice(0, SHOWN_STATUSES).map((name) => (
            <span key={name} className={styles.status}>
              {name}{" "}
              {terms === undefined ? (
                formatCount(status[name] ?? 0)
              ) : (
                <Link
                  href={flowsAddress(
                    captureId,
                    scope,
                    ...terms,
                    ...statusTerms(name),
                    ...measureTerms("responses"),
                  )}
                >
                  {formatCount(status[name] ?? 0)}
                </Link>
              )}
            </span>
          ))}
          {names.length > SHOWN_STATUSES && (
            <span className={shared.quiet}>+ {names.length - SHOWN_STATUSES} more</span>
          )}
        </span>
      );
    },
  };
}

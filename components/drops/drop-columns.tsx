import { flowsAddress, viewWith } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import type { DataColumn } from "@/components/ui/data-table";
import { formatCount, formatQuantity, formatShare, formatSpan } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { Spark } from "@/components/ui/spark";
import { visible } from "@/components/ui/text";
import shared from "@/components/ui/view.module.css";
import type { DropRow, DropsAnswer, DropsBy } from "@/lib/questions/answers-drops";
import { makeTerm } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import {
  BY_LABELS,
  causeTitle,
  decidedText,
  placeOf,
  reasonCode,
  reasonLabel,
  rowTerms,
  rowTitle,
  workedText,
} from "./drop-words";
import styles from "./drops-view.module.css";
import { PolicyLink } from "./policy-link";

interface Shown {
  readonly captureId: string;
  readonly scope: Scope;
  readonly by: DropsBy;
  readonly answer: DropsAnswer;
  readonly onOpen: (causeId: string) => void;
  /** Causes whose rules are to be gathered. */
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (causeId: string) => void;
}

type Column = DataColumn<DropRow>;

/**
 * Columns of the table; one that says what the first says already is left out. What answers the question why comes first: a narrow
 * window shows it before it has to scroll.
 */
export function dropColumns(shown: Shown): readonly Column[] {
  const isOneDay = areOfOneDay(shown.answer.rows);
  const columns: readonly (Column | false)[] = [
    titleColumn(shown),
    dropsColumn(shown),
    shown.by !== "reason" && {
      id: "reason",
      label: "Reason",
      sortBy: reasonLabel,
      render: (row) => <Reason row={row} />,
    },
    shown.by !== "policy" && {
      id: "decided",
      label: "Decided by",
      sortBy: decidedText,
      render: (row) => (
        <span className={styles.decided}>
          <Decided shown={shown} row={row} />
        </span>
      ),
    },
    shown.by === "policy" && {
      id: "unnamed",
      label: "Why none is named",
      render: ({ unnamed, policies }) => unnamed ?? (policies.length > 0 ? "" : "no policy has a part in it"),
    },
    {
      id: "fix",
      label: "Remedy",
      sortBy: ({ fix }) => fix,
      render: (row) =>
        row.fix === null ? (
          <Link href={causesAddress(shown, row)}>see its causes</Link>
        ) : (
          <span className={styles.words} title={visible(row.remedy ?? "")}>
            {visible(row.fix)}
          </span>
        ),
    },
    {
      id: "direction",
      label: "Direction",
      sortBy: placeOf,
      render: (row) => <bdi className={styles.words}>{placeOf(row)}</bdi>,
    },
    trendColumn(shown, isOneDay),
    attemptsColumn(shown),
    {
      id: "first",
      label: "First",
      sortBy: ({ first }) => first,
      render: ({ first }) => <Instant time={first} isOneDay={isOneDay} />,
    },
    {
      id: "last",
      label: "Last",
      sortBy: ({ last }) => last,
      render: ({ last }) => <Instant time={last} isOneDay={isOneDay} />,
    },
    shown.by === "cause" && {
      id: "worked",
      label: "Ever worked",
      title:
        "Whether the same client reached the same server and port in this capture. Rows are in this order: never, before, now and then, noise",
      sortBy: workedText,
      render: (row) => workedText(row),
    },
  ];
  return columns.filter((column) => column !== false);
}

/** The causes of a row, in the same table. */
function causesAddress({ captureId, scope }: Shown, row: DropRow): string {
  return viewWith(captureId, "drops", scope, ...rowTerms(row));
}

function titleColumn(shown: Shown): Column {
  const { by, onOpen, chosen, onChoose } = shown;
  return {
    id: "title",
    label: BY_LABELS[by],
    sortBy: (row) => rowTitle(row, by),
    render: (row) => {
      const { causeId } = row.key;
      const text = by === "cause" ? causeTitle(row) : rowTitle(row, by);
      if (by !== "cause" || causeId === undefined)
        return (
          <Link className={styles.words} href={causesAddress(shown, row)} title="The causes of these drops">
            <bdi>{text}</bdi>
          </Link>
        );
      return (
        <span className={styles.cause}>
          <input
            type="checkbox"
            aria-label={`Choose for a policy: ${text}`}
            checked={chosen.has(causeId)}
            onChange={() => onChoose(causeId)}
            onClick={(event) => event.stopPropagation()}
          />
          <button type="button" className={shared.open} onClick={() => onOpen(causeId)}>
            <bdi>{text}</bdi>
          </button>
        </span>
      );
    },
  };
}

function dropsColumn({ captureId, scope, answer }: Shown): Column {
  return {
    id: "drops",
    label: "Drops",
    title:
      "Each counts once: a drop record and the policy-verdict record of the same packet are one drop. Below it their share of all drops in the scope",
    isNumber: true,
    sortBy: ({ drops }) => drops,
    render: (row) => (
      <>
        <Link href={flowsAddress(captureId, scope, ...rowTerms(row))} title="The flows of these drops">
          {formatCount(row.drops)}
        </Link>
        <span className={styles.share}>{formatShare(row.drops, answer.total)}</span>
      </>
    ),
  };
}

function attemptsColumn({ captureId, scope }: Shown): Column {
  return {
    id: "attempts",
    label: "Attempts",
    title: "Connections that were tried. A refused connect is one attempt and a drop for each retry",
    isNumber: true,
    sortBy: ({ attempts }) => attempts,
    render: (row) => {
      if (row.attempts === null) return "not known";
      if (row.attempts === 0) return "0";
      const first = makeTerm("drop", [{ type: "word", word: "first" }]);
      return (
        <Link
          href={flowsAddress(captureId, scope, ...rowTerms(row), first)}
          title="The first dropped packet of each attempt"
        >
          {formatCount(row.attempts)}
        </Link>
      );
    },
  };
}

function trendColumn({ answer }: Shown, isOneDay: boolean): Column {
  const width = BigInt(answer.bucketNs);
  const starts = answer.rows.flatMap(({ trend }) => trend.map(([start]) => BigInt(start)));
  const from = starts.reduce((least, start) => (start < least ? start : least), starts[0] ?? 0n);
  const to = starts.reduce((most, start) => (start > most ? start : most), from);
  const buckets = Number((to - from) / width) + 1;
  return {
    id: "trend",
    label: "Trend",
    render: (row) => {
      const { trend, drops } = row;
      const values = new Array<number>(buckets).fill(0);
      for (const [start, count] of trend) values[Number((BigInt(start) - from) / width)] = count;
      const label = `${formatQuantity(drops, "drop")} over time, most ${formatCount(Math.max(0, ...values))} at once`;
      return (
        <>
          <Spark values={values} label={label} />
          <Pattern row={row} isOneDay={isOneDay} />
        </>
      );
    },
  };
}

/** What the times of a row have in common, where they have. */
function Pattern({ row, isOneDay }: { readonly row: DropRow; readonly isOneDay: boolean }) {
  const { rhythmNs, burst, isNew, first, drops } = row;
  const says = [
    ...(rhythmNs === null ? [] : [`every ${formatSpan(BigInt(rhythmNs))}`]),
    ...(burst === null
      ? []
      : [`burst: ${formatShare(burst.drops, drops)} within ${formatSpan(spanNs(burst))}`]),
    ...(isNew ? [`new since ${shortInstant(first, isOneDay)}`] : []),
  ];
  if (says.length === 0) return null;
  const when = [
    ...(burst === null
      ? []
      : [`most from ${formatInstantText(burst.from)} to ${formatInstantText(burst.to)}`]),
    ...(isNew ? [`first ${formatInstantText(first)}, the log was silent about it before`] : []),
  ];
  return (
    <span className={styles.lines} title={when.join("; ")}>
      {says.map((text) => (
        <span key={text}>{text}</span>
      ))}
    </span>
  );
}

function spanNs({ from, to }: NonNullable<DropRow["burst"]>): bigint {
  return BigInt(Date.parse(to) - Date.parse(from)) * 1_000_000n;
}

/** A named policy leads to all that it dropped; where none is named, it is said when no verdict record confirms it. */
function Decided({ shown: { captureId, scope }, row }: { readonly shown: Shown; readonly row: DropRow }) {
  const { policies, decidedBy, confidence, unnamed } = row;
  const text = <PolicyLink captureId={captureId} scope={scope} row={row} />;
  if (policies.length > 0) return text;
  // Of a deny rule the reader wants to know whose it is; of a default deny there is none to name.
  if (decidedBy === "policy")
    return (
      <>
        {text} <span className={shared.quiet}>{unnamed}</span>
      </>
    );
  const isOpen = confidence === "likely" && decidedBy === "default-deny";
  return (
    <span title={unnamed ?? undefined}>
      {text}
      {isOpen && <span className={shared.quiet}> (likely: without a verdict record)</span>}
    </span>
  );
}

interface InstantProps {
  readonly time: string | null;
  readonly isOneDay: boolean;
}

/** The date stands above, at the histogram, where it is one for all rows. */
function Instant({ time, isOneDay }: InstantProps) {
  return (
    <span className={shared.instant} title={formatInstantText(time)}>
      {shortInstant(time, isOneDay)}
    </span>
  );
}

function shortInstant(time: string | null, isOneDay: boolean): string {
  const text = formatInstantText(time);
  return isOneDay && time !== null ? text.slice(DATE_LENGTH + 1) : text;
}

const DATE_LENGTH = "2026-03-04".length;

function areOfOneDay(rows: readonly DropRow[]): boolean {
  const days = rows.flatMap(({ first, last }) => [first, last]).map((time) => time?.slice(0, DATE_LENGTH));
  return new Set(days.filter((day) => day !== undefined)).size <= 1;
}

function Reason({ row }: { readonly row: DropRow }) {
  return (
    <>
      {visible(row.reasonText ?? reasonLabel(row))} <span className={shared.quiet}>{reasonCode(row)}</span>
    </>
  );
}

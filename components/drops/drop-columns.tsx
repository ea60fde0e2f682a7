import Link from "next/link";
import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import type { DataColumn } from "@/components/ui/data-table";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { Spark } from "@/components/ui/spark";
import { visible } from "@/components/ui/text";
import type { DropRow, DropsAnswer, DropsBy } from "@/lib/questions/answers-drops";
import { makeTerm } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import {
  BY_LABELS,
  decidedText,
  directionText,
  reasonCode,
  reasonLabel,
  rowTerms,
  rowTitle,
} from "./drop-words";
import styles from "./drops-view.module.css";

interface Shown {
  readonly captureId: string;
  readonly scope: Scope;
  readonly by: DropsBy;
  readonly answer: DropsAnswer;
  readonly onOpen: (causeId: string) => void;
}

type Column = DataColumn<DropRow>;

/** Columns of the table; one that says what the first says already is left out. */
export function dropColumns(shown: Shown): readonly Column[] {
  const columns: readonly (Column | false)[] = [
    titleColumn(shown),
    dropsColumn(shown),
    shareColumn(shown),
    attemptsColumn(shown),
    trendColumn(shown),
    {
      id: "first",
      label: "First",
      sortBy: ({ first }) => first,
      render: ({ first }) => <Instant time={first} />,
    },
    { id: "last", label: "Last", sortBy: ({ last }) => last, render: ({ last }) => <Instant time={last} /> },
    { id: "direction", label: "Direction", sortBy: directionText, render: directionText },
    shown.by !== "reason" && {
      id: "reason",
      label: "Reason",
      sortBy: reasonLabel,
      render: (row) => <Reason row={row} />,
    },
    shown.by !== "policy" && { id: "decided", label: "Decided by", sortBy: decidedText, render: decidedText },
  ];
  return columns.filter((column) => column !== false);
}

function titleColumn({ by, onOpen }: Shown): Column {
  return {
    id: "title",
    label: BY_LABELS[by],
    sortBy: (row) => rowTitle(row, by),
    render: (row) => {
      const { causeId } = row.key;
      const title = <bdi>{rowTitle(row, by)}</bdi>;
      if (by !== "cause" || causeId === undefined) return title;
      return (
        <button type="button" className={styles.open} onClick={() => onOpen(causeId)}>
          {title}
        </button>
      );
    },
  };
}

function dropsColumn({ captureId, scope }: Shown): Column {
  return {
    id: "drops",
    label: "Drops",
    title: "Each counts once: a drop record and the policy-verdict record of the same packet are one drop",
    isNumber: true,
    sortBy: ({ drops }) => drops,
    render: (row) => (
      <Link href={flowsAddress(captureId, scope, ...rowTerms(row))} title="The flows of these drops">
        {formatCount(row.drops)}
      </Link>
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

function shareColumn({ answer }: Shown): Column {
  return {
    id: "share",
    label: "Share",
    isNumber: true,
    sortBy: ({ drops }) => drops,
    render: ({ drops }) => shareText(drops, answer.total),
  };
}

function shareText(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (part / whole) * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toFixed(1))} %`;
}

function trendColumn({ answer }: Shown): Column {
  const width = BigInt(answer.bucketNs);
  const starts = answer.rows.flatMap(({ trend }) => trend.map(([start]) => BigInt(start)));
  const from = starts.reduce((least, start) => (start < least ? start : least), starts[0] ?? 0n);
  const to = starts.reduce((most, start) => (start > most ? start : most), from);
  const buckets = Number((to - from) / width) + 1;
  return {
    id: "trend",
    label: "Trend",
    render: ({ trend, drops }) => {
      const values = new Array<number>(buckets).fill(0);
      for (const [start, count] of trend) values[Number((BigInt(start) - from) / width)] = count;
      const label = `${formatQuantity(drops, "drop")} over time, most ${formatCount(Math.max(0, ...values))} at once`;
      return <Spark values={values} label={label} />;
    },
  };
}

function Instant({ time }: { readonly time: string | null }) {
  return <span className={styles.instant}>{formatInstantText(time)}</span>;
}

function Reason({ row }: { readonly row: DropRow }) {
  return (
    <>
      {visible(reasonLabel(row))} <span className={styles.quiet}>{reasonCode(row)}</span>
    </>
  );
}

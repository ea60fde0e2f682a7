import { formatInstantText } from "@/components/frame/instant-text";
import type { DataColumn } from "@/components/ui/data-table";
import { formatCount } from "@/components/ui/format";
import shared from "@/components/ui/view.module.css";
import type { DnsAnswer, DnsCounts } from "@/lib/questions/dns-answers";
import { DNS_CELLS, errorCell } from "@/lib/scope/dns-cells";
import { Cell, type Place, TableLink } from "./dns-links";
import { realErrors } from "./dns-tiles";
import styles from "./dns-view.module.css";
import { BY_LABELS, type DnsBy, keyText, latencyText, percentText, rcodeText } from "./dns-words";

export type DnsRow = DnsAnswer["rows"][number];
type Column = DataColumn<DnsRow>;

interface Shown {
  readonly place: Place;
  readonly by: DnsBy;
  readonly total: DnsAnswer["total"];
  /** Opens and closes the names below a root name. */
  readonly onUnfold?: (row: DnsRow) => void;
  readonly isUnfolded?: (row: DnsRow) => boolean;
}

/** Columns of a table. What is zero in all rows is left out. */
export function dnsColumns(shown: Shown): readonly Column[] {
  const { total, by } = shown;
  const hasQueries = total.queries > 0;
  const isTimed = total.latencyNs.samples > 0;
  const columns: readonly (Column | false)[] = [
    titleColumn(shown),
    hasQueries && count(shown, "queries", "Queries", "Questions, each once though both ends logged it"),
    hasQueries && {
      id: "share",
      label: "Share",
      title: "Of all queries in the scope",
      isNumber: true,
      sortBy: ({ queries }) => queries,
      render: ({ queries }) => percentText(queries, total.queries),
    },
    by === "root" && hasQueries && multiplierColumn(),
    count(shown, "responses", "Responses", "Answers"),
    ...realErrors(total).flatMap(({ code, count: n }) => (n > 0 ? errorColumn(shown, code) : [])),
    total.expansion > 0 &&
      count(
        shown,
        "expansion",
        "Search list",
        "NXDOMAIN that only the search list brought about: no failures",
      ),
    total.noData > 0 &&
      count(shown, "noData", "NODATA", "The name exists, but has no record of this type: no error"),
    total.unanswered > 0 && count(shown, "unanswered", "Unanswered", "No answer within 5 s"),
    total.open > 0 &&
      count(shown, "open", "Open", "Asked at the end of the capture or beside a loss of events"),
    total.refused > 0 &&
      count(shown, "refused", "Refused by rule", "A DNS rule of a policy refused the question"),
    total.retries > 0 &&
      count(shown, "retries", "Asked again", "Questions that repeat one without an answer"),
    !["client", "pod"].includes(by) && distinct(shown, "clients", "Workloads", "Workloads that asked"),
    !["query", "root"].includes(by) &&
      total.names > 0 &&
      distinct(shown, "names", "Names", "Distinct names that were asked for"),
    isTimed && latency("p50"),
    isTimed && latency("p95"),
    isTimed && latency("p99"),
    isTimed && {
      id: "samples",
      label: "Timed",
      title: "Answers that the latency is computed from",
      isNumber: true,
      sortBy: ({ latencyNs }) => latencyNs.samples,
      render: ({ latencyNs, filter }) => (
        <Cell
          place={shown.place}
          count={latencyNs.samples}
          terms={[filter, DNS_CELLS.samples]}
          says="responses"
        />
      ),
    },
    instant("first", "First"),
    instant("last", "Last"),
    total.lastError !== null && instant("lastError", "Last error"),
  ];
  return columns.filter((column) => column !== false);
}

function titleColumn({ by, onUnfold, isUnfolded }: Shown): Column {
  return {
    id: "title",
    label: BY_LABELS[by],
    sortBy: ({ key }) => keyText(key),
    render: (row) => {
      const title = <bdi className={styles.name}>{keyText(row.key)}</bdi>;
      if (onUnfold === undefined || row.names < 2) return title;
      const isOpen = isUnfolded?.(row) ?? false;
      return (
        <>
          {title}{" "}
          <button type="button" className={shared.open} aria-expanded={isOpen} onClick={() => onUnfold(row)}>
            {isOpen ? "fold" : `${row.names} names`}
          </button>
        </>
      );
    },
  };
}

type CountName = {
  [Name in keyof DnsCounts]: DnsCounts[Name] extends number ? Name : never;
}[keyof DnsCounts];

function count(
  { place }: Shown,
  name: CountName & keyof typeof DNS_CELLS,
  label: string,
  title: string,
): Column {
  const says = DNS_CELLS[name].startsWith("dns:query") ? "queries" : "responses";
  return {
    id: name,
    label,
    title,
    isNumber: true,
    sortBy: (row) => row[name],
    render: (row) => (
      <Cell place={place} count={row[name]} terms={[row.filter, DNS_CELLS[name]]} says={says} />
    ),
  };
}

function errorColumn({ place }: Shown, code: string): Column {
  const of = (row: DnsRow) => realErrors(row).find((error) => error.code === code)?.count ?? 0;
  return {
    id: `code-${code}`,
    label: code,
    title: `${rcodeText(code)}${code === "NXDOMAIN" ? ", those of a search list left out" : ""}`,
    isNumber: true,
    sortBy: of,
    render: (row) => (
      <Cell place={place} count={of(row)} terms={[row.filter, errorCell(code)]} says="responses" />
    ),
  };
}

function multiplierColumn(): Column {
  const of = ({ queries, expansion }: DnsRow): number | null =>
    queries > expansion ? queries / (queries - expansion) : null;
  return {
    id: "multiplier",
    label: "Multiplier",
    title: "Queries for each that was not an attempt of a search list",
    isNumber: true,
    sortBy: of,
    render: (row) => {
      const times = of(row);
      return times === null ? "only attempts" : `×${Number(times.toFixed(1))}`;
    },
  };
}

/** How many workloads or names stand behind a row: the link opens their table. */
function distinct({ place }: Shown, name: "clients" | "names", label: string, title: string): Column {
  return {
    id: name,
    label,
    title,
    isNumber: true,
    sortBy: (row) => row[name],
    render: (row) =>
      row[name] === 0 ? (
        0
      ) : (
        <TableLink place={place} by={name === "clients" ? "client" : "query"} terms={row.filter}>
          {formatCount(row[name])}
        </TableLink>
      ),
  };
}

function latency(name: "p50" | "p95" | "p99"): Column {
  return {
    id: name,
    label: name,
    title: "Latency, computed from question and answer; at most 1 % off",
    isNumber: true,
    sortBy: ({ latencyNs }) => (latencyNs[name] === null ? null : Number(latencyNs[name])),
    render: ({ latencyNs }) => latencyText(latencyNs[name]),
  };
}

function instant(name: "first" | "last" | "lastError", label: string): Column {
  return {
    id: name,
    label,
    sortBy: (row) => row[name],
    render: (row) =>
      name === "lastError" && row.lastError === null ? (
        "none"
      ) : (
        <span className={shared.instant}>{formatInstantText(row[name])}</span>
      ),
  };
}

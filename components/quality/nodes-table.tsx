import { formatInstantText } from "@/components/frame/instant-text";
import { formatCount } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { type PlainColumn, PlainTable } from "@/components/ui/plain-table";
import { ScrollRegion } from "@/components/ui/scroll";
import tables from "@/components/ui/table.module.css";
import { visible } from "@/components/ui/text";
import type { ReportAnswer } from "@/lib/questions/report/answer";
import { flowsOfNode } from "./links";
import styles from "./quality-view.module.css";

type Node = ReportAnswer["nodes"][number];

interface NodesTableProps {
  readonly captureId: string;
  readonly report: ReportAnswer;
}

export function NodesTable({ captureId, report }: NodesTableProps) {
  if (report.nodes.length === 0) return <p>None.</p>;
  const skewOf = (name: string | null) =>
    report.clockSkew
      .filter(({ node }) => node === name)
      .map(({ reference, differenceNs, atLeast }) => {
        const ms = Math.round(Number(differenceNs) / 1e6);
        return `${atLeast ? "at least " : ""}${ms > 0 ? "+" : "−"}${formatCount(Math.abs(ms))} ms to ${reference}`;
      })
      .join(", ");
  const columns: readonly PlainColumn<Node>[] = [
    {
      label: "Node",
      className: styles.name,
      render: ({ name }) => <bdi>{name === null ? "not named in the records" : visible(name)}</bdi>,
    },
    {
      label: "Flows",
      isNumber: true,
      render: ({ name, flows }) => <Link href={flowsOfNode(captureId, name)}>{formatCount(flows)}</Link>,
    },
    { label: "Events", isNumber: true, render: ({ events }) => formatCount(events) },
    { label: "Flows a second", isNumber: true, render: ({ flowsPerSecond }) => flowsPerSecond ?? "–" },
    { label: "First", render: ({ first }) => formatInstantText(first) },
    { label: "Last", render: ({ last }) => formatInstantText(last) },
    { label: "Events lost", isNumber: true, render: ({ lost }) => formatCount(lost) },
    {
      label: "Clock",
      render: ({ name }) =>
        skewOf(name) || (report.nodes.length > 1 ? "agrees, as far as it shows" : "nothing to compare with"),
    },
  ];
  return (
    <ScrollRegion label="Nodes of the capture" className={styles.scroll}>
      <PlainTable
        look={{ table: tables.table, number: tables.number }}
        columns={columns}
        rows={report.nodes}
        keyOf={({ name }) => name ?? ""}
      />
    </ScrollRegion>
  );
}

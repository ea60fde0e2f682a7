import Link from "next/link";
import { formatInstantText } from "@/components/frame/instant-text";
import { formatCount } from "@/components/ui/format";
import { ScrollRegion } from "@/components/ui/scroll";
import tables from "@/components/ui/table.module.css";
import { visible } from "@/components/ui/text";
import type { ReportAnswer } from "@/lib/questions/report/answer";
import { flowsOfNode } from "./links";
import styles from "./quality-view.module.css";

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
  return (
    <ScrollRegion label="Nodes of the capture" className={styles.scroll}>
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col" className={tables.number}>
              Flows
            </th>
            <th scope="col" className={tables.number}>
              Events
            </th>
            <th scope="col" className={tables.number}>
              Flows a second
            </th>
            <th scope="col">First</th>
            <th scope="col">Last</th>
            <th scope="col" className={tables.number}>
              Events lost
            </th>
            <th scope="col">Clock</th>
          </tr>
        </thead>
        <tbody>
          {report.nodes.map((node) => (
            <tr key={node.name ?? ""}>
              <td className={styles.name}>
                <bdi>{node.name === null ? "not named in the records" : visible(node.name)}</bdi>
              </td>
              <td className={tables.number}>
                <Link href={flowsOfNode(captureId, node.name)}>{formatCount(node.flows)}</Link>
              </td>
              <td className={tables.number}>{formatCount(node.events)}</td>
              <td className={tables.number}>{node.flowsPerSecond ?? "–"}</td>
              <td>{formatInstantText(node.first)}</td>
              <td>{formatInstantText(node.last)}</td>
              <td className={tables.number}>{formatCount(node.lost)}</td>
              <td>
                {skewOf(node.name) ||
                  (report.nodes.length > 1 ? "agrees, as far as it shows" : "nothing to compare with")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

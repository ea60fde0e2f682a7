import { formatInstantText } from "@/components/frame/instant-text";
import { formatCount, formatSpan } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { ScrollRegion } from "@/components/ui/scroll";
import tables from "@/components/ui/table.module.css";
import { visible } from "@/components/ui/text";
import { parseTime } from "@/lib/base/time";
import { isTooQuietToTell } from "@/lib/insight/quality/silence";
import type { ReportAnswer } from "@/lib/questions/report/answer";
import { flowsAround } from "./links";
import styles from "./quality-view.module.css";

type Gap = ReportAnswer["gaps"][number];

const KINDS: Readonly<Record<Gap["kind"], string>> = {
  "lost-events": "reported as lost",
  "node-away": "node away",
  silence: "silent",
};

interface GapsTableProps {
  readonly captureId: string;
  readonly report: ReportAnswer;
}

export function GapsTable({ captureId, report }: GapsTableProps) {
  if (report.gaps.length === 0) return <p>{noneText(report)}</p>;
  return (
    <ScrollRegion label="Gaps of the capture" className={styles.scroll}>
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Length</th>
            <th scope="col">Node</th>
            <th scope="col">How it is known</th>
            <th scope="col" className={tables.number}>
              Missing
            </th>
            <th scope="col">What is said</th>
          </tr>
        </thead>
        <tbody>
          {report.gaps.map((gap) => (
            <tr key={`${gap.from} ${gap.kind} ${gap.node} ${gap.text}`}>
              <td>
                <GapLink captureId={captureId} gap={gap} />
              </td>
              <td>{lengthText(gap)}</td>
              <td className={styles.name}>
                <bdi>{gap.node === null ? "not named" : visible(gap.node)}</bdi>
              </td>
              <td>{KINDS[gap.kind]}</td>
              <td className={tables.number}>{missingText(gap)}</td>
              <td>{visible(gap.text)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {report.moreGaps > 0 && <p>And {formatCount(report.moreGaps)} more.</p>}
    </ScrollRegion>
  );
}

/** Where a node wrote too little to tell, that is said. */
function noneText({ nodes }: ReportAnswer): string {
  if (nodes.length === 0) return "Not known: there are no flows.";
  return nodes.some(isTooQuietToTell)
    ? "None reported. Whether a node fell silent cannot be told where it wrote fewer than 200 flows."
    : "None: no loss was reported, and no node is silent for longer than its own rate explains.";
}

function GapLink({ captureId, gap }: { readonly captureId: string; readonly gap: Gap }) {
  const href = flowsAround(captureId, gap.from, gap.to);
  const text = formatInstantText(gap.from);
  return href === undefined ? text : <Link href={href}>{text}</Link>;
}

function missingText({ kind, missing }: Gap): string {
  if (missing === null) return "not known";
  return kind === "silence" ? `about ${formatCount(missing)} flows` : `${formatCount(missing)} events`;
}

function lengthText({ from, to }: Gap): string {
  const [first, last] = [parseTime(from), parseTime(to)];
  if (first === undefined || last === undefined) return "not known";
  return last > first ? formatSpan(last - first) : "an instant";
}

import { Entries } from "@/components/frame/entries";
import { formatInstantText } from "@/components/frame/instant-text";
import { Refusals } from "@/components/frame/refusals";
import { outcomeOf } from "@/components/frame/report-words";
import { formatCount } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { ScrollRegion } from "@/components/ui/scroll";
import tables from "@/components/ui/table.module.css";
import { visible } from "@/components/ui/text";
import type { ReportAnswer } from "@/lib/questions/report/answer";
import { allFlows, flowsOfFile } from "./links";
import styles from "./quality-view.module.css";

type Row = Pick<ReportAnswer["files"][number], "read" | "accepted" | "duplicate" | "otherKinds" | "refused">;

const COUNTS = [
  ["read", "Read"],
  ["accepted", "Accepted"],
  ["duplicate", "Duplicate"],
  ["otherKinds", "Other kinds"],
  ["refused", "Refused"],
] as const satisfies readonly (readonly [keyof Row, string])[];

/** read = accepted + duplicate + other kinds + refused, for each file and in all. */
export function FilesTable({
  captureId,
  report,
}: {
  readonly captureId: string;
  readonly report: ReportAnswer;
}) {
  if (report.files.length === 0) return <p>None yet.</p>;
  return (
    <ScrollRegion label="Files of the capture" className={styles.scroll}>
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">File</th>
            {COUNTS.map(([key, label]) => (
              <th key={key} scope="col" className={tables.number}>
                {label}
              </th>
            ))}
            <th scope="col">Formats</th>
            <th scope="col">First</th>
            <th scope="col">Last</th>
          </tr>
        </thead>
        <tbody>
          {report.files.map((file) => (
            <tr key={file.id}>
              <td className={styles.name}>
                <bdi>{visible(file.file)}</bdi>
                {file.state !== "done" && <div className={styles.quiet}>{outcomeOf(file)}</div>}
                <Refusals report={file} />
                <Entries report={file} />
              </td>
              <Counts row={file} accepted={flowsOfFile(captureId, file, report.files)} />
              <Beside row={file} />
            </tr>
          ))}
          {report.files.length > 1 && (
            <tr>
              <th scope="row">All files</th>
              <Counts row={report} accepted={allFlows(captureId)} />
              <Beside row={report} />
            </tr>
          )}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

/** What was accepted are flows, and has an address where they can be listed. */
function Counts({ row, accepted }: { readonly row: Row; readonly accepted: string | undefined }) {
  return COUNTS.map(([key]) => (
    <td key={key} className={tables.number}>
      {key === "accepted" && accepted !== undefined && row.accepted > 0 ? (
        <Link href={accepted}>{formatCount(row.accepted)}</Link>
      ) : (
        formatCount(row[key])
      )}
    </td>
  ));
}

function Beside({ row }: { readonly row: Pick<ReportAnswer, "formats" | "first" | "last"> }) {
  return (
    <>
      <td>{formatsText(row.formats)}</td>
      <td>{formatInstantText(row.first)}</td>
      <td>{formatInstantText(row.last)}</td>
    </>
  );
}

function formatsText(formats: Readonly<Record<string, number>>): string {
  return Object.entries(formats)
    .map(([format, count]) => `${format} ${formatCount(count)}`)
    .join(", ");
}

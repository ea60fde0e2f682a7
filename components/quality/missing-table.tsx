import tables from "@/components/ui/table.module.css";
import type { ReportAnswer } from "@/lib/questions/report/answer";

/** What a field mask, aggregation or an export left out, and what cannot be concluded without it. */
export function MissingTable({ report }: { readonly report: ReportAnswer }) {
  return (
    <table className={tables.table}>
      <thead>
        <tr>
          <th scope="col">Member</th>
          <th scope="col">What it rules out</th>
        </tr>
      </thead>
      <tbody>
        {report.missing.map(({ field, rulesOut }) => (
          <tr key={field}>
            <td>
              <code>{field}</code>
            </td>
            <td>{rulesOut}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

"use client";

import { formatCount, formatQuantity } from "@/components/ui/format";
import { ScrollRegion } from "@/components/ui/scroll";
import tables from "@/components/ui/table.module.css";
import { visible } from "@/components/ui/text";
import type { CaptureAnswer } from "@/lib/questions/answers";
import styles from "./refusals.module.css";
import { waysOut } from "./way-out";

type Report = CaptureAnswer["fileReports"][number];

/** The first refused records of a file with line, reason, excerpt and what to do, folded away. Nothing when none were refused. */
export function Refusals({ report }: { readonly report: Report }) {
  if (report.refused === 0) return null;
  const { refusals, refused } = report;
  const isAll = refusals.length >= refused;
  return (
    <details className={styles.refusals}>
      <summary>
        {isAll
          ? `${formatQuantity(refused, "refused record")}`
          : `The first ${formatCount(refusals.length)} of ${formatQuantity(refused, "refused record")}`}
      </summary>
      <ul className={styles.waysOut}>
        {waysOut(refusals.map(({ code }) => code)).map(({ code, text }) => (
          <li key={code}>
            <code className={styles.code}>{code}</code> {text}
          </li>
        ))}
      </ul>
      <ScrollRegion label="Refused records" className={styles.scroll}>
        <table className={tables.table}>
          <thead>
            <tr>
              <th scope="col" className={tables.number}>
                Line
              </th>
              <th scope="col">Why</th>
              <th scope="col">It begins with</th>
            </tr>
          </thead>
          <tbody>
            {refusals.map((refusal) => (
              <tr key={`${refusal.entry ?? ""} ${refusal.line} ${refusal.offset}`}>
                <td className={tables.number}>{formatCount(refusal.line)}</td>
                <td>
                  {refusal.entry !== null && (
                    <span className={styles.entry}>
                      <bdi>{visible(refusal.entry)}</bdi>
                    </span>
                  )}
                  {visible(refusal.reason)} <code className={styles.code}>{refusal.code}</code>
                </td>
                <td>
                  <code className={styles.excerpt}>
                    <bdi>{visible(refusal.excerpt)}</bdi>
                  </code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}

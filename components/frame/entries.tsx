"use client";

import { formatCount, formatQuantity } from "@/components/ui/format";
import { ScrollRegion } from "@/components/ui/scroll";
import tables from "@/components/ui/table.module.css";
import { visible } from "@/components/ui/text";
import type { CaptureAnswer } from "@/lib/questions/answers";
import styles from "./refusals.module.css";
import { stateText } from "./report-words";

type Report = CaptureAnswer["fileReports"][number];

/** What an archive held, folded away: the files that were read, and what was left aside. Nothing for a single file. */
export function Entries({ report }: { readonly report: Report }) {
  const { entries, entryCount, aside } = report;
  return (
    <>
      {entryCount > 0 && (
        <details className={styles.refusals}>
          <summary>
            {listTitle(formatQuantity(entryCount, "file"), "in the archive", entries.length, entryCount)}
          </summary>
          <ScrollRegion label="Files in the archive" className={styles.scroll}>
            <table className={tables.table}>
              <thead>
                <tr>
                  <th scope="col">File</th>
                  {["Read", "Accepted", "Duplicate", "Other kinds", "Refused"].map((title) => (
                    <th key={title} scope="col" className={tables.number}>
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {entries.map((entry, index) => (
                  // Names in an archive may be given twice.
                  // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows at its end
                  <tr key={index}>
                    <td className={styles.excerpt}>
                      <bdi>{visible(entry.file)}</bdi>
                      {entry.state !== "done" && (
                        <span className={styles.code}> {stateText(entry.state)}</span>
                      )}
                    </td>
                    {[entry.read, entry.accepted, entry.duplicate, entry.otherKinds, entry.refused].map(
                      (count, column) => (
                        // biome-ignore lint/suspicious/noArrayIndexKey: columns are fixed
                        <td key={column} className={tables.number}>
                          {formatCount(count)}
                        </td>
                      ),
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
        </details>
      )}
      {aside.entries > 0 && (
        <details className={styles.refusals}>
          <summary>
            {listTitle(
              formatQuantity(aside.entries, "entry", "entries"),
              "left aside: no logs",
              aside.first.length,
              aside.entries,
            )}
          </summary>
          <ScrollRegion label="Entries left aside" className={styles.scroll}>
            <ul>
              {aside.first.map(({ entry, why }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows at its end
                <li key={index} className={styles.excerpt}>
                  <bdi>{visible(entry)}</bdi> <span className={styles.code}>{visible(why)}</span>
                </li>
              ))}
            </ul>
          </ScrollRegion>
        </details>
      )}
    </>
  );
}

function listTitle(all: string, what: string, listed: number, count: number): string {
  return listed < count ? `${all} ${what}; the first ${formatCount(listed)}` : `${all} ${what}`;
}

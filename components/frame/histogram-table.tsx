"use client";

import { formatInstant, type Zone } from "@/components/ui/clock";
import { Dialog } from "@/components/ui/dialog";
import { formatCount } from "@/components/ui/format";
import tables from "@/components/ui/table.module.css";
import type { TimelineAnswer } from "@/lib/questions/answers";
import { gapText } from "./histogram-plot";
import type { Bars } from "./histogram-scale";
import { verdictLabel } from "./verdicts";

interface HistogramTableProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly bars: Bars;
  readonly gaps: TimelineAnswer["gaps"];
  readonly zone: Zone;
}

/** The histogram as numbers: one row for each bar, and the gaps. */
export function HistogramTable({ open, onClose, bars, gaps, zone }: HistogramTableProps) {
  const verdicts = [...bars.totals.keys()];
  return (
    <Dialog open={open} onClose={onClose} title="Events over time" wide>
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">From</th>
            {verdicts.map((verdict) => (
              <th key={verdict} scope="col" className={tables.number}>
                {verdictLabel(verdict)}
              </th>
            ))}
            <th scope="col" className={tables.number}>
              All events
            </th>
          </tr>
        </thead>
        <tbody>
          {bars.buckets.map((bucket) => (
            <tr key={String(bucket.from)}>
              <th scope="row">{formatInstant(bucket.from, zone)}</th>
              {verdicts.map((verdict) => (
                <td key={verdict} className={tables.number}>
                  {formatCount(bucket.byVerdict.get(verdict) ?? 0)}
                </td>
              ))}
              <td className={tables.number}>{formatCount(bucket.total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {gaps.length > 0 && (
        <>
          <h3 className={tables.heading}>Gaps</h3>
          <ul>
            {gaps.map((gap) => (
              <li key={`${gap.fromNs} ${gap.node}`}>
                {formatInstant(BigInt(gap.fromNs), zone)} – {formatInstant(BigInt(gap.toNs), zone)}:{" "}
                {gapText(gap)}
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}

"use client";

import { useState } from "react";
import { formatQuantity, formatSpan } from "@/components/ui/format";
import { later } from "@/components/ui/later";
import { parseTime } from "@/lib/base/time";
import type { CaptureAnswer } from "@/lib/questions/answers";
import styles from "./foot-line.module.css";
import { isUnsettledAnswer, useCapture, useSummary, useTimeline, useTotal } from "./queries";
import { addCounts, countsText } from "./report-words";
import type { ScopeHandle } from "./use-scope";

const FilesDialog = later(() => import("./files-dialog").then((module) => module.FilesDialog));

interface FootLineProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
}

/** Gaps are the same whatever the filter, and without one they are found at once; only the range of time is asked for. */
function rangeOf({ scope, query }: ScopeHandle): string {
  if (scope === undefined) return query;
  const range = new URLSearchParams(query);
  for (const name of [...range.keys()]) if (!["from", "to", "revision"].includes(name)) range.delete(name);
  return range.toString();
}

/** How much the scope holds, and what became of the records of all files. */
export function FootLine({ captureId, scope }: FootLineProps) {
  const [isOpen, setOpen] = useState(false);
  const capture = useCapture(captureId).data;
  const total = useTotal(captureId, scope).data;
  const { data: ofScope } = useSummary(captureId, scope);
  const summary = ofScope && isUnsettledAnswer(ofScope) ? undefined : ofScope;
  const gaps = useTimeline(captureId, { ...scope, query: rangeOf(scope) }, 2).data?.gaps.length;
  // Nodes and span are settled with the first file.
  const isKnown = capture !== undefined && (capture.flows > 0 || capture.state !== "reading");
  const counts = capture && addCounts(capture.fileReports);
  return (
    <footer className={styles.foot}>
      <p className={styles.scope}>
        {total?.total && (
          <>
            <span>
              {total.meta.exact ? "" : "at least "}
              {formatQuantity(total.total.events, "event")}
              {isWhole(scope) ? "" : " in the scope"}
            </span>
            {total.total.records !== total.total.events && (
              <span>{formatQuantity(total.total.records, "record")}</span>
            )}
          </>
        )}
        {isKnown && <span>{formatQuantity(summary?.nodes.length ?? capture.nodes, "node")}</span>}
        {isKnown && <span>{spanText(summary ?? capture)}</span>}
        {gaps !== undefined && <span>{formatQuantity(gaps, "gap")}</span>}
        {total?.meta.notes.map((note) => (
          <span key={note}>{note}</span>
        ))}
      </p>
      {capture && counts && (
        <p>
          Records:{" "}
          <button type="button" className={styles.link} onClick={() => setOpen(true)}>
            {countsText(counts)}
          </button>
        </p>
      )}
      {capture && isOpen && (
        <FilesDialog
          open
          onClose={() => setOpen(false)}
          captureId={captureId}
          reports={capture.fileReports}
        />
      )}
    </footer>
  );
}

function isWhole({ scope }: ScopeHandle): boolean {
  return (
    scope === undefined ||
    (scope.filter.terms.length === 0 && scope.from === undefined && scope.to === undefined)
  );
}

function spanText({ first, last }: Pick<CaptureAnswer, "first" | "last">): string {
  const from = first === null ? undefined : parseTime(first);
  const to = last === null ? undefined : parseTime(last);
  return from === undefined || to === undefined
    ? "no times"
    : to === from
      ? "an instant"
      : formatSpan(to - from);
}

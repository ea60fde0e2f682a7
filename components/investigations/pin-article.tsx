"use client";

import { ArrowDown, ArrowUp, X } from "lucide-react";
import Link from "next/link";
import { formatInstantText } from "@/components/frame/instant-text";
import { VIEWS, viewAddress } from "@/components/frame/views";
import { IconButton, linkButton } from "@/components/ui/button";
import { formatQuantity } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import { formatTime } from "@/lib/base/time";
import type { Pin } from "@/lib/investigations/investigation";
import type { SummaryAnswer } from "@/lib/questions/answers";
import { formatFilter } from "@/lib/scope/filter";
import { decodeScope } from "@/lib/scope/link";
import styles from "./investigation-page.module.css";
import { Markdown } from "./markdown";
import { usePinNumbers } from "./queries";
import { TextEditor } from "./text-editor";

interface PinArticleProps {
  readonly captureId: string;
  readonly pin: Pin;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isSaving: boolean;
  readonly onNote: (note: string) => Promise<unknown>;
  readonly onMove: (step: -1 | 1) => void;
  readonly onRemove: () => void;
}

/** One pin: what it shows, its numbers in the revision that it holds on to, the note, and the way into the workplace. */
export function PinArticle({ captureId, pin, isFirst, isLast, isSaving, ...does }: PinArticleProps) {
  return (
    <article className={styles.pin} aria-label={visible(pin.title)}>
      <header className={styles.pinHead}>
        <h2 className={styles.pinTitle}>{visible(pin.title)}</h2>
        <IconButton label="Move up" disabled={isFirst || isSaving} onClick={() => does.onMove(-1)}>
          <ArrowUp size={14} aria-hidden />
        </IconButton>
        <IconButton label="Move down" disabled={isLast || isSaving} onClick={() => does.onMove(1)}>
          <ArrowDown size={14} aria-hidden />
        </IconButton>
        <IconButton label="Remove the pin" disabled={isSaving} onClick={does.onRemove}>
          <X size={14} aria-hidden />
        </IconButton>
      </header>
      {pin.view !== null && <Shown captureId={captureId} view={pin.view} link={pin.link} />}
      <TextEditor
        label="Note (Markdown)"
        text={pin.note}
        add="Write a note"
        isSaving={isSaving}
        onSave={does.onNote}
      >
        <Markdown text={pin.note} />
      </TextEditor>
    </article>
  );
}

interface ShownProps {
  readonly captureId: string;
  readonly view: string;
  readonly link: string;
}

function Shown({ captureId, view, link }: ShownProps) {
  const { scope, problems } = decodeScope(new URLSearchParams(link));
  const numbers = usePinNumbers(captureId, link);
  const known = VIEWS.find(({ id }) => id === view);
  if (scope === undefined)
    return <p className={styles.problem}>This pin cannot be read: {problems[0]?.message}</p>;
  const filter = formatFilter(scope.filter);
  return (
    <>
      <p>
        {filter === "" ? "Without a filter" : <code className={styles.filter}>{visible(filter)}</code>}
        {(scope.from !== undefined || scope.to !== undefined) &&
          `, from ${endText(scope.from, "the beginning")} to ${endText(scope.to, "the end")}`}
        , revision {scope.revision}
      </p>
      <p className={styles.numbers} aria-live="polite">
        {numbers.data && numbersText(numbers.data)}
        {numbers.error && <span className={styles.problem}>{numbers.error.message}</span>}
        {!numbers.data && !numbers.error && "Counting …"}
      </p>
      <p>
        <Link href={viewAddress(captureId, known?.id ?? "flows", link)} className={linkButton("plain", true)}>
          Open in {known?.label ?? "the workplace"}
        </Link>
      </p>
    </>
  );
}

function endText(ns: bigint | undefined, open: string): string {
  return ns === undefined ? open : formatInstantText(formatTime(ns));
}

function numbersText({ events, drops, dnsErrors, l7Errors }: SummaryAnswer): string {
  const parts = [formatQuantity(events, "event")];
  if (drops) parts.push(formatQuantity(drops, "drop"));
  if (dnsErrors > 0) parts.push(formatQuantity(dnsErrors, "DNS error"));
  if (l7Errors > 0) parts.push(formatQuantity(l7Errors, "failed request"));
  return parts.join(", ");
}

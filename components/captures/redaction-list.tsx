"use client";

import { X } from "lucide-react";
import { isUnderWay, useRedactions, useRemoveRedaction } from "@/components/frame/redaction-queries";
import { viewAddress } from "@/components/frame/views";
import { Button, linkButton } from "@/components/ui/button";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { ProgressBar } from "@/components/ui/progress-bar";
import { visible } from "@/components/ui/text";
import type { Redaction } from "@/lib/redaction/redaction";
import frame from "./card.module.css";
import styles from "./file-list.module.css";

/** Masked copies on their way, and how the last ones ended. Nothing is drawn where there are none. */
export function RedactionList() {
  const redactions = useRedactions().filter(({ state }) => state !== "cancelled");
  if (redactions.length === 0) return null;
  return (
    <section aria-label="Masked copies" className={frame.card}>
      <ul className={styles.rows}>
        {redactions.map((redaction) => (
          <li key={redaction.id} className={styles.row}>
            <RedactionItem redaction={redaction} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RedactionItem({ redaction }: { readonly redaction: Redaction }) {
  const { id, name, state, copyId, investigationId } = redaction;
  const remove = useRemoveRedaction(id);
  const underWay = isUnderWay(redaction);
  return (
    <>
      <div className={styles.head}>
        <span className={styles.name}>
          <bdi>{visible(name)}</bdi>
        </span>
        {underWay && <span className={styles.numbers}>{numbersOf(redaction)}</span>}
        {state === "done" && copyId !== null && (
          <Link href={viewAddress(copyId, "overview", "")} className={linkButton("plain", true)}>
            Open the copy
          </Link>
        )}
        {state === "done" && investigationId !== null && (
          <Link
            href={`/investigations/${encodeURIComponent(investigationId)}`}
            className={linkButton("plain", true)}
          >
            Open the investigation
          </Link>
        )}
        <Button small look="quiet" disabled={remove.isPending} onClick={() => remove.mutate()}>
          <X size={13} aria-hidden />
          {underWay ? "Cancel" : "Hide"}
          <span className="spoken"> {visible(name)}</span>
        </Button>
      </div>
      {underWay && <ProgressBar label={`Progress of ${visible(name)}`} part={partDone(redaction)} />}
      <p
        className={state === "failed" ? frame.problem : styles.sentence}
        role={underWay ? undefined : state === "failed" ? "alert" : "status"}
      >
        {sentenceOf(redaction)}
      </p>
    </>
  );
}

function numbersOf({ records, of, state }: Redaction): string {
  return state === "waiting" ? "" : `${formatCount(records)} of ${formatQuantity(of, "record")}`;
}

/** Three walks over the records: of learning, of writing, of reading. */
const BEGINS_AT: Partial<Record<Redaction["state"], number>> = { learning: 0, writing: 0.3, reading: 0.7 };

function partDone({ state, records, of }: Redaction): number {
  const start = BEGINS_AT[state] ?? 0;
  return start + (of === 0 ? 0 : (records / of) * 0.3);
}

function sentenceOf(redaction: Redaction): string {
  const { state, records, leftOut, pinsLeftOut, failure } = redaction;
  switch (state) {
    case "waiting":
      return "Waits for the masked copy before it.";
    case "learning":
      return "Learning what is to be masked.";
    case "writing":
      return "Writing the copy, and looking for masked values in it.";
    case "reading":
      return "Nothing masked was found in the copy. It is read as a capture.";
    case "done":
      return [
        `${formatQuantity(records, "record")}, and none of the masked values in any of them.`,
        ...(leftOut === 0
          ? []
          : [`${formatQuantity(leftOut, "record")} could not be read again and were left out.`]),
        ...(pinsLeftOut === 0
          ? []
          : [
              `${formatQuantity(pinsLeftOut, "pin")} left out: what a filter names only in part cannot be masked.`,
            ]),
      ].join(" ");
    case "failed":
    case "cancelled":
      return [failure?.message ?? "Cancelled.", ...leaksOf(failure)].join(" ");
  }
}

function leaksOf(failure: Redaction["failure"]): string[] {
  return (failure?.leaks ?? [])
    .slice(0, 3)
    .map(
      ({ file, line, path, value }) =>
        `“${visible(value)}” in ${visible(path)}, line ${line} of file ${file}.`,
    );
}

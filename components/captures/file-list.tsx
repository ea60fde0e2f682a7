"use client";

import { X } from "lucide-react";
import { Entries } from "@/components/frame/entries";
import { useCapture } from "@/components/frame/queries";
import { Refusals } from "@/components/frame/refusals";
import { useRemoveFile } from "@/components/frame/use-remove-file";
import { viewAddress } from "@/components/frame/views";
import { Button, linkButton } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { ProgressBar } from "@/components/ui/progress-bar";
import { visible } from "@/components/ui/text";
import type { CaptureInfo } from "@/lib/questions/answers";
import styles from "./file-list.module.css";
import {
  type FileRow,
  isAwaited,
  isUnderway,
  moreText,
  numbersOf,
  partDone,
  reportsById,
  rowsToShow,
  sentenceOf,
  sumOf,
  toFileRows,
} from "./file-rows";
import { cancelUpload, forgetUploads, type Upload } from "./uploads";
import { useProgress } from "./use-progress";

interface FileListProps {
  readonly capture: CaptureInfo;
  readonly uploads: readonly Upload[];
  /** Progress comes as it happens; else with the list of captures, every two seconds. */
  readonly isFollowed: boolean;
}

/** Files of one capture on their way in, and what became of those that this browser sent. */
export function FileList({ capture, uploads, isFollowed }: FileListProps) {
  const { data } = useCapture(capture.id);
  const reports = data?.fileReports ?? [];
  const byId = reportsById(reports);
  const isReading = capture.state === "reading" || uploads.some((upload) => isAwaited(upload, byId));
  const event = useProgress(capture.id, isReading && isFollowed);
  const rows = toFileRows(uploads, isReading ? (event?.files ?? capture.progress) : [], reports);
  const { shown, more } = rowsToShow(rows);
  const isBusy = rows.some(isUnderway);
  const flows = Math.max(capture.flows, event?.flows ?? 0);
  const next = <Next capture={capture} uploads={uploads} flows={flows} isBusy={isBusy} />;
  return (
    <div className={styles.box}>
      {/* Of several files the sum comes first: what to do next must not stand below a long list. */}
      {rows.length > 1 && (
        <>
          <p className={styles.sum}>{sumOf(rows)}</p>
          {next}
        </>
      )}
      <ul className={styles.rows}>
        {shown.map((row) => (
          <li key={row.key} className={styles.row}>
            <FileItem captureId={capture.id} row={row} />
          </li>
        ))}
      </ul>
      {rows.length > shown.length && <p className={styles.sentence}>{moreText(more)}</p>}
      {rows.length <= 1 && next}
    </div>
  );
}

interface NextProps {
  readonly capture: CaptureInfo;
  readonly uploads: readonly Upload[];
  readonly flows: number;
  readonly isBusy: boolean;
}

/** The way on from here. */
function Next({ capture, uploads, flows, isBusy }: NextProps) {
  return (
    <div className={styles.foot}>
      {flows > 0 && (
        <Link
          href={viewAddress(capture.id, isBusy ? "flows" : "overview", "")}
          className={linkButton(isBusy ? "plain" : "primary", true)}
        >
          {isBusy ? "Open flows (partial)" : "Open the capture"}
        </Link>
      )}
      {!isBusy && uploads.length > 0 && (
        <Button small look="quiet" onClick={() => forgetUploads(uploads.map(({ key }) => key))}>
          Hide the report
        </Button>
      )}
    </div>
  );
}

function FileItem({ captureId, row }: { readonly captureId: string; readonly row: FileRow }) {
  const underway = isUnderway(row);
  const name = visible(row.name);
  return (
    <>
      <div className={styles.head}>
        <span className={styles.name}>
          <bdi>{name}</bdi>
        </span>
        {underway && <span className={styles.numbers}>{numbersOf(row).join(" · ")}</span>}
        {underway && <CancelButton captureId={captureId} row={row} />}
      </div>
      {underway && <ProgressBar label={`Progress of ${name}`} part={partDone(row)} />}
      <p className={styles.sentence} role={underway ? undefined : "status"}>
        {sentenceOf(row)}
      </p>
      {row.report && !underway && <Entries report={row.report} />}
      {row.report && !underway && <Refusals report={row.report} />}
    </>
  );
}

function CancelButton({ captureId, row }: { readonly captureId: string; readonly row: FileRow }) {
  const remove = useRemoveFile(captureId);
  const cancel = () => {
    if (row.upload?.state === "queued" || row.upload?.state === "sending") cancelUpload(row.upload.key);
    if (row.fileId !== undefined) remove.mutate(row.fileId);
  };
  return (
    <Button small look="quiet" disabled={remove.isPending} onClick={cancel}>
      <X size={13} aria-hidden />
      Cancel<span className="spoken"> {visible(row.name)}</span>
    </Button>
  );
}

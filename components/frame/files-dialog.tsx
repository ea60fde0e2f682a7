"use client";

import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatBytes, formatCount, formatQuantity } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import type { CaptureAnswer } from "@/lib/questions/answers";
import { Entries } from "./entries";
import styles from "./files-dialog.module.css";
import { Refusals } from "./refusals";
import { outcomeOf } from "./report-words";
import { useRemoveFile } from "./use-remove-file";

type Report = CaptureAnswer["fileReports"][number];

interface FilesDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly captureId: string;
  readonly reports: readonly Report[];
}

/** Every file of a capture: what was read, what became of it, and the first records that were refused. */
export function FilesDialog({ open, onClose, captureId, reports }: FilesDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Files and refused records" wide>
      {reports.length === 0 && <p>This capture has no files yet.</p>}
      <ul className={styles.files}>
        {reports.map((report) => (
          <li key={report.id} className={styles.file}>
            <FileItem captureId={captureId} report={report} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function FileItem({ captureId, report }: { readonly captureId: string; readonly report: Report }) {
  const formats = Object.entries(report.formats);
  return (
    <>
      <div className={styles.head}>
        <h3 className={styles.name}>
          <bdi>{visible(report.file)}</bdi>
        </h3>
        <span className={styles.size}>{sizeText(report)}</span>
        <RemoveButton captureId={captureId} report={report} />
      </div>
      <p>{outcomeOf(report)}</p>
      {formats.length > 0 && (
        <p className={styles.quiet}>
          Formats: {formats.map(([format, count]) => `${format} ${formatCount(count)}`).join(", ")}
        </p>
      )}
      <Entries report={report} />
      <Refusals report={report} />
    </>
  );
}

function sizeText({ receivedBytes, unpackedBytes, packing }: Report): string {
  if (packing === "plain" || unpackedBytes === receivedBytes) return formatBytes(receivedBytes);
  return `${formatBytes(receivedBytes)} ${packing}, ${formatBytes(unpackedBytes)} unpacked`;
}

function RemoveButton({ captureId, report }: { readonly captureId: string; readonly report: Report }) {
  const [isAsking, setAsking] = useState(false);
  const remove = useRemoveFile(captureId);
  if (!isAsking) {
    return (
      <Button small look="quiet" onClick={() => setAsking(true)}>
        <Trash2 size={13} aria-hidden />
        Remove
      </Button>
    );
  }
  return (
    <span className={styles.asking}>
      <span role="status">
        {remove.error ? remove.error.message : `Takes ${formatQuantity(report.accepted, "flow")} out.`}
      </span>
      <Button small look="danger" disabled={remove.isPending} onClick={() => remove.mutate(report.id)}>
        Remove the file
      </Button>
      <Button small look="quiet" onClick={() => setAsking(false)}>
        Keep
      </Button>
    </span>
  );
}

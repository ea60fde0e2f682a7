"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { apiUrl, capturePath } from "@/components/frame/api";
import { FilesDialog } from "@/components/frame/files-dialog";
import { ZONE } from "@/components/frame/preferences";
import { capturesKey, flowsSoFar, useCapture } from "@/components/frame/queries";
import { viewAddress } from "@/components/frame/views";
import { formatRange, formatSecond, type Zone } from "@/components/ui/clock";
import { formatBytes, formatCount, formatQuantity, formatSpan } from "@/components/ui/format";
import { later } from "@/components/ui/later";
import { Link } from "@/components/ui/link";
import { visible } from "@/components/ui/text";
import { useStored } from "@/components/ui/use-stored";
import { parseTime } from "@/lib/base/time";
import type { CaptureInfo } from "@/lib/questions/answers";
import { CaptureActions } from "./capture-actions";
import styles from "./capture-list.module.css";
import { DeleteDialog } from "./delete-dialog";
import { pickedFiles } from "./dropped-files";
import { FileList } from "./file-list";
import { RenameDialog } from "./rename-dialog";
import { startUploads, type Upload } from "./uploads";

interface CaptureRowProps {
  readonly capture: CaptureInfo;
  /** Files of this browser that belong to it. */
  readonly uploads: readonly Upload[];
  /** Its progress is followed as it happens. */
  readonly isFollowed: boolean;
}

type Opened = "rename" | "delete" | "files" | "mask";

const MaskDialog = later(() => import("@/components/frame/mask-dialog").then((module) => module.MaskDialog));

export function CaptureRow({ capture, uploads, isFollowed }: CaptureRowProps) {
  const client = useQueryClient();
  const [zone] = useStored(ZONE);
  const [opened, setOpened] = useState<Opened>();
  const picker = useRef<HTMLInputElement>(null);
  const close = () => setOpened(undefined);
  const canOpen = capture.state === "ready" || capture.state === "reading";
  const isSettled = canOpen && (capture.state === "ready" || capture.flows > 0);
  const isBusy = capture.state === "reading" || uploads.length > 0;
  return (
    <tbody>
      <tr>
        <th scope="row">
          <CaptureName capture={capture} canOpen={canOpen} />
        </th>
        <td>
          <Span capture={capture} zone={zone} />
        </td>
        <td className={styles.number}>{canOpen && <Events capture={capture} />}</td>
        <td className={styles.number}>{isSettled && capture.drops !== null && formatCount(capture.drops)}</td>
        <td className={styles.number}>{isSettled && formatCount(capture.nodes)}</td>
        <td className={styles.number}>{formatBytes(capture.sizeBytes)}</td>
        <td>
          {minuteOf(capture.createdAt, zone)}
          {capture.files > 0 && <p className={styles.quiet}>{formatQuantity(capture.files, "file")}</p>}
          {capture.keptUntil !== null && (
            <p className={styles.quiet}>deleted {minuteOf(capture.keptUntil, zone)}</p>
          )}
        </td>
        <td className={styles.actions}>
          <CaptureActions
            name={capture.name}
            canOpen={canOpen}
            onAdd={() => picker.current?.click()}
            onRename={() => setOpened("rename")}
            onFiles={() => setOpened("files")}
            onMask={() => setOpened("mask")}
            onDownload={
              capture.state === "ready" ? () => download(capturePath(capture.id, "/file")) : undefined
            }
            onDelete={() => setOpened("delete")}
          />
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label={`Files to add to ${visible(capture.name)}`}
            onChange={(event) => {
              startUploads(capture.id, pickedFiles(event.target.files));
              event.target.value = "";
              void client.invalidateQueries({ queryKey: capturesKey });
            }}
          />
        </td>
      </tr>
      {isBusy && (
        <tr>
          <td colSpan={8} className={styles.files}>
            <FileList capture={capture} uploads={uploads} isFollowed={isFollowed} />
          </td>
        </tr>
      )}
      {opened === "rename" && <RenameDialog capture={capture} onClose={close} />}
      {opened === "delete" && <DeleteDialog capture={capture} onClose={close} />}
      {opened === "mask" && <MaskDialog capture={capture} onClose={close} />}
      {opened === "files" && <Files captureId={capture.id} onClose={close} />}
    </tbody>
  );
}

/** The answer is an attachment: the page stays. */
function download(path: string): void {
  window.location.assign(apiUrl(path));
}

function CaptureName({ capture, canOpen }: { readonly capture: CaptureInfo; readonly canOpen: boolean }) {
  const name = <bdi>{visible(capture.name)}</bdi>;
  if (!canOpen) {
    return (
      <>
        <span className={styles.name}>{name}</span>
        <p className={styles.problem}>{capture.problem ?? "This capture cannot be opened."}</p>
      </>
    );
  }
  return (
    <>
      <Link href={viewAddress(capture.id, "overview", "")} className={styles.name}>
        {name}
      </Link>
      {capture.state === "reading" && <span className={styles.partial}>being read</span>}
      {capture.isSettlingAnew && (
        <span
          className={styles.partial}
          title="An older version settled it. It can be used meanwhile; some facts may be missing until this is done."
        >
          being worked out anew
        </span>
      )}
      {capture.problem !== null && <p className={styles.problem}>{visible(capture.problem)}</p>}
    </>
  );
}

/** While a file is read only its flows are counted; some stand for several events. */
function Events({ capture }: { readonly capture: CaptureInfo }) {
  const flows = flowsSoFar(capture);
  if (flows > capture.flows) return formatQuantity(flows, "flow");
  return (
    <>
      {formatCount(capture.events)}
      {capture.events !== capture.flows && (
        <p className={styles.quiet}>{formatQuantity(capture.flows, "flow")}</p>
      )}
    </>
  );
}

function Span({ capture, zone }: { readonly capture: CaptureInfo; readonly zone: Zone }) {
  const first = capture.first === null ? undefined : parseTime(capture.first);
  const last = capture.last === null ? undefined : parseTime(capture.last);
  if (first === undefined || last === undefined)
    return <span className={styles.quiet}>{capture.state === "reading" ? "no times yet" : "no times"}</span>;
  return (
    <>
      {formatRange(first, last, zone)} <span className={styles.quiet}>{formatSpan(last - first)}</span>
    </>
  );
}

function minuteOf(time: string, zone: Zone): string {
  const at = parseTime(time);
  return at === undefined ? "unknown" : formatSecond(at, zone).slice(0, 16);
}

function Files({ captureId, onClose }: { readonly captureId: string; readonly onClose: () => void }) {
  const { data } = useCapture(captureId);
  return <FilesDialog open captureId={captureId} reports={data?.fileReports ?? []} onClose={onClose} />;
}

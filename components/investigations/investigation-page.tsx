"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { ApiError } from "@/components/frame/api";
import { Brand } from "@/components/frame/brand";
import { useInvestigation } from "@/components/frame/investigations";
import { useCapture } from "@/components/frame/queries";
import type { Theme } from "@/components/frame/theme";
import { ThemeMenu } from "@/components/frame/theme-menu";
import { viewAddress } from "@/components/frame/views";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog, DialogButtons } from "@/components/ui/dialog";
import { Empty } from "@/components/ui/empty";
import fields from "@/components/ui/fields.module.css";
import { formatQuantity } from "@/components/ui/format";
import { later } from "@/components/ui/later";
import { Link } from "@/components/ui/link";
import { visible } from "@/components/ui/text";
import type { Investigation, Pin } from "@/lib/investigations/investigation";
import { HandOut } from "./hand-out";
import styles from "./investigation-page.module.css";
import { Markdown } from "./markdown";
import { NewNote } from "./new-note";
import { PinArticle } from "./pin-article";
import { PrintButton } from "./print-button";
import { useChange, useDelete } from "./queries";
import { STATUS_LABELS } from "./status";
import { TextEditor } from "./text-editor";
import { minuteText } from "./time-text";

/** Its code comes when it is asked for. */
const ShareDialog = later(async () => (await import("./share-dialog")).ShareDialog);

interface InvestigationPageProps {
  readonly id: string;
  readonly theme: Theme;
}

/** A saved case, read from top to bottom like a short report. Each pin opens in the workplace as it was pinned. */
export function InvestigationPage({ id, theme }: InvestigationPageProps) {
  const { data, error, refetch } = useInvestigation(id);
  return (
    <>
      <header className={styles.top}>
        <Brand />
        <ThemeMenu initial={theme} />
      </header>
      <main className={styles.main}>
        {data !== undefined && <Case investigation={data} onReload={refetch} />}
        {data === undefined && error === null && <p>Opening the investigation …</p>}
        {data === undefined && error !== null && (
          <Empty
            title={error.message}
            role="alert"
            actions={<Button onClick={() => refetch()}>Try again</Button>}
          >
            {error instanceof ApiError && error.hint}
          </Empty>
        )}
      </main>
    </>
  );
}

interface CaseProps {
  readonly investigation: Investigation;
  readonly onReload: () => void;
}

function Case({ investigation, onReload }: CaseProps) {
  const { captureId, title, status, notes, pins } = investigation;
  const capture = useCapture(captureId).data;
  const change = useChange(investigation);
  const [isSharing, setSharing] = useState(false);
  const setPins = (next: readonly Pin[]) => change.mutate({ pins: [...next] });
  return (
    <>
      <div className={styles.head}>
        <h1 className={styles.title}>{visible(title)}</h1>
        <label className={styles.status}>
          <span className="spoken">Status</span>
          <select
            className={fields.input}
            value={status}
            onChange={(event) => change.mutate({ status: event.target.value as Investigation["status"] })}
          >
            {Object.entries(STATUS_LABELS).map(([word, label]) => (
              <option key={word} value={word}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <CopyButton
          text={typeof window === "undefined" ? "" : window.location.href}
          what="the link"
          caption="Copy link"
        />
        <Button onClick={() => setSharing(true)}>Share</Button>
        <HandOut
          investigationId={investigation.id}
          capture={{ id: captureId, name: capture?.name ?? "the capture" }}
        />
        <PrintButton />
        <DeleteButton investigation={investigation} />
        {isSharing && <ShareDialog investigationId={investigation.id} onClose={() => setSharing(false)} />}
      </div>
      <p className={styles.quiet}>
        {formatQuantity(pins.length, "pin")} of{" "}
        <Link href={viewAddress(captureId, "overview", "")}>{visible(capture?.name ?? "the capture")}</Link>,
        changed {minuteText(investigation.updatedAt)}
      </p>
      {change.error !== null && <ChangeProblem error={change.error} onReload={onReload} />}
      <section className={styles.notes} aria-label="Notes">
        <TextEditor
          label="Notes (Markdown)"
          text={notes}
          add="Write notes"
          isSaving={change.isPending}
          onSave={(text) => change.mutateAsync({ notes: text })}
        >
          <Markdown text={notes} />
        </TextEditor>
      </section>
      {pins.length === 0 && (
        <Empty title="Nothing is pinned here yet.">
          Open the capture and press p where there is something to keep.
        </Empty>
      )}
      <ol className={styles.pins}>
        {pins.map((pin, at) => (
          <li key={pin.id}>
            <PinArticle
              investigationId={investigation.id}
              captureId={captureId}
              pin={pin}
              isFirst={at === 0}
              isLast={at === pins.length - 1}
              isSaving={change.isPending}
              onNote={(note) =>
                change.mutateAsync({ pins: pins.map((one) => (one === pin ? { ...one, note } : one)) })
              }
              onMove={(step) => setPins(moved(pins, at, step))}
              onRemove={() => setPins(pins.filter((one) => one !== pin))}
            />
          </li>
        ))}
      </ol>
      <NewNote isSaving={change.isPending} onSave={(note) => change.mutateAsync({ pins: [...pins, note] })} />
    </>
  );
}

function moved(pins: readonly Pin[], at: number, step: -1 | 1): Pin[] {
  const next = [...pins];
  const [pin] = next.splice(at, 1);
  if (pin !== undefined) next.splice(at + step, 0, pin);
  return next;
}

interface ChangeProblemProps {
  readonly error: Error;
  readonly onReload: () => void;
}

function ChangeProblem({ error, onReload }: ChangeProblemProps): ReactNode {
  return (
    <Banner tone="bad" role="alert">
      {error.message} {error instanceof ApiError && error.hint}{" "}
      <Button small onClick={onReload}>
        Show it as it is now
      </Button>
    </Banner>
  );
}

function DeleteButton({ investigation }: { readonly investigation: Investigation }) {
  const router = useRouter();
  const [isAsking, setAsking] = useState(false);
  const remove = useDelete(investigation.id, () => router.push("/"));
  return (
    <>
      <Button look="quiet" onClick={() => setAsking(true)}>
        Delete
      </Button>
      <Dialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={`Delete ${visible(investigation.title)}`}
        description="Its notes and pins are removed at once, and links to it stop working. The capture stays."
      >
        {remove.error && (
          <p className={fields.problem} role="alert">
            {remove.error.message}
          </p>
        )}
        <DialogButtons>
          <Button onClick={() => setAsking(false)}>Keep it</Button>
          <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
            Delete the investigation
          </Button>
        </DialogButtons>
      </Dialog>
    </>
  );
}

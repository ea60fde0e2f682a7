"use client";

import { ArrowDown, ArrowUp, X } from "lucide-react";
import { investigationPath } from "@/components/frame/investigations";
import { IconButton } from "@/components/ui/button";
import { visible } from "@/components/ui/text";
import type { Pin } from "@/lib/investigations/investigation";
import styles from "./investigation-page.module.css";
import { Markdown } from "./markdown";
import { PinShown } from "./pin-shown";
import { TextEditor } from "./text-editor";

interface PinArticleProps {
  readonly investigationId: string;
  readonly captureId: string;
  readonly pin: Pin;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isSaving: boolean;
  readonly onNote: (note: string) => Promise<unknown>;
  readonly onMove: (step: -1 | 1) => void;
  readonly onRemove: () => void;
}

/** One pin: its note, and what it shows. */
export function PinArticle({
  investigationId,
  captureId,
  pin,
  isFirst,
  isLast,
  isSaving,
  ...does
}: PinArticleProps) {
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
      <TextEditor
        label="Note (Markdown)"
        text={pin.note}
        add="Write a note"
        isSaving={isSaving}
        onSave={does.onNote}
      >
        <Markdown text={pin.note} />
      </TextEditor>
      {pin.view !== null && (
        <PinShown
          path={`${investigationPath(investigationId)}/pins/${encodeURIComponent(pin.id)}`}
          captureId={captureId}
          pin={pin}
          isVisitor={false}
        />
      )}
    </article>
  );
}

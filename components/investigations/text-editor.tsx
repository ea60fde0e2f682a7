"use client";

import { type ReactNode, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import fields from "@/components/ui/fields.module.css";
import styles from "./investigation-page.module.css";

interface TextEditorProps {
  readonly label: string;
  readonly text: string;
  /** What the button says when there is no text yet. */
  readonly add: string;
  readonly isSaving: boolean;
  /** Rejects when it could not be saved; what was written then stays. */
  readonly onSave: (text: string) => Promise<unknown>;
  /** The text as it is read. */
  readonly children: ReactNode;
}

/** Whoever asks to write wants to write at once. */
function focusOn(field: HTMLTextAreaElement | null): void {
  field?.focus();
}

/** A text that is read, and written when asked for. */
export function TextEditor({ label, text, add, isSaving, onSave, children }: TextEditorProps) {
  const id = useId();
  const [draft, setDraft] = useState<string>();
  if (draft === undefined)
    return (
      <div className={styles.reading}>
        {text !== "" && children}
        <Button small look="quiet" onClick={() => setDraft(text)}>
          {text === "" ? add : "Edit"}
        </Button>
      </div>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSave(draft).then(
          () => setDraft(undefined),
          // The page says why; the draft stays.
          () => undefined,
        );
      }}
    >
      <label htmlFor={id} className={fields.label}>
        {label}
      </label>
      <textarea
        id={id}
        className={fields.text}
        rows={6}
        value={draft}
        maxLength={20_000}
        ref={focusOn}
        onChange={(event) => setDraft(event.target.value)}
      />
      <div className={styles.buttons}>
        <Button small look="primary" type="submit" disabled={isSaving}>
          Save
        </Button>
        <Button small onClick={() => setDraft(undefined)}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

"use client";

import { type ReactNode, useState } from "react";
import { MOST_OF_A_NOTE } from "@/components/frame/new-pin";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
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

/** A text that is read, and written when asked for. */
export function TextEditor({ label, text, add, isSaving, onSave, children }: TextEditorProps) {
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
      <TextField label={label} value={draft} most={MOST_OF_A_NOTE} rows={6} isFirst onChange={setDraft} />
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

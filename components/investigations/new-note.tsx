"use client";

import { type FormEvent, useState } from "react";
import { newPinId } from "@/components/frame/pin-id";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import fields from "@/components/ui/fields.module.css";
import type { Pin } from "@/lib/investigations/investigation";
import styles from "./investigation-page.module.css";

interface NewNoteProps {
  readonly isSaving: boolean;
  /** Rejects when it could not be saved; what was written then stays. */
  readonly onSave: (note: Pin) => Promise<unknown>;
}

/** A note by itself, between what is pinned: what was asked, decided, or is still to do. */
export function NewNote({ isSaving, onSave }: NewNoteProps) {
  const [isOpen, setOpen] = useState(false);
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const close = () => {
    setOpen(false);
    setTitle("");
    setText("");
  };
  if (!isOpen)
    return (
      <p className={styles.way}>
        <Button onClick={() => setOpen(true)}>Add a note</Button>
      </p>
    );
  const save = (event: FormEvent) => {
    event.preventDefault();
    const pinnedAt = new Date().toISOString();
    onSave({ id: newPinId(), view: null, link: "", title: title.trim(), note: text, pinnedAt }).then(
      close,
      // The page says why; what was written stays.
      () => undefined,
    );
  };
  return (
    <form className={styles.pin} onSubmit={save} aria-label="New note">
      <Field label="Heading">
        {(id) => (
          <input
            id={id}
            className={fields.input}
            value={title}
            maxLength={300}
            autoComplete="off"
            // Whoever asks to write wants to write at once.
            ref={focusOnce}
            onChange={(event) => setTitle(event.target.value)}
          />
        )}
      </Field>
      <Field label="Text (Markdown)">
        {(id) => (
          <textarea
            id={id}
            className={fields.text}
            rows={5}
            value={text}
            maxLength={20_000}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <div className={styles.buttons}>
        <Button small look="primary" type="submit" disabled={isSaving || title.trim() === ""}>
          Save
        </Button>
        <Button small onClick={close}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function focusOnce(field: HTMLInputElement | null): void {
  field?.focus();
}

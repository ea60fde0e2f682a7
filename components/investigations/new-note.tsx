"use client";

import { type FormEvent, useState } from "react";
import { MOST_OF_A_NOTE, newPinId } from "@/components/frame/new-pin";
import { Button } from "@/components/ui/button";
import { LineField, TextField } from "@/components/ui/field";
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
      <LineField label="Heading" value={title} most={300} isFirst onChange={setTitle} />
      <TextField label="Text (Markdown)" value={text} most={MOST_OF_A_NOTE} rows={5} onChange={setText} />
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

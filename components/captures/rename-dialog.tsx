"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { capturePath, sendJson } from "@/components/frame/api";
import { captureKey, capturesKey } from "@/components/frame/queries";
import { Button } from "@/components/ui/button";
import { Dialog, DialogButtons } from "@/components/ui/dialog";
import type { CaptureInfo } from "@/lib/questions/answers";
import styles from "./dialogs.module.css";

interface RenameDialogProps {
  readonly capture: CaptureInfo;
  readonly onClose: () => void;
}

export function RenameDialog({ capture, onClose }: RenameDialogProps) {
  const id = useId();
  const client = useQueryClient();
  const [name, setName] = useState(capture.name);
  const rename = useMutation({
    mutationFn: (wanted: string) => sendJson<CaptureInfo>("PATCH", capturePath(capture.id), { name: wanted }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: capturesKey });
      void client.invalidateQueries({ queryKey: captureKey(capture.id) });
      onClose();
    },
  });
  const trimmed = name.trim();
  return (
    <Dialog open onClose={onClose} title="Rename the capture">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed !== "") rename.mutate(trimmed);
        }}
      >
        <label htmlFor={id} className={styles.label}>
          Name
        </label>
        <input
          id={id}
          className={styles.input}
          value={name}
          maxLength={200}
          autoComplete="off"
          autoFocus
          onFocus={(event) => event.target.select()}
          onChange={(event) => setName(event.target.value)}
        />
        {rename.error && (
          <p className={styles.problem} role="alert">
            {rename.error.message}
          </p>
        )}
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={trimmed === "" || rename.isPending}>
            Rename
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

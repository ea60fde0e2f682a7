"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError, capturePath, sendDelete } from "@/components/frame/api";
import { capturesKey } from "@/components/frame/queries";
import { Button } from "@/components/ui/button";
import { Dialog, DialogButtons } from "@/components/ui/dialog";
import { formatBytes } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import type { CaptureInfo } from "@/lib/questions/answers";
import styles from "./dialogs.module.css";
import { cancelUpload, uploadStore } from "./uploads";

interface DeleteDialogProps {
  readonly capture: CaptureInfo;
  readonly onClose: () => void;
}

export function DeleteDialog({ capture, onClose }: DeleteDialogProps) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: async () => {
      for (const upload of uploadStore.read()) if (upload.captureId === capture.id) cancelUpload(upload.key);
      await sendDelete(capturePath(capture.id));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: capturesKey });
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Delete ${visible(capture.name)}`}
      description={`Its flows and the original records (${formatBytes(capture.sizeBytes)}) are removed from this server at once. Links into it stop working. This cannot be undone.`}
    >
      {remove.error && (
        <p className={styles.problem} role="alert">
          {remove.error.message} {remove.error instanceof ApiError && remove.error.hint}
        </p>
      )}
      <DialogButtons>
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
          Delete the capture
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

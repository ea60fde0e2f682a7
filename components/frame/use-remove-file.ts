"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { capturePath, sendDelete } from "./api";
import { captureKey, capturesKey, readKey } from "./queries";

/** Cancels a file that is being read, or takes a finished one out. */
export function useRemoveFile(captureId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (fileId: number) => sendDelete(capturePath(captureId, `/files/${fileId}`)),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: capturesKey }),
        client.invalidateQueries({ queryKey: captureKey(captureId) }),
        client.invalidateQueries({ queryKey: readKey(captureId) }),
      ]),
  });
}

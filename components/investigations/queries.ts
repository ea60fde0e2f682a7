"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getJson, sendDelete, sendJson } from "@/components/frame/api";
import { investigationKey, investigationPath, investigationsKey } from "@/components/frame/investigations";
import type { Investigation, InvestigationChange } from "@/lib/investigations/investigation";
import type { PinPicture, PinReport } from "@/lib/report/pin-report-answer";

/** Changes an investigation from the state that is on screen. */
export function useChange(investigation: Investigation) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Omit<InvestigationChange, "edition">) =>
      sendJson<Investigation>("PATCH", investigationPath(investigation.id), {
        edition: investigation.edition,
        ...change,
      }),
    onSuccess: (saved) => {
      client.setQueryData(investigationKey(saved.id), saved);
      void client.invalidateQueries({ queryKey: investigationsKey });
    },
  });
}

export function useDelete(id: string, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => sendDelete(investigationPath(id)),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: investigationsKey });
      onDone();
    },
  });
}

/** What a pin shows. It holds on to its revision, so that it need not be asked for again while the page is open. */
export function usePinReport(path: string) {
  return useQuery({
    queryKey: ["pin-report", path],
    queryFn: ({ signal }) => getJson<PinReport>(path, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A pinned map as a picture. */
export function usePinPicture(path: string) {
  return useQuery({
    queryKey: ["pin-picture", path],
    queryFn: ({ signal }) => getJson<PinPicture>(`${path}/picture`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { capturePath, getJson, sendDelete, sendJson } from "@/components/frame/api";
import { investigationKey, investigationPath, investigationsKey } from "@/components/frame/investigations";
import { readKey } from "@/components/frame/queries";
import type { Investigation, InvestigationChange } from "@/lib/investigations/investigation";
import type { SummaryAnswer } from "@/lib/questions/answers";
import { decodeScope, encodeScope } from "@/lib/scope/link";

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

/** The numbers of a pin's scope, from the revision that it shows. */
export function usePinNumbers(captureId: string, link: string) {
  const { scope } = decodeScope(new URLSearchParams(link));
  const query = scope === undefined ? "" : encodeScope(scope).toString();
  return useQuery({
    queryKey: [...readKey(captureId), "pin", query],
    queryFn: ({ signal }) =>
      getJson<SummaryAnswer>(capturePath(captureId, "/summary"), {
        params: new URLSearchParams(query),
        signal,
      }),
    enabled: scope !== undefined,
  });
}

"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { NewRedaction, Redaction } from "@/lib/redaction/redaction";
import { capturePath, getJson, sendDelete, sendJson } from "./api";
import { investigationsKey } from "./investigations";
import { capturesKey } from "./queries";

const redactionsKey = ["redactions"] as const;
const FOLLOW_MS = 1000;

export function isUnderWay({ state }: Redaction): boolean {
  return state !== "done" && state !== "failed" && state !== "cancelled";
}

/** Masked copies on their way and lately ended ones. The captures are asked for again when one of them is there. */
export function useRedactions() {
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: redactionsKey,
    queryFn: ({ signal }) => getJson<{ redactions: Redaction[] }>("/redactions", { signal }),
    refetchInterval: ({ state }) => (state.data?.redactions.some(isUnderWay) ? FOLLOW_MS : false),
    refetchOnWindowFocus: true,
  });
  const mark = data?.redactions.map(({ copyId, state }) => `${copyId} ${state === "reading"}`).join();
  useEffect(() => {
    if (!mark) return;
    void client.invalidateQueries({ queryKey: capturesKey });
    void client.invalidateQueries({ queryKey: investigationsKey });
  }, [client, mark]);
  return data?.redactions ?? [];
}

export function useStartRedaction(captureId: string, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: NewRedaction) =>
      sendJson<Redaction>("POST", capturePath(captureId, "/redactions"), wanted),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: redactionsKey });
      onDone();
    },
  });
}

/** Cancels one that is on its way, hides one that has ended. */
export function useRemoveRedaction(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => sendDelete(`/redactions/${encodeURIComponent(id)}`),
    onSettled: () => client.invalidateQueries({ queryKey: redactionsKey }),
  });
}

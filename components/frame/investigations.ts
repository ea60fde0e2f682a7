"use client";

import { useQuery } from "@tanstack/react-query";
import type { Investigation, InvestigationEntry } from "@/lib/investigations/investigation";
import { getJson } from "./api";

export const investigationsKey = ["investigations"] as const;
export const investigationKey = (id: string) => ["investigation", id] as const;

export function investigationPath(id: string): string {
  return `/investigations/${encodeURIComponent(id)}`;
}

/** All of them, or those of one capture. */
export function useInvestigations(captureId?: string) {
  return useQuery({
    queryKey: [...investigationsKey, captureId ?? ""],
    queryFn: async ({ signal }) => {
      const params = new URLSearchParams(captureId === undefined ? {} : { capture: captureId });
      const answer = await getJson<{ investigations: InvestigationEntry[] }>("/investigations", {
        params,
        signal,
      });
      return answer.investigations;
    },
  });
}

export function useInvestigation(id: string) {
  return useQuery({
    queryKey: investigationKey(id),
    queryFn: ({ signal }) => getJson<Investigation>(investigationPath(id), { signal }),
  });
}

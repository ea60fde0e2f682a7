"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { capturePath, getJson } from "@/components/frame/api";
import { readKey } from "@/components/frame/queries";
import type { ScopeHandle } from "@/components/frame/use-scope";
import type { DropCauseAnswer, DropsAnswer, DropsBy } from "@/lib/questions/answers-drops";

export function useDrops(captureId: string, { scope, query }: ScopeHandle, by: DropsBy) {
  return useQuery({
    queryKey: [...readKey(captureId), "drops", query, by],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams(query);
      params.set("by", by);
      return getJson<DropsAnswer>(capturePath(captureId, "/drops"), { params, signal });
    },
    enabled: scope !== undefined,
    placeholderData: keepPreviousData,
  });
}

export function useDropCause(captureId: string, { scope, query }: ScopeHandle, causeId: string | undefined) {
  return useQuery({
    queryKey: [...readKey(captureId), "drop-cause", query, causeId],
    queryFn: ({ signal }) =>
      getJson<DropCauseAnswer>(capturePath(captureId, `/drops/${encodeURIComponent(causeId ?? "")}`), {
        params: new URLSearchParams(query),
        signal,
      }),
    enabled: scope !== undefined && causeId !== undefined,
  });
}

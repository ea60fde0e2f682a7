"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { capturePath, getJson } from "@/components/frame/api";
import { readKey } from "@/components/frame/queries";
import type { ScopeHandle } from "@/components/frame/use-scope";
import type { AllCausesAnswer } from "@/lib/questions/all-causes-answer";
import type { MapAnswer } from "@/lib/questions/answers-map";
import type { ChangesAnswer } from "@/lib/questions/changes-answer";
import { CAUSES_ASKED } from "./causes-asked";

/** A question about the scope whose answer is not needed again on another page. */
function useAnswer<Answer>(
  captureId: string,
  { scope, query }: ScopeHandle,
  path: string,
  more: Readonly<Record<string, string>>,
  isWanted = true,
) {
  return useQuery({
    queryKey: [...readKey(captureId), path, query, more],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams(query);
      for (const [name, value] of Object.entries(more)) params.set(name, value);
      return getJson<Answer>(capturePath(captureId, path), { params, signal });
    },
    enabled: scope !== undefined && isWanted,
    placeholderData: keepPreviousData,
  });
}

export function useCauses(captureId: string, scope: ScopeHandle) {
  return useAnswer<AllCausesAnswer>(captureId, scope, "/causes", CAUSES_ASKED);
}

export function useBusiest(captureId: string, scope: ScopeHandle, limit: number, isWanted: boolean) {
  const more = { level: "workload", limit: String(limit) };
  return useAnswer<MapAnswer>(captureId, scope, "/map", more, isWanted);
}

export function useChanges(captureId: string, scope: ScopeHandle, limit: number, isWanted: boolean) {
  return useAnswer<ChangesAnswer>(captureId, scope, "/changes", { limit: String(limit) }, isWanted);
}

"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { capturePath, getJson } from "@/components/frame/api";
import { readKey } from "@/components/frame/queries";
import type { ScopeHandle } from "@/components/frame/use-scope";
import type {
  DropCauseAnswer,
  DropPoliciesAnswer,
  DropsAnswer,
  DropsBy,
  NotDropKind,
  NotDropsAnswer,
} from "@/lib/questions/answers-drops";

/** Of trends and pictures. */
const BUCKETS = "60";
/** Rows of one page of a table. */
export const PAGE = 500;

export function useDrops(captureId: string, { scope, query }: ScopeHandle, by: DropsBy, skip = 0) {
  return useQuery({
    queryKey: [...readKey(captureId), "drops", query, by, skip],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams(query);
      params.set("by", by);
      params.set("buckets", BUCKETS);
      params.set("limit", String(PAGE));
      params.set("skip", String(skip));
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

export function useNotDrops(
  captureId: string,
  { scope, query }: ScopeHandle,
  kind: NotDropKind,
  skip: number,
) {
  return useQuery({
    queryKey: [...readKey(captureId), "not-drops", query, kind, skip],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams(query);
      params.set("kind", kind);
      params.set("limit", String(PAGE));
      params.set("skip", String(skip));
      return getJson<NotDropsAnswer>(capturePath(captureId, "/not-drops"), { params, signal });
    },
    enabled: scope !== undefined,
    placeholderData: keepPreviousData,
  });
}

export function useDropPolicies(captureId: string, causes: readonly string[], dialect: string) {
  return useQuery({
    queryKey: [...readKey(captureId), "drop-policies", causes, dialect],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams({ causes: causes.join(","), dialect });
      return getJson<DropPoliciesAnswer>(capturePath(captureId, "/drops/policies"), { params, signal });
    },
    placeholderData: keepPreviousData,
  });
}

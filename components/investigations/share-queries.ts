"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getJson, sendDelete, sendJson } from "@/components/frame/api";
import { investigationPath } from "@/components/frame/investigations";
import type { MadeShare, NewShare, Shares } from "@/lib/investigations/share";

const sharesKey = (id: string) => ["shares", id] as const;
const sharesPath = (id: string) => `${investigationPath(id)}/shares`;

/** Always asked anew: somebody may just have opened a link. */
export function useShares(id: string) {
  return useQuery({
    queryKey: sharesKey(id),
    queryFn: ({ signal }) => getJson<Shares>(sharesPath(id), { signal }),
    staleTime: 0,
  });
}

export function useMakeShare(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (share: Partial<NewShare>) => sendJson<MadeShare>("POST", sharesPath(id), share),
    onSuccess: () => client.invalidateQueries({ queryKey: sharesKey(id) }),
  });
}

export function useRemoveShare(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (shareId: string) => sendDelete(`${sharesPath(id)}/${encodeURIComponent(shareId)}`),
    onSuccess: () => client.invalidateQueries({ queryKey: sharesKey(id) }),
  });
}

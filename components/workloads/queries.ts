"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { capturePath, getJson } from "@/components/frame/api";
import { readKey } from "@/components/frame/queries";
import type { ScopeHandle } from "@/components/frame/use-scope";
import type {
  ConnectionsAnswer,
  ConnectionsBy,
  ConnectionsOf,
  ConnectionsTimelineAnswer,
  ConnectionsTimelineBy,
  ServicesAnswer,
  WorkloadsAnswer,
} from "@/lib/questions/answers-workloads";

function useAsked<Answer>(
  captureId: string,
  { scope, query }: ScopeHandle,
  address: string,
  own: Readonly<Record<string, string>>,
) {
  return useQuery({
    queryKey: [...readKey(captureId), address, query, own],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams(query);
      for (const [name, value] of Object.entries(own)) params.set(name, value);
      return getJson<Answer>(capturePath(captureId, address), { params, signal });
    },
    enabled: scope !== undefined,
    placeholderData: keepPreviousData,
  });
}

const ROWS = "300";

export function useWorkloads(captureId: string, scope: ScopeHandle) {
  return useAsked<WorkloadsAnswer>(captureId, scope, "/workloads", { limit: ROWS });
}

export function useConnections(captureId: string, scope: ScopeHandle, by: ConnectionsBy) {
  return useAsked<ConnectionsAnswer>(captureId, scope, "/connections", { by, limit: ROWS });
}

export function useConnectionsTimeline(
  captureId: string,
  scope: ScopeHandle,
  asked: { readonly by: ConnectionsTimelineBy; readonly of: ConnectionsOf; readonly buckets: number },
) {
  const { by, of, buckets } = asked;
  return useAsked<ConnectionsTimelineAnswer>(captureId, scope, "/connections/timeline", {
    ...{ by, of, buckets: String(buckets) },
  });
}

export function useServices(captureId: string, scope: ScopeHandle) {
  return useAsked<ServicesAnswer>(captureId, scope, "/services", { limit: ROWS });
}

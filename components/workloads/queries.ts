"use client";

import { useAsked } from "@/components/frame/use-asked";
import type { ScopeHandle } from "@/components/frame/use-scope";
import type {
  ConnectionsAnswer,
  ConnectionsBy,
  ConnectionsOf,
  ConnectionsTimelineAnswer,
  ConnectionsTimelineBy,
  ServicesAnswer,
  TrafficAnswer,
  TrafficBy,
  TrafficOf,
  TrafficSide,
  WorkloadsAnswer,
} from "@/lib/questions/answers-workloads";

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

export function useTraffic(
  captureId: string,
  scope: ScopeHandle,
  asked: {
    readonly by: TrafficBy;
    readonly side: TrafficSide;
    readonly of: TrafficOf;
    readonly buckets: number;
  },
) {
  const { by, side, of, buckets } = asked;
  return useAsked<TrafficAnswer>(captureId, scope, "/traffic", {
    ...{ by, side, of, buckets: String(buckets), limit: ROWS },
  });
}

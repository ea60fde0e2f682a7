"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { capturePath, getJson } from "@/components/frame/api";
import { readKey } from "@/components/frame/queries";
import type { ScopeHandle } from "@/components/frame/use-scope";
import type { FlowsAnswer } from "@/lib/questions/answers";
import type {
  DnsAnswer,
  DnsExpansionAnswer,
  DnsLatencyAnswer,
  DnsResponsesAnswer,
  DnsSeriesAnswer,
} from "@/lib/questions/dns-answers";
import type { DnsCausesAnswer } from "@/lib/questions/dns-causes-answer";
import type { DnsConnectionsAnswer } from "@/lib/questions/dns-connections-answer";
import { withTerms } from "./dns-links";
import type { DnsBy } from "./dns-words";

interface Asked {
  readonly path: string;
  readonly more?: Readonly<Record<string, string>>;
  /** Terms beside those of the scope. */
  readonly terms?: string;
}

function useDnsQuestion<Answer>(
  captureId: string,
  { scope, query }: ScopeHandle,
  { path, more = {}, terms = "" }: Asked,
) {
  return useQuery({
    queryKey: [...readKey(captureId), path, query, terms, more],
    queryFn: ({ signal }) => {
      const params = withTerms(query, terms);
      for (const [name, value] of Object.entries(more)) params.set(name, value);
      return getJson<Answer>(capturePath(captureId, path), { params, signal });
    },
    enabled: scope !== undefined,
    placeholderData: keepPreviousData,
  });
}

/** Rows shown at most; the rest is told as one. */
const ROWS = "500";
const BUCKETS = "120";
/** Percentiles of few answers say little. */
const STEPS = "60";

export function useDns(captureId: string, scope: ScopeHandle, by: DnsBy, terms?: string) {
  return useDnsQuestion<DnsAnswer>(captureId, scope, { path: "/dns", more: { by, limit: ROWS }, terms });
}

export function useDnsSeries(captureId: string, scope: ScopeHandle, by: DnsSeriesAnswer["by"]) {
  return useDnsQuestion<DnsSeriesAnswer>(captureId, scope, {
    path: "/dns/series",
    more: { buckets: BUCKETS, by },
  });
}

export function useDnsCauses(captureId: string, scope: ScopeHandle) {
  return useDnsQuestion<DnsCausesAnswer>(captureId, scope, { path: "/dns/causes", more: { limit: ROWS } });
}

export function useDnsLatency(captureId: string, scope: ScopeHandle) {
  return useDnsQuestion<DnsLatencyAnswer>(captureId, scope, {
    path: "/dns/latency",
    more: { steps: STEPS },
  });
}

export function useDnsExpansion(captureId: string, scope: ScopeHandle) {
  return useDnsQuestion<DnsExpansionAnswer>(captureId, scope, {
    path: "/dns/expansion",
    more: { limit: ROWS },
  });
}

export function useDnsResponses(captureId: string, scope: ScopeHandle) {
  return useDnsQuestion<DnsResponsesAnswer>(captureId, scope, {
    path: "/dns/responses",
    more: { limit: ROWS },
  });
}

export type ConnectionsBy = "query" | "client" | "address";

export function useDnsConnections(captureId: string, scope: ScopeHandle, by: ConnectionsBy) {
  return useDnsQuestion<DnsConnectionsAnswer>(captureId, scope, {
    path: "/dns/connections",
    more: { by, limit: ROWS },
  });
}

/** How many flows and drops the scope holds of what the terms say. */
export function useScopeTotal(captureId: string, scope: ScopeHandle, terms: string) {
  return useDnsQuestion<FlowsAnswer>(captureId, scope, { path: "/flows", more: { limit: "0" }, terms });
}

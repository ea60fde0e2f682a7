"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { capturePath, getJson } from "@/components/frame/api";
import { readKey } from "@/components/frame/queries";
import type { ScopeHandle } from "@/components/frame/use-scope";
import type {
  L7Answer,
  L7By,
  L7ExamplesAnswer,
  L7Protocol,
  L7TimelineAnswer,
  L7TimelineBy,
  L7TimelineOf,
} from "@/lib/questions/answers-l7";

function useAsked<Answer>(
  captureId: string,
  { scope, query }: ScopeHandle,
  address: string,
  own: Readonly<Record<string, string>>,
  enabled = true,
) {
  return useQuery({
    queryKey: [...readKey(captureId), address, query, own],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams(query);
      for (const [name, value] of Object.entries(own)) params.set(name, value);
      return getJson<Answer>(capturePath(captureId, address), { params, signal });
    },
    enabled: scope !== undefined && enabled,
    placeholderData: keepPreviousData,
  });
}

export function useL7(
  captureId: string,
  scope: ScopeHandle,
  protocol: L7Protocol,
  by: L7By,
  limit: number,
  enabled = true,
) {
  return useAsked<L7Answer>(captureId, scope, "/l7", { protocol, by, limit: String(limit) }, enabled);
}

export function useL7Timeline(
  captureId: string,
  scope: ScopeHandle,
  asked: {
    readonly protocol: L7Protocol;
    readonly by: L7TimelineBy;
    readonly of: L7TimelineOf;
    readonly buckets: number;
  },
) {
  const { protocol, by, of, buckets } = asked;
  return useAsked<L7TimelineAnswer>(captureId, scope, "/l7/timeline", {
    ...{ protocol, by, of, buckets: String(buckets) },
  });
}

export function useL7Examples(captureId: string, scope: ScopeHandle, protocol: L7Protocol) {
  return useAsked<L7ExamplesAnswer>(captureId, scope, "/l7/examples", { protocol });
}

"use client";

import { useAsked } from "@/components/frame/use-asked";
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

export function useL7(captureId: string, scope: ScopeHandle, protocol: L7Protocol, by: L7By, limit: number) {
  return useAsked<L7Answer>(captureId, scope, "/l7", { protocol, by, limit: String(limit) });
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

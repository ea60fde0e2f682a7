"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { capturePath, getJson } from "./api";
import { readKey } from "./queries";
import { useAskedAtOnce } from "./scope-changes";
import type { ScopeHandle } from "./use-scope";

/**
 * A question of a view about the scope; keeps the answer that was there while the next is on its way. `own` is what that
 * answer was asked with: its words and links must say the same.
 */
export function useAsked<Answer>(
  captureId: string,
  { scope, query }: ScopeHandle,
  address: string,
  own: Readonly<Record<string, string>>,
) {
  const ask = (query: string) => ({
    queryKey: [...readKey(captureId), address, query, own],
    queryFn: async ({ signal }: { readonly signal: AbortSignal }) => {
      const params = new URLSearchParams(query);
      for (const [name, value] of Object.entries(own)) params.set(name, value);
      return { own, answer: await getJson<Answer>(capturePath(captureId, address), { params, signal }) };
    },
  });
  useAskedAtOnce("view", ask);
  const asked = useQuery({
    ...ask(query),
    enabled: scope !== undefined,
    placeholderData: keepPreviousData,
  });
  const { data, error, refetch } = asked;
  return { data: data?.answer, own: data?.own, error, refetch };
}

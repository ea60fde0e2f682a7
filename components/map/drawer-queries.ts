"use client";

import { queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { capturePath, getJson } from "@/components/frame/api";
import { readKey } from "@/components/frame/queries";
import type { TimelineAnswer } from "@/lib/questions/answers";
import type { DropsAnswer } from "@/lib/questions/answers-drops";
import type { L7Answer, L7Protocol } from "@/lib/questions/answers-l7";
import type { DnsAnswer } from "@/lib/questions/dns-answers";

interface Answers {
  readonly drops: DropsAnswer;
  readonly timeline: TimelineAnswer;
  readonly l7: L7Answer;
  readonly dns: DnsAnswer;
}

/** One of the other questions about a part of the map. `query`: its scope; undefined: not asked. */
function aboutQuery<Name extends keyof Answers>(
  captureId: string,
  name: Name,
  query: string | undefined,
  more: Readonly<Record<string, string>>,
) {
  return queryOptions({
    queryKey: [...readKey(captureId), name, query, more],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams(query);
      for (const [key, value] of Object.entries(more)) params.set(key, value);
      return getJson<Answers[Name]>(capturePath(captureId, `/${name}`), { params, signal });
    },
    enabled: query !== undefined,
  });
}

function useAbout<Name extends keyof Answers>(...asked: Parameters<typeof aboutQuery<Name>>) {
  return useQuery(aboutQuery(...asked)).data;
}

export function useRate(captureId: string, query: string) {
  return useAbout(captureId, "timeline", query, { by: "verdict", buckets: "60" });
}

export function useDeciders(captureId: string, query: string, isAsked: boolean) {
  return useAbout(captureId, "drops", isAsked ? query : undefined, {
    by: "policy",
    limit: "20",
    buckets: "2",
  });
}

export function useReasons(captureId: string, query: string, isAsked: boolean) {
  return useAbout(captureId, "drops", isAsked ? query : undefined, {
    by: "reason",
    limit: "20",
    buckets: "2",
  });
}

/** By status, of each protocol in turn. */
export function useRequests(captureId: string, query: string, protocols: readonly L7Protocol[]) {
  return useQueries({
    queries: protocols.map((protocol) =>
      aboutQuery(captureId, "l7", query, { protocol, by: "status", limit: "12" }),
    ),
  }).map(({ data }) => data);
}

export function useNames(captureId: string, query: string) {
  return useAbout(captureId, "dns", query, { by: "rcode", limit: "12" });
}

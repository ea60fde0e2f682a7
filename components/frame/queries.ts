"use client";

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type {
  CaptureAnswer,
  CaptureInfo,
  FacetsAnswer,
  FlowDetailAnswer,
  FlowsAnswer,
  SummaryAnswer,
  TimelineAnswer,
} from "@/lib/questions/answers";
import type { ReportAnswer } from "@/lib/questions/report/answer";
import { capturePath, getJson } from "./api";
import { totalParams } from "./first-asks";
import { useAskedAtOnce } from "./scope-changes";
import { type ScopeHandle, useScope } from "./use-scope";

/** While a file is read, what is on screen is asked for again this often. */
export const REFRESH_MS = 2000;

/** Until the answer to a new scope is there the one before stays; beside a scope that cannot be read no number may stand. */
function before({ scope }: Pick<ScopeHandle, "scope">) {
  return scope === undefined ? undefined : keepPreviousData;
}

interface Asked {
  readonly signal: AbortSignal;
}

export const capturesKey = ["captures"] as const;
export const captureKey = (captureId: string) => ["capture", captureId] as const;
/** Everything that is read from the flows of one capture. */
export const readKey = (captureId: string) => ["read", captureId] as const;

export function useCaptures() {
  return useQuery({
    queryKey: capturesKey,
    queryFn: ({ signal }) => getJson<{ captures: CaptureInfo[] }>("/captures", { signal }),
    refetchInterval: ({ state }) =>
      state.data?.captures.some((capture) => capture.state === "reading" || capture.isSettlingAnew)
        ? REFRESH_MS
        : false,
    refetchOnWindowFocus: true,
  });
}

export function useCapture(captureId: string) {
  return useQuery({
    queryKey: captureKey(captureId),
    queryFn: ({ signal }) => getJson<CaptureAnswer>(capturePath(captureId), { signal }),
    refetchInterval: ({ state }) =>
      state.data?.state === "reading" || state.data?.isSettlingAnew ? REFRESH_MS : false,
    refetchOnWindowFocus: true,
  });
}

/** Asks for everything on screen again when the capture has become another one: a file done, a new revision. */
export function useRefreshWhenChanged(captureId: string): void {
  const client = useQueryClient();
  const { data } = useCapture(captureId);
  const mark = data && `${captureId} ${data.revision} ${data.state} ${data.files}`;
  const seen = useRef(mark);
  useEffect(() => {
    const isFirst = seen.current === undefined;
    if (mark === seen.current) return;
    seen.current = mark;
    // What a page asks for together with the capture itself need not be asked for twice.
    if (!isFirst) void client.invalidateQueries({ queryKey: readKey(captureId) });
  }, [client, captureId, mark]);
}

/** Asks anew for what is on screen and got no answer: a server that is back answers all of it. */
export function useAskAgain(captureId: string): () => void {
  const client = useQueryClient();
  return () => {
    for (const queryKey of [readKey(captureId), captureKey(captureId)])
      void client.refetchQueries({ queryKey, predicate: ({ state }) => state.status === "error" });
  };
}

/** Flows of a capture, those of files that are still being read included. */
export function flowsSoFar({ flows, progress }: Pick<CaptureInfo, "flows" | "progress">): number {
  return flows + progress.reduce((sum, file) => sum + (file.state === "done" ? 0 : file.flows), 0);
}

/** Until the first file was read to its end nothing is known but the flows themselves: not who asked whom, no drops, no answers. */
export function useIsUnsettled(captureId: string): boolean {
  const { data } = useCapture(captureId);
  return data?.state === "reading" && data.flows === 0;
}

/** The same of an answer, which may be older than the capture: it knows flows, but not what is wrong, nor that nothing is. */
export function isUnsettledAnswer({ meta }: Pick<SummaryAnswer, "meta">): boolean {
  return meta.revision === 0;
}

function useIsReading(captureId: string): boolean {
  return useCapture(captureId).data?.state === "reading";
}

/** Numbers of the scope, without rows. */
export function useTotal(captureId: string, { scope, query }: ScopeHandle) {
  const isReading = useIsReading(captureId);
  const ask = (query: string) => ({
    queryKey: [...readKey(captureId), "total", query],
    queryFn: ({ signal }: Asked) =>
      getJson<FlowsAnswer>(capturePath(captureId, "/flows"), { params: totalParams(query), signal }),
  });
  useAskedAtOnce("view", ask);
  return useQuery({
    ...ask(query),
    enabled: scope !== undefined,
    refetchInterval: isReading ? REFRESH_MS : false,
  });
}

/** What there is in the scope, and what of it is wrong: for the tabs, and for what is said of the scope. */
export function useSummary(captureId: string, { scope, query }: ScopeHandle) {
  const isReading = useIsReading(captureId);
  const ask = (query: string) => ({
    queryKey: [...readKey(captureId), "summary", query],
    queryFn: ({ signal }: Asked) =>
      getJson<SummaryAnswer>(capturePath(captureId, "/summary"), {
        params: new URLSearchParams(query),
        signal,
      }),
  });
  useAskedAtOnce("frame", ask);
  return useQuery({
    ...ask(query),
    enabled: scope !== undefined,
    placeholderData: before({ scope }),
    refetchInterval: isReading ? 2 * REFRESH_MS : false,
  });
}

export function useTimeline(captureId: string, { scope, query }: ScopeHandle, buckets: number) {
  const isReading = useIsReading(captureId);
  return useQuery({
    ...timelineQuery(captureId, query, buckets),
    enabled: scope !== undefined && buckets > 0,
    placeholderData: before({ scope }),
    refetchInterval: isReading ? REFRESH_MS : false,
  });
}

export function timelineQuery(captureId: string, query: string, buckets: number) {
  return {
    queryKey: [...readKey(captureId), "timeline", query, buckets],
    queryFn: ({ signal }: Asked) => {
      const params = new URLSearchParams(query);
      params.set("by", "verdict");
      params.set("buckets", String(buckets));
      return getJson<TimelineAnswer>(capturePath(captureId, "/timeline"), { params, signal });
    },
  };
}

/** Values listed below the filter's line; typing on narrows them. */
const PROPOSED_VALUES = 50;

/** Values of a key that the scope holds, with their events; nothing while the key has none to list. */
export function useKeyValues(
  captureId: string,
  { scope, query }: ScopeHandle,
  word: string | undefined,
  prefix: string,
) {
  return useQuery({
    queryKey: [...readKey(captureId), "values", query, word, prefix],
    queryFn: async ({ signal }) => {
      const params = new URLSearchParams(query);
      params.set("keys", word ?? "");
      params.set("limit", String(PROPOSED_VALUES));
      if (prefix !== "") params.set("prefix", prefix);
      const answer = await getJson<FacetsAnswer>(capturePath(captureId, "/facets"), { params, signal });
      return answer.facets[word ?? ""]?.values ?? [];
    },
    enabled: scope !== undefined && word !== undefined,
    staleTime: 30_000,
  });
}

/** For questions without a scope: the revision that the page's link holds on to. */
export function revisionParams(revision: number | undefined): URLSearchParams {
  return new URLSearchParams(revision === undefined ? {} : { revision: String(revision) });
}

export function useFlow(captureId: string, flowId: string | undefined) {
  const revision = useScope().scope?.revision;
  return useQuery({
    queryKey: [...readKey(captureId), "flow", flowId, revision],
    queryFn: ({ signal }) =>
      getJson<FlowDetailAnswer>(capturePath(captureId, `/flows/${encodeURIComponent(flowId ?? "")}`), {
        params: revisionParams(revision),
        signal,
      }),
    enabled: flowId !== undefined,
    staleTime: 5 * 60_000,
  });
}

/** About the whole capture, whatever the scope. */
export function useReport(captureId: string) {
  const isReading = useIsReading(captureId);
  const revision = useScope().scope?.revision;
  return useQuery({
    queryKey: [...readKey(captureId), "report", revision],
    queryFn: ({ signal }) =>
      getJson<ReportAnswer>(capturePath(captureId, "/report"), { params: revisionParams(revision), signal }),
    placeholderData: keepPreviousData,
    // The report reads every flow: less often than what is on the other pages.
    refetchInterval: isReading ? 5 * REFRESH_MS : false,
  });
}

"use client";

import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { capturePath, getJson } from "@/components/frame/api";
import { REFRESH_MS, readKey, useCapture } from "@/components/frame/queries";
import { useAskedAtOnce } from "@/components/frame/scope-changes";
import type { FlowsAnswer } from "@/lib/questions/answers";
import type { FlowOrder } from "./flow-order";
import { PAGE_ROWS, pageParams } from "./page-params";
import type { RowWindow } from "./scroll-map";

/** Pages kept though they are out of sight. */
const PAGES_KEPT = 60;
/** Pages that are passed faster than this are not asked for. */
const REST_MS = 60;

export type ListedFlow = FlowsAnswer["flows"][number];

export interface FlowRows {
  /** Absent while its page is on its way. */
  readonly rowAt: (index: number) => ListedFlow | undefined;
  /** What is drawn there: while none of the rows that were asked for is there, those from before. */
  readonly drawnAt: (index: number) => ListedFlow | undefined;
  readonly isStale: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
  /** Rows known from the pages themselves, for as long as the count is on its way. */
  readonly atLeast: number;
}

interface Wanted {
  readonly captureId: string;
  /** Parameters of the scope. */
  readonly query: string;
  readonly order: FlowOrder;
  readonly isEnabled: boolean;
}

export function useFlowRows({ captureId, query, order, isEnabled }: Wanted, inSight: RowWindow): FlowRows {
  const client = useQueryClient();
  const isReading = useCapture(captureId).data?.state === "reading";
  const firstPage = Math.floor(inSight.first / PAGE_ROWS);
  const lastPage = Math.max(firstPage, Math.floor((inSight.end - 1) / PAGE_ROWS));
  const isAtRest = useRest(`${firstPage} ${lastPage}`);
  const { sort, way } = order;
  const baseKey = useMemo(
    () => pagesKey({ captureId, query, order: { sort, way } }),
    [captureId, query, sort, way],
  );

  useAskedAtOnce("view", (next) => pageQuery({ captureId, query: next, order }, 0));

  const pages = Array.from({ length: lastPage - firstPage + 1 }, (_, index) => firstPage + index);
  const results = useQueries({
    queries: pages.map((page) => ({
      ...pageQuery({ captureId, query, order }, page),
      enabled: isEnabled && isAtRest,
      refetchInterval: isReading ? REFRESH_MS : (false as const),
    })),
  });

  useEffect(() => {
    if (!isAtRest) return;
    const passed = client
      .getQueryCache()
      .findAll({ queryKey: baseKey, type: "inactive" })
      .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
    for (const old of passed.slice(PAGES_KEPT)) client.getQueryCache().remove(old);
  }, [client, baseKey, isAtRest]);

  const failed = results.find(({ error, data }) => error !== null && data === undefined);
  const [keptKey, setKept] = useState(baseKey);
  const isStale =
    keptKey !== baseKey && failed === undefined && results.every(({ data }) => data === undefined);
  if (!isStale && keptKey !== baseKey) setKept(baseKey);
  const cached = (key: readonly unknown[], page: number) => client.getQueryData<FlowsAnswer>([...key, page]);
  const rowOf = (key: readonly unknown[]) => (index: number) => {
    const page = Math.floor(index / PAGE_ROWS);
    const ready = key === baseKey ? results[page - firstPage]?.data : undefined;
    return (ready ?? cached(key, page))?.flows[index % PAGE_ROWS];
  };
  return {
    rowAt: rowOf(baseKey),
    drawnAt: rowOf(isStale ? keptKey : baseKey),
    isStale,
    error: failed?.error ?? null,
    retry: () => void client.invalidateQueries({ queryKey: baseKey }),
    atLeast: Math.max(
      0,
      ...results.map(({ data }, index) => (data ? (firstPage + index) * PAGE_ROWS + data.flows.length : 0)),
    ),
  };
}

/** Asks for the first rows while how many there are is not known yet. */
export function useFirstPage(wanted: Wanted): void {
  useQuery({ ...pageQuery(wanted, 0), enabled: wanted.isEnabled });
}

type Pages = Omit<Wanted, "isEnabled">;

function pagesKey({ captureId, query, order }: Pages): readonly unknown[] {
  return [...readKey(captureId), "page", query, order.sort, order.way];
}

function pageQuery(pages: Pages, page: number) {
  const { captureId, query, order } = pages;
  return {
    queryKey: [...pagesKey(pages), page],
    queryFn: ({ signal }: { signal: AbortSignal }) => {
      const params = pageParams(query, order, page);
      return getJson<FlowsAnswer>(capturePath(captureId, "/flows"), { params, signal });
    },
  };
}

/** False for a moment after each change of `value`. */
function useRest(value: string): boolean {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested === value;
}

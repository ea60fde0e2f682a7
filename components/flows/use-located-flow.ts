"use client";

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { capturePath, getJson } from "@/components/frame/api";
import { readKey } from "@/components/frame/queries";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { formatTime, parseTime } from "@/lib/base/time";
import type { FlowDetailAnswer, FlowsAnswer, TimelineAnswer } from "@/lib/questions/answers";
import { encodeScope, type Scope } from "@/lib/scope/link";
import { locate, ROWS_AT_ONCE, type RowSource } from "./locate";

interface Located {
  /** True when the open flow is known not to be among the rows. */
  readonly isOutside: boolean;
  /** Tells that a flow was opened from its row, so that its place is known. */
  readonly openedHere: (id: string) => void;
}

/** Brings the row of a flow that came with a link (or with back and forward) into sight. */
export function useLocatedFlow(
  captureId: string,
  scope: ScopeHandle,
  order: "asc" | "desc",
  onFound: (row: number) => void,
): Located {
  const client = useQueryClient();
  const [outside, setOutside] = useState<string>();
  const known = useRef<string>(undefined);
  const found = useRef(onFound);
  useEffect(() => {
    found.current = onFound;
  });
  const { flow } = scope.view;
  const decoded = scope.scope;
  const mark = `${flow} ${scope.query} ${order}`;
  useEffect(() => {
    if (flow === undefined || decoded === undefined || known.current === flow) {
      known.current = undefined;
      return;
    }
    let isCurrent = true;
    void findRow(client, captureId, flow, decoded, order).then((row) => {
      if (!isCurrent || row === "unknown") return;
      setOutside(row === undefined ? mark : undefined);
      if (row !== undefined) found.current(row);
    });
    return () => {
      isCurrent = false;
    };
  }, [client, captureId, flow, decoded, order, mark]);
  return {
    isOutside: outside === mark,
    openedHere: (id) => {
      known.current = id;
      setOutside(undefined);
    },
  };
}

/** `unknown` when the flow cannot be read or has no time: the drawer then says what is wrong. */
async function findRow(
  client: QueryClient,
  captureId: string,
  flow: string,
  scope: Scope,
  order: "asc" | "desc",
): Promise<number | undefined | "unknown"> {
  try {
    const path = capturePath(captureId, `/flows/${encodeURIComponent(flow)}`);
    const detail = await client.fetchQuery({
      queryKey: [...readKey(captureId), "flow", flow],
      queryFn: ({ signal }) => getJson<FlowDetailAnswer>(path, { signal }),
      staleTime: 5 * 60_000,
    });
    const time = detail.flow.time === undefined ? undefined : parseTime(detail.flow.time);
    if (time === undefined) return "unknown";
    return await locate({ id: flow, time }, scope, order, rowSource(captureId, scope, order));
  } catch {
    return "unknown";
  }
}

function rowSource(captureId: string, scope: Scope, order: "asc" | "desc"): RowSource {
  const ask = <Answer>(path: string, params: URLSearchParams, more: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(more)) params.set(name, value);
    return getJson<Answer>(capturePath(captureId, path), { params });
  };
  return {
    countTimed: async ({ from, to }) => {
      const params = encodeScope({ ...scope, from: undefined, to: undefined });
      if (from !== undefined) params.set("from", formatTime(from));
      if (to !== undefined) params.set("to", formatTime(to));
      const answer = await ask<FlowsAnswer>("/flows", params, { limit: "1" });
      return answer.total?.records ?? 0;
    },
    countUntimed: async () => {
      const answer = await ask<TimelineAnswer>("/timeline", encodeScope(scope), {
        by: "verdict",
        buckets: "2",
      });
      return answer.untimed;
    },
    idsFrom: async (position) => {
      const more = { order, position: String(position), limit: String(ROWS_AT_ONCE), total: "false" };
      const answer = await ask<FlowsAnswer>("/flows", encodeScope(scope), more);
      return answer.flows.map(({ id }) => id);
    },
  };
}

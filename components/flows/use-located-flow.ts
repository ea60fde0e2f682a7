"use client";

import { useEffect, useRef, useState } from "react";
import { ApiError, capturePath, getJson } from "@/components/frame/api";
import type { ScopeHandle } from "@/components/frame/use-scope";
import type { FlowsAnswer } from "@/lib/questions/answers";
import { type FlowOrder, orderParams } from "./flow-order";

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
  order: FlowOrder,
  onFound: (row: number) => void,
): Located {
  const [outside, setOutside] = useState<string>();
  const known = useRef<string>(undefined);
  /** The flow that is being looked for, and in which rows. One that is closed meanwhile is found all the same: the keys go on from it. */
  const sought = useRef<{ readonly flow: string; readonly rows: string }>(undefined);
  const found = useRef(onFound);
  useEffect(() => {
    found.current = onFound;
  });
  const { flow } = scope.view;
  const { query } = scope;
  const isReadable = scope.scope !== undefined;
  const rows = `${query} ${order.sort} ${order.way}`;
  const mark = `${flow} ${rows}`;
  useEffect(() => {
    if (sought.current?.rows !== rows) sought.current = undefined;
    if (flow === undefined || !isReadable || known.current === flow) {
      known.current = undefined;
      return;
    }
    const own = { flow, rows };
    sought.current = own;
    void findRow(captureId, flow, query, order).then((row) => {
      if (sought.current !== own || row === "unknown") return;
      setOutside(row === undefined ? mark : undefined);
      if (row !== undefined) found.current(row);
    });
  }, [captureId, flow, query, isReadable, order, rows, mark]);
  return {
    isOutside: outside === mark,
    openedHere: (id) => {
      known.current = id;
      sought.current = undefined;
      setOutside(undefined);
    },
  };
}

/** The row number; undefined when the flow is not among the rows. `unknown` when nobody can say: the rows then say what is wrong. */
async function findRow(
  captureId: string,
  flow: string,
  query: string,
  order: FlowOrder,
): Promise<number | undefined | "unknown"> {
  const params = new URLSearchParams(query);
  const more = { ...orderParams(order), flow, limit: "1", total: "false" };
  for (const [name, value] of Object.entries(more)) params.set(name, value);
  try {
    const { position } = await getJson<FlowsAnswer>(capturePath(captureId, "/flows"), { params });
    return position ?? "unknown";
  } catch (error) {
    return error instanceof ApiError && error.code === "flow_not_found" ? undefined : "unknown";
  }
}

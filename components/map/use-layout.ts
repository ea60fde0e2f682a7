"use client";

import { useEffect, useRef, useState } from "react";
import type { Graph } from "@/lib/insight/map/graph";
import type { Places } from "@/lib/insight/map/layout";
import { toInput } from "./layout-input";
import type { LayoutKind, LayoutReply, LayoutRequest } from "./layout-worker";

export interface Laid {
  readonly graph: Graph;
  readonly kind: LayoutKind;
  readonly places: Places;
}

/**
 * The places of a graph; those of the one before until its own are there, so that nothing jumps twice. `home`: the graph of
 * the whole capture, which keeps a filtered one in its place.
 */
export function useLayout(
  graph: Graph | undefined,
  home: Graph | undefined,
  kind: LayoutKind,
): Laid | undefined {
  const [laid, setLaid] = useState<Laid>();
  const worker = useRef<Worker>(undefined);
  const latest = useRef(0);
  useEffect(() => {
    worker.current = new Worker(new URL("./layout-worker.ts", import.meta.url), { type: "module" });
    return () => worker.current?.terminate();
  }, []);
  useEffect(() => {
    if (graph === undefined || home === undefined || worker.current === undefined) return;
    const id = ++latest.current;
    const took = ({ data }: MessageEvent<LayoutReply>) => {
      if (data.id === id) setLaid({ graph, kind, places: data.places });
    };
    worker.current.addEventListener("message", took);
    worker.current.postMessage({
      id,
      kind,
      input: toInput(graph),
      ...(home !== graph && { home: toInput(home) }),
    } satisfies LayoutRequest);
    const current = worker.current;
    return () => current.removeEventListener("message", took);
  }, [graph, home, kind]);
  return laid;
}

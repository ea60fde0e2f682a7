"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { capturePath, getJson } from "@/components/frame/api";
import { readKey } from "@/components/frame/queries";
import type { MapAnswer } from "@/lib/questions/answers-map";
import type { Level } from "./words";

/** More than a picture can hold; what is beyond is named below it. */
const MOST_EDGES = 20_000;

/** `query`: parameters of a scope; undefined while it is not known or not needed. `buckets`: with what edges had over time. */
export function useMap(captureId: string, query: string | undefined, level: Level, buckets?: number) {
  return useQuery({
    queryKey: [...readKey(captureId), "map", query, level, buckets],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams(query);
      params.set("level", level);
      params.set("limit", String(MOST_EDGES));
      if (buckets !== undefined) params.set("buckets", String(buckets));
      return getJson<MapAnswer>(capturePath(captureId, "/map"), { params, signal });
    },
    enabled: query !== undefined,
    placeholderData: keepPreviousData,
    // Tens of thousands of edges are not compared member by member.
    structuralSharing: false,
    staleTime: 30_000,
  });
}

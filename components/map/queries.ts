"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { capturePath, getJson } from "@/components/frame/api";
import { readKey } from "@/components/frame/queries";
import { MOST_EDGES } from "@/lib/insight/map/part";
import type { MapAnswer } from "@/lib/questions/answers-map";
import type { Level } from "./words";

/** An answer says itself which page it is: while the next one is on its way, the one before is shown. */
export interface MapPage extends MapAnswer {
  readonly skip: number;
}

interface MapAsked {
  /** Edges that come before those that are asked for. */
  readonly skip?: number;
  /** With what edges had over time. */
  readonly buckets?: number;
  /** With whether they were there before. */
  readonly since?: string;
}

/** `query`: parameters of a scope; undefined while it is not known or not needed. */
export function useMap(
  captureId: string,
  query: string | undefined,
  level: Level,
  { skip = 0, buckets, since }: MapAsked = {},
) {
  return useQuery({
    queryKey: [...readKey(captureId), "map", query, level, skip, buckets, since],
    queryFn: async ({ signal }): Promise<MapPage> => {
      const params = new URLSearchParams(query);
      params.set("level", level);
      params.set("limit", String(MOST_EDGES));
      if (skip > 0) params.set("skip", String(skip));
      if (buckets !== undefined) params.set("buckets", String(buckets));
      if (since !== undefined) params.set("since", since);
      const answer = await getJson<MapAnswer>(capturePath(captureId, "/map"), { params, signal });
      return { ...answer, skip };
    },
    enabled: query !== undefined,
    placeholderData: keepPreviousData,
    // Tens of thousands of edges are not compared member by member.
    structuralSharing: false,
    staleTime: 30_000,
  });
}

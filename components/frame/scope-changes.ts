"use client";

import { type FetchQueryOptions, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

/** Takes the parameters of the scope that the address is about to have. */
type Listener = (query: string) => void;

/** What was chosen to be looked at comes before what stands round it. */
const listeners = { view: new Set<Listener>(), frame: new Set<Listener>() };

/** Told before the address changes. */
export function announceScope(query: string): void {
  for (const listener of [...listeners.view, ...listeners.frame]) listener(query);
}

/**
 * Asks for the next scope when it is chosen, not when the page has been drawn for it: drawing takes the page a tenth of a second,
 * in which the server can work. The query that is drawn then finds its answer on the way. `undefined` asks nothing.
 */
export function useAskedAtOnce(
  of: keyof typeof listeners,
  optionsOf: (query: string) => FetchQueryOptions | undefined,
): void {
  const client = useQueryClient();
  const latest = useRef(optionsOf);
  useEffect(() => {
    latest.current = optionsOf;
  });
  useEffect(() => {
    const listener: Listener = (query) => {
      const options = latest.current(query);
      if (options !== undefined) void client.prefetchQuery(options);
    };
    listeners[of].add(listener);
    return () => void listeners[of].delete(listener);
  }, [client, of]);
}

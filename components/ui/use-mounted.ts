"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/**
 * False while the server renders and while its markup is taken over, true from then on.
 *
 * Sizes that are only known in the browser are set as styles. In the server's markup they would be style
 * attributes, which the content security policy refuses; so such parts wait for this.
 */
export function useMounted(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}

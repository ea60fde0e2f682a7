"use client";

import { type ComponentType, lazy, type ReactNode, Suspense } from "react";

/**
 * A component whose code is fetched when it is first shown, so that the first view of a page sends less of it. Render
 * it only when it is to be seen.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: ReactNode = null,
): ComponentType<Props> {
  const Lazy = lazy(async () => ({ default: await load() }));
  return function Later(props: Props) {
    return (
      <Suspense fallback={meanwhile}>
        <Lazy {...props} />
      </Suspense>
    );
  };
}

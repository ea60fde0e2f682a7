"use client";

import { type ComponentType, lazy, Suspense } from "react";

/**
 * A component whose code is fetched when it is first shown, so that the first view of a page sends less of it. Render
 * it only when it is to be seen. `Meanwhile` stands in its place until the code is there.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Meanwhile?: ComponentType<Props>,
): ComponentType<Props> {
  const Lazy = lazy(async () => ({ default: await load() }));
  return function Later(props: Props) {
    return (
      <Suspense fallback={Meanwhile && <Meanwhile {...props} />}>
        <Lazy {...props} />
      </Suspense>
    );
  };
}

/** Processor time of a page's own thread: it says something on a loaded machine, too, where times on the clock do not. */

import type { Page } from "@playwright/test";

/** The answer gives the milliseconds since the page began. */
export async function pageThread(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
  };
}

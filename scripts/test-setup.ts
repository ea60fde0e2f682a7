import { buildBundles } from "./bundles.mjs";

/** Before any unit test: worker threads are started from their bundles, so these must be current. */
export async function setup(): Promise<void> {
  await buildBundles();
}

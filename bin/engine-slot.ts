/**
 * Where pages and routes find the engine. The server makes it before the first request and puts it here;
 * Next's bundles hold types only, so stores and threads exist once.
 */

import type { Engine } from "./engine";

const slot = globalThis as { eyepieceEngine?: Engine };

export function setEngine(engine: Engine): void {
  slot.eyepieceEngine = engine;
}

/** Throws outside the server (a bug). */
export function engine(): Engine {
  if (slot.eyepieceEngine === undefined)
    throw new Error("the engine was not made: pages run inside bin/server.ts only");
  return slot.eyepieceEngine;
}

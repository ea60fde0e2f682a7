/** Lays the map out beside the page's own thread. */

import { type LayoutInput, layout, type Places } from "@/lib/insight/map/layout";

export type LayoutKind = "force" | "layered";

export interface LayoutRequest {
  readonly id: number;
  readonly kind: LayoutKind;
  readonly input: LayoutInput;
  /** The whole capture, whose places are kept where they can be; absent when it is the same. */
  readonly home?: LayoutInput;
}

export interface LayoutReply {
  readonly id: number;
  readonly places: Places;
}

/** The last homes, so that each filter does not lay the whole capture out again. */
const homes = new Map<string, Places>();

async function placesOf({ kind, input, home }: LayoutRequest): Promise<Places> {
  if (kind === "layered") {
    const { layered } = await import("@/lib/insight/map/layered");
    return layered(input);
  }
  return layout(input, home && homeOf(home));
}

function homeOf(home: LayoutInput): Places {
  const key = JSON.stringify(home);
  let places = homes.get(key);
  if (places === undefined) {
    places = layout(home);
    homes.clear();
    homes.set(key, places);
  }
  return places;
}

self.addEventListener("message", ({ data }: MessageEvent<LayoutRequest>) => {
  void placesOf(data).then((places) => self.postMessage({ id: data.id, places } satisfies LayoutReply));
});

/**
 * Times of `--since` and `--until`: the absolute, zoned formats that the Hubble command line accepts
 * (`hubble/pkg/time`), and durations, which are relative to now.
 */

import { parseTime } from "@/lib/base/time";

export type HubbleTime =
  | { readonly kind: "absolute"; readonly ns: bigint }
  | { readonly kind: "relative" }
  | { readonly kind: "unreadable" };

const DURATION = /^-?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;
/** Date alone (taken as UTC), or with hour, or hour and minute, and a zone. */
const SHORT = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2}))?$/;

export function parseHubbleTime(text: string): HubbleTime {
  if (DURATION.test(text)) return { kind: "relative" };
  const short = SHORT.exec(text);
  const ns = parseTime(
    short ? `${short[1]}T${short[2] ?? "00"}:${short[3] ?? "00"}:00${short[4] ?? "Z"}` : text,
  );
  return ns === undefined ? { kind: "unreadable" } : { kind: "absolute", ns };
}

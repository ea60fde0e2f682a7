/** Links from the report to the flows behind it. */

import { nodeTerms } from "@/components/frame/node-terms";
import { parseTime } from "@/lib/base/time";
import { EMPTY_FILTER, formatFilter } from "@/lib/scope/filter";
import { encodeScope } from "@/lib/scope/link";

function flows(captureId: string, params: URLSearchParams): string {
  return `/captures/${encodeURIComponent(captureId)}/flows?${params}`;
}

export function flowsOfNode(captureId: string, node: string | null): string {
  return flows(captureId, new URLSearchParams({ q: formatFilter({ terms: nodeTerms(node) }) }));
}

/** The flows around a stretch, so that the reader sees both edges of it. */
export function flowsAround(captureId: string, from: string, to: string): string | undefined {
  const [first, last] = [parseTime(from), parseTime(to)];
  if (first === undefined || last === undefined) return undefined;
  const margin = (last - first) / 2n + 2_000_000_000n;
  const scope = { filter: EMPTY_FILTER, from: first - margin, to: last + margin };
  return flows(captureId, encodeScope(scope));
}

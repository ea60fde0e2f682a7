/** Links from the report to the flows behind it. */

import { parseTime } from "@/lib/base/time";
import type { ReportAnswer } from "@/lib/questions/report/answer";
import { EMPTY_FILTER, formatFilter, makeTerm } from "@/lib/scope/filter";
import { encodeScope } from "@/lib/scope/link";
import { nodeTerms } from "@/lib/scope/node-terms";

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

export function allFlows(captureId: string): string {
  return flows(captureId, new URLSearchParams());
}

/** Undefined where the filter would count more: entries and files of the same name, and records that stood in an earlier file too. */
export function flowsOfFile(
  captureId: string,
  file: ReportAnswer["files"][number],
  files: ReportAnswer["files"],
): string | undefined {
  const isAlone = files.filter((other) => other.file === file.file).length === 1;
  if (!isAlone || file.duplicate > 0 || file.entries.length > 0) return undefined;
  const term = makeTerm("file", [{ type: "file", name: [file.file] }]);
  return flows(captureId, new URLSearchParams({ q: formatFilter({ terms: [term] }) }));
}

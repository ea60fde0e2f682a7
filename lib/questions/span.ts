import type { OpenCapture } from "./open-capture";

/** The range of the scope, cut to what the capture holds; the range itself where it is given. */
export function spanOf(
  capture: OpenCapture,
  from: bigint | undefined,
  to: bigint | undefined,
): { first: bigint; last: bigint } | undefined {
  const row = capture.database
    .prepareExact("SELECT (SELECT min(timeNs) FROM Flow) AS first, (SELECT max(timeNs) FROM Flow) AS last")
    .get([]);
  const first = from ?? row?.first;
  const last = to === undefined ? row?.last : to - 1n;
  return typeof first === "bigint" && typeof last === "bigint" && first <= last ? { first, last } : undefined;
}

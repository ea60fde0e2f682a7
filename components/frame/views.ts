/**
 * The views of a capture, in the order of their tabs. `needsSettled`: empty until the first file was read to its end. `saysEmpty`: says itself
 * that no flow matches, or is of the whole capture; beside the others the frame says it.
 */

export const VIEWS = [
  { id: "overview", label: "Overview", key: "o", needsSettled: false, saysEmpty: true },
  { id: "map", label: "Map", key: "m", needsSettled: true, saysEmpty: false },
  { id: "drops", label: "Drops", key: "d", needsSettled: true, saysEmpty: false },
  { id: "dns", label: "DNS", key: "n", needsSettled: true, saysEmpty: false },
  { id: "l7", label: "L7", key: "l", needsSettled: true, saysEmpty: false },
  { id: "workloads", label: "Workloads", key: "w", needsSettled: true, saysEmpty: false },
  { id: "flows", label: "Flows", key: "f", needsSettled: false, saysEmpty: true },
  { id: "quality", label: "Quality", key: "q", needsSettled: false, saysEmpty: true },
] as const;

export type ViewId = (typeof VIEWS)[number]["id"];

/** Of an address on this server. */
export function viewOf(captureId: string, pathname: string): (typeof VIEWS)[number] | undefined {
  return VIEWS.find(({ id }) => pathname === viewAddress(captureId, id, ""));
}

/** The address of a view. `query` is the scope, which goes along: it belongs to no view. */
export function viewAddress(captureId: string, view: ViewId, query: string): string {
  const address = `/captures/${encodeURIComponent(captureId)}/${view}`;
  return query === "" ? address : `${address}?${query}`;
}

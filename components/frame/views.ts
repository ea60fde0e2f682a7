/** The views of a capture, in the order of their tabs. `needsSettled`: empty until the first file was read to its end. */

export const VIEWS = [
  { id: "overview", label: "Overview", key: "o", needsSettled: false },
  { id: "map", label: "Map", key: "m", needsSettled: true },
  { id: "drops", label: "Drops", key: "d", needsSettled: true },
  { id: "dns", label: "DNS", key: "n", needsSettled: true },
  { id: "l7", label: "L7", key: "l", needsSettled: true },
  { id: "workloads", label: "Workloads", key: "w", needsSettled: true },
  { id: "flows", label: "Flows", key: "f", needsSettled: false },
  { id: "quality", label: "Quality", key: "q", needsSettled: false },
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

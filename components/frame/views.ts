/** The views of a capture, in the order of their tabs. One that is not built yet is absent, not dead. */

export const VIEWS = [
  { id: "overview", label: "Overview", key: "o" },
  { id: "map", label: "Map", key: "m" },
  { id: "drops", label: "Drops", key: "d" },
  { id: "dns", label: "DNS", key: "n" },
  { id: "l7", label: "L7", key: "l" },
  { id: "workloads", label: "Workloads", key: "w" },
  { id: "flows", label: "Flows", key: "f" },
  { id: "quality", label: "Quality", key: "q" },
] as const;

export type ViewId = (typeof VIEWS)[number]["id"];

/** The address of a view. `query` is the scope, which goes along: it belongs to no view. */
export function viewAddress(captureId: string, view: ViewId, query: string): string {
  const address = `/captures/${encodeURIComponent(captureId)}/${view}`;
  return query === "" ? address : `${address}?${query}`;
}

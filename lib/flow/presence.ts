/**
 * The presence mask: which members a record had.
 *
 * An exporter's field mask, aggregation and Log Analytics leave members out; a missing member then
 * means "unknown", not "none". Proto JSON leaves out zero values too, so the mask alone does not decide:
 * the quality report compares masks over a whole file.
 */
export const PRESENT = {
  time: 1 << 0,
  uuid: 1 << 1,
  verdict: 1 << 2,
  IP: 1 << 3,
  l4: 1 << 4,
  source: 1 << 5,
  destination: 1 << 6,
  Type: 1 << 7,
  node_name: 1 << 8,
  event_type: 1 << 9,
  traffic_direction: 1 << 10,
  is_reply: 1 << 11,
  l7: 1 << 12,
  Summary: 1 << 13,
  identity: 1 << 14,
  labels: 1 << 15,
  namespace: 1 << 16,
  pod_name: 1 << 17,
  workloads: 1 << 18,
} as const;

export type PresentField = keyof typeof PRESENT;

/** Names of the members in a mask, in bit order. */
export function presentFields(mask: number): PresentField[] {
  return (Object.keys(PRESENT) as PresentField[]).filter((field) => (mask & PRESENT[field]) !== 0);
}

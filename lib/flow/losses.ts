/** Which DROPPED records lose nothing (product.md, "Drop"; drop codes of Cilium 1.19, `pkg/monitor/api/drop.go`). */

/**
 * NAT not needed, IGMP handled, IGMP subscribed, multicast handled, punt to proxy: they carry the verdict DROPPED,
 * though the packet went where it should.
 */
export const NOT_A_LOSS: ReadonlySet<number> = new Set([173, 199, 200, 201, 205]);

/** DNS messages drawn as text. Imported by tests only. */

import type { DnsMessage } from "./message";

/**
 * One message a line, `MS ask|answer|refused [n1|n2] [ingress|egress] [wire] [>SERVER]`: milliseconds, what it is, the node that
 * saw it (n1), its direction (egress), whether as a packet, and the server's number (9). The flow's id is the number of the line, from 1.
 */
export function messages(drawing: string): DnsMessage[] {
  return drawing
    .trim()
    .split("\n")
    .map((line, at) => {
      const [ms = "", what, ...rest] = line.trim().split(/\s+/);
      const node = rest.includes("n2") ? 2 : 1;
      const direction = rest.includes("ingress") ? "INGRESS" : "EGRESS";
      const server = rest.find((word) => word.startsWith(">"));
      return {
        id: at + 1,
        hash: BigInt(at),
        occurrence: 0,
        timeNs: BigInt(Math.round(Number(ms) * 1_000_000)),
        isResponse: what === "answer",
        isDenied: what === "refused",
        isOnWire: rest.includes("wire"),
        place: `${node} ${direction}`,
        node: String(node),
        direction,
        server: server === undefined ? 9 : Number(server.slice(1)),
      };
    });
}

/** A DNS record as the rules see it: ids instead of names, so that the same rules serve any store. */

export interface DnsMessage {
  /** The flow. */
  readonly id: number;
  /** Hash and occurrence tell flows with equal times apart, whatever the order of files. */
  readonly hash: bigint;
  readonly occurrence: number;
  readonly timeNs: bigint;
  readonly isResponse: boolean;
  /** The proxy refused it. */
  readonly isDenied: boolean;
  /** A packet that was looked into (Retina), not what a proxy logged: it can be seen more than once. */
  readonly isOnWire: boolean;
  /** Where it was seen: equal for messages of one observer that looks in one direction. */
  readonly place: string;
  readonly node: string | null;
  /** INGRESS, EGRESS or unknown: that of the connection at the observer. */
  readonly direction: string;
  /** The server's address. */
  readonly server: number | null;
}

/**
 * By time, a question before the answer of the same instant: exports that cut times to milliseconds have many. Other ties by
 * what does not depend on the order of files.
 */
export function byTime(a: DnsMessage, b: DnsMessage): number {
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  if (a.isResponse !== b.isResponse) return a.isResponse ? 1 : -1;
  if (a.hash !== b.hash) return a.hash < b.hash ? -1 : 1;
  return a.occurrence - b.occurrence;
}

/** Requests count at one side: the server's when both ends logged them (product.md, "Request"). */
export function byPreference<Message extends DnsMessage>(sightings: readonly Message[]): Message[] {
  const rank = { INGRESS: 0, EGRESS: 1 };
  const rankOf = ({ direction }: DnsMessage): number => rank[direction as keyof typeof rank] ?? 2;
  return [...sightings].sort((a, b) => rankOf(a) - rankOf(b) || byTime(a, b));
}

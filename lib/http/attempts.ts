/**
 * Counts per address, so that a token cannot be guessed by trying and nobody asks for more than others can bear.
 *
 * After `limit` failures within `windowMs` the address is blocked until that window has passed.
 * Memory is bounded: beyond `maxAddresses` the oldest window is forgotten.
 */
import { isIPv6 } from "node:net";

interface AttemptLimits {
  readonly limit: number;
  readonly windowMs: number;
  readonly maxAddresses: number;
}

export interface Attempts {
  /** Whole seconds until the address may try again; 0 when it may now. */
  secondsBlocked(address: string, nowMs: number): number;
  failed(address: string, nowMs: number): void;
  succeeded(address: string): void;
}

const usualLimits: AttemptLimits = { limit: 10, windowMs: 5 * 60_000, maxAddresses: 10_000 };

export function createAttempts({ limit, windowMs, maxAddresses }: AttemptLimits = usualLimits): Attempts {
  const windows = new Map<string, { startMs: number; failures: number }>();
  const current = (key: string, nowMs: number) => {
    const found = windows.get(key);
    return found && nowMs < found.startMs + windowMs ? found : undefined;
  };
  return {
    secondsBlocked(address, nowMs) {
      const found = current(addressKey(address), nowMs);
      return found && found.failures >= limit ? Math.ceil((found.startMs + windowMs - nowMs) / 1000) : 0;
    },
    failed(address, nowMs) {
      const key = addressKey(address);
      const found = current(key, nowMs);
      if (found) {
        found.failures += 1;
        return;
      }
      windows.delete(key);
      windows.set(key, { startMs: nowMs, failures: 1 });
      const oldest = windows.keys().next();
      if (windows.size > maxAddresses && !oldest.done) windows.delete(oldest.value);
    },
    succeeded(address) {
      windows.delete(addressKey(address));
    },
  };
}

/** One key per IPv4 address and per IPv6 network of 64 bits, which is what one customer is given. */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  const plain = address.replace(/%.*$/, "").toLowerCase();
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail ? tail.split(":") : [];
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: Math.max(0, gap) }, () => "0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

/**
 * Causes: what one change would fix (product.md, "cause" and "Rank of causes").
 *
 * A cause of any kind has a key, whose hash is its id in every capture, and a class. The ranking is the same for all
 * kinds: class, then affected client workloads, then attempts (else the count), then id.
 */

import { hash64 } from "@/lib/base/hash";

export const CAUSE_KINDS = ["drop", "dns", "http", "tcp"] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

/** Types of kind `dns` whose failures are drops as well: a list of all kinds tells them as those. */
export const TOLD_AS_DROPS = ["node-local-dns", "refused-name"] as const;

/** 1 it never worked and is broken now; 2 it worked and is broken since; 3 it works now and then; 4 noise. */
export const CAUSE_CLASSES = { neverWorked: 1, brokenSince: 2, degraded: 3, noise: 4 } as const;
export type CauseClass = (typeof CAUSE_CLASSES)[keyof typeof CAUSE_CLASSES];

/** A row of the table Cause but for `id` and `position`. Each kind's step makes its own. */
export interface CauseValue {
  readonly causeId: string;
  readonly kind: CauseKind;
  readonly type: string;
  readonly direction: string | null;
  readonly reason: string | null;
  readonly code: number | null;
  /** JSON list of {@link Policy}, sorted. */
  readonly policies: string;
  readonly clientKey: string | null;
  readonly serverKey: string | null;
  readonly port: number | null;
  readonly protocol: string | null;
  readonly subject: string | null;
  readonly class: CauseClass;
  readonly clients: number;
  readonly attempts: number | null;
  readonly count: number;
  readonly unit: string;
  readonly firstNs: bigint | null;
  readonly lastNs: bigint | null;
  readonly workedNs: bigint | null;
  readonly worksNs: bigint | null;
  readonly rhythmNs: bigint | null;
  readonly certain: 0 | 1;
  readonly exampleId: number;
  /** JSON object. */
  readonly evidence: string;
}

/** 16 hexadecimal digits; the parts are what makes causes of the kind differ, in a fixed order. */
export function causeIdOf(kind: CauseKind, parts: readonly (string | number | null)[]): string {
  return BigInt.asUintN(64, hash64(JSON.stringify([kind, ...parts])))
    .toString(16)
    .padStart(16, "0");
}

/** When the same edge worked: the last time before the first failure, and the first time behind it. */
export interface Worked {
  readonly beforeNs: bigint | null;
  readonly sinceNs: bigint | null;
}

export function classOf({ beforeNs, sinceNs }: Worked, isNoise: boolean): CauseClass {
  if (isNoise) return CAUSE_CLASSES.noise;
  if (sinceNs !== null) return CAUSE_CLASSES.degraded;
  return beforeNs === null ? CAUSE_CLASSES.neverWorked : CAUSE_CLASSES.brokenSince;
}

/** Whole logs through a mask, as the thread does it. Imported by tests only. */

import type { MaskKind } from "./kinds";
import { type Leak, LeakCheck } from "./leak-check";
import { Mask } from "./mask";
import { type OriginalRecord, RecordMasker } from "./redact-record";

export const KEY = Buffer.from("0123456789abcdef0123456789abcdef");

export interface Redacted {
  readonly lines: readonly string[];
  readonly leaks: readonly Leak[];
  readonly mask: Mask;
}

export function redact(
  lines: readonly string[],
  kinds: readonly MaskKind[],
  key: Uint8Array = KEY,
): Redacted {
  const mask = new Mask(new Set(kinds), key);
  const records: OriginalRecord[] = lines.map((line, at) => ({
    bytes: Buffer.from(line),
    context: undefined,
    nth: undefined,
    id: `record ${at}`,
  }));
  const masker = new RecordMasker(mask);
  for (const record of records) masker.learn(record);
  mask.learned();
  const redacted = records.flatMap((record) => masker.redact(record) ?? []);
  const check = new LeakCheck(mask);
  for (const line of redacted) check.line(line);
  return { lines: redacted, leaks: check.leaks, mask };
}

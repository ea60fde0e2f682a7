import { type FilterKey, rowOf, type ValueOf } from "@/lib/scope/keys";
import type { ValueKind } from "@/lib/scope/value-kind";

/** Text of a log as a value of a key; undefined for text that is none: what stands in a log need not be one. */
export function parsedValue<Key extends FilterKey>(key: Key, text: string): ValueOf<Key> | undefined {
  const parsed = (rowOf(key).kind as ValueKind<ValueOf<Key>>).parse({ text, quoted: false });
  return parsed.ok ? parsed.value : undefined;
}

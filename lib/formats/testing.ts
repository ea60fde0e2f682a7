/** Decoding for tests: a flow, or the test fails with the refusal. Imported by tests only. */

import type { Flow, OtherRecord } from "@/lib/flow/flow";
import type { ReadingContext } from "@/lib/flow/reading-context";
import { decodeText } from "./decode";
import type { Decoded, Refused } from "./record";

export function decodedOf(text: string, context?: ReadingContext): Decoded {
  const outcome = decodeText(text, context);
  if (!outcome.ok) throw new Error(`${outcome.failure.code}: ${outcome.failure.message}`);
  if (!("record" in outcome.value)) throw new Error(`${outcome.value.several.length} records`);
  return outcome.value;
}

/** The flow, without members that are undefined. */
export function flowOf(text: string, context?: ReadingContext): Partial<Flow> {
  const { record } = decodedOf(text, context);
  if (record.kind !== "flow") throw new Error(`not a flow but ${record.other.kind}`);
  return Object.fromEntries(Object.entries(record.flow).filter(([, value]) => value !== undefined));
}

export function otherOf(text: string): OtherRecord {
  const { record } = decodedOf(text);
  if (record.kind !== "other") throw new Error("a flow");
  return record.other;
}

export function refusalOf(text: string, context?: ReadingContext): Refused {
  const outcome = decodeText(text, context);
  if (outcome.ok) throw new Error("was accepted");
  return outcome.failure;
}

/** A JSON object as one record by itself: an envelope, a row of Log Analytics or a bare flow. Nothing that is wrapped in it. */

import { fail, ok, type Result } from "@/lib/base/result";
import { withoutEmpty } from "./emptied";
import { decodeBare, decodeEnvelope } from "./hubble";
import { jsonOf } from "./json-text";
import { flowRowOf, identityWithoutUuid, readLogAnalyticsRow } from "./log-analytics";
import { FieldError, type JsonObject } from "./proto-json";
import type { Decoded, Refused } from "./record";

/** Whether it is one that can be read. */
export function isRecord(value: JsonObject): boolean {
  const outcome =
    reading(() => decodeEnvelope(value)) ??
    reading(() => decodeFlowRow(value, undefined)) ??
    reading(() => decodeBare(value));
  return outcome?.ok ?? false;
}

/** Undefined: it is none of these. */
export function reading(decode: () => Decoded | undefined): Result<Decoded, Refused> | undefined {
  const decoded = settled(decode);
  if (!decoded.ok) return decoded;
  return decoded.value === undefined ? undefined : ok(decoded.value);
}

/** The same of Hubble's messages. What stands for nothing may be of any type: it is looked past where it cannot be read. */
export function readingSaid(
  document: JsonObject,
  decode: (document: JsonObject) => Decoded | undefined,
): Result<Decoded, Refused> | undefined {
  const outcome = reading(() => decode(document));
  if (outcome === undefined || outcome.ok) return outcome;
  const again = reading(() => decode(withoutEmpty(document)));
  return again?.ok ? again : outcome;
}

/** A value of the wrong type refuses the record by its name. */
export function settled<T>(read: () => T): Result<T, Refused> {
  try {
    return ok(read());
  } catch (error) {
    if (error instanceof FieldError) return fail("field_invalid", `${error.message}.`);
    throw error;
  }
}

/** `whole` is its text, where it stands as such in the file. */
export function decodeFlowRow(document: JsonObject, whole: string | undefined): Decoded | undefined {
  const found = flowRowOf(document);
  if (found === undefined) return undefined;
  return {
    format: "log-analytics",
    record: { kind: "flow", flow: readLogAnalyticsRow(found.row, found.timeColumn) },
    identity: identityWithoutUuid(whole ?? jsonOf(document), found.row),
  };
}

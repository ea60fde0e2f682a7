/** Records in more wrappers than are opened: what is said of them, and where they lie. */

import { fail, type Result } from "@/lib/base/result";
import { isList, parsed } from "./json-text";
import { isRecord } from "./one-record";
import { isObject, type JsonObject } from "./proto-json";
import type { Refused } from "./record";

/** Wrappers in wrappers: a shipper's around a runtime's around the record. */
export const DEEPEST_WRAPPING = 3;

/** `way`: to the record, in jq, where that is known. */
export function tooDeep(way = ""): Result<never, Refused> {
  const message = `Wrapped more than ${DEEPEST_WRAPPING} times: a record is not looked for so deep.`;
  const isPlain = PLAIN_WAY.test(way) && way.length < 200;
  return fail("too_deep", isPlain ? `${message} Take it out of there: jq -c '${way}'` : message);
}

const PLAIN_WAY = /^(?:\.[A-Za-z_]\w*(?:\[\])*)+(?: \| fromjson\?)?$/;
/** Values that are looked at for a record that lies too deep; of a list, and of a text that may be one, so much. */
const MOST_DEEP = 500;
const MOST_OF_LIST = 3;
const LONGEST_DEEP = 64 * 1024;

/** The way to a record that lies deeper in the document than records are looked for, or behind more members than are looked at. */
export function wayToDeep(document: JsonObject): string | undefined {
  const waiting: (readonly [value: unknown, way: string])[] = [[document, ""]];
  for (const [value, way] of waiting) {
    if (waiting.length > MOST_DEEP) return undefined;
    if (isList(value)) for (const item of value.slice(0, MOST_OF_LIST)) waiting.push([item, `${way}[]`]);
    else if (isObject(value)) {
      if (way !== "" && isRecord(value)) return way;
      for (const name in value) waiting.push([value[name], `${way}.${name}`]);
    } else if (typeof value === "string" && value.startsWith("{") && value.length < LONGEST_DEEP) {
      const inner = parsed(value);
      if (isObject(inner) && isRecord(inner)) return `${way} | fromjson?`;
    }
  }
  return undefined;
}

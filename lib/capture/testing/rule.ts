/**
 * How the slow filter of the tests says what a key means: a rule a key, over the JSON of one record, one value and one
 * end of the packet. Keys without sides leave the end out.
 */

import type { FilterKey, ValueOf } from "@/lib/scope/keys";
import type { SpecialValue } from "@/lib/scope/value-kind";
import type { FlowJson } from "./records";

export type End = "source" | "destination";
export const ENDS: readonly End[] = ["source", "destination"];

export type Rule<Key extends FilterKey> = (json: FlowJson, value: ValueOf<Key>, end: End) => boolean;
export type Rules<Keys extends FilterKey> = { readonly [Key in Keys]: Rule<Key> };

/** Where a field mask was at work: `Type` is always written otherwise. */
export const isMasked = (json: FlowJson): boolean => json.Type === undefined;

/** `?` finds what a mask may have left out, `-` what the record does not have. */
export const isAbsent = (json: FlowJson, type: SpecialValue["type"]): boolean =>
  isMasked(json) === (type === "unknown");

function isSpecial(value: { readonly type: string }): value is SpecialValue {
  return value.type === "unknown" || value.type === "none";
}

type SaidRule<Value> = (json: FlowJson, value: Value | SpecialValue, end: End) => boolean;

/** A key that asks for what a record says, or does not say. */
export function said<Said, Value extends { readonly type: string }>(
  of: (json: FlowJson, end: End) => Said | undefined,
  fits: (said: Said, value: Value) => boolean,
): SaidRule<Value> {
  return (json, value, end) => {
    const has = of(json, end);
    if (isSpecial(value)) return has === undefined && isAbsent(json, value.type);
    return has !== undefined && fits(has, value);
  };
}

/** The same of a key that asks for any of several. */
export function saidAmong<Said, Value extends { readonly type: string }>(
  of: (json: FlowJson, end: End) => readonly Said[] | undefined,
  fits: (said: Said, value: Value) => boolean,
): SaidRule<Value> {
  return (json, value, end) => {
    const all = of(json, end) ?? [];
    if (isSpecial(value)) return all.length === 0 && isAbsent(json, value.type);
    return all.some((one) => fits(one, value));
  };
}

/** What a kind of value must be able to do, and the tools that kinds share. */

import type { WrittenValue } from "./scan";

/** `?`: the export left the field out. `-`: the record has none. Every key takes both unless its row says no. */
export type SpecialValue = { readonly type: "unknown" } | { readonly type: "none" };

export type ParsedValue<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly message: string;
      readonly hint?: string;
      /** A value, in the spelling of the grammar, that could stand in its place. */
      readonly suggestion?: string;
    };

/** A way to go on from what was typed, other than typing on. */
export interface ValueForm {
  /** The whole value then; more may have to follow it. */
  readonly text: string;
  readonly about: string;
  /** It is the value of a second term with the same key, behind the first. */
  readonly isSecondTerm?: true;
}

export type ValueForms = (typed: string) => readonly ValueForm[];

/**
 * One kind of value. `parse` and `format` are inverse: what `format` writes, `parse` reads as the same value,
 * whatever text a log put into it.
 */
export interface ValueKind<Value> {
  /** For the guide: "an address or a CIDR range". */
  readonly describe: string;
  /** Fixed words for completion; empty when values come from the capture only. */
  readonly words: readonly string[];
  /** For completion: comparisons, ranges, beginnings and the like; absent where a value is only what it says. */
  readonly forms?: ValueForms;
  parse(written: Pick<WrittenValue, "text" | "quoted">): ParsedValue<Value>;
  /** `asIs`: quotes are needed even where the text alone would not ask for them. */
  format(value: Value): { readonly text: string; readonly asIs?: boolean };
}

export function parsed<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function refused(
  message: string,
  more: { readonly hint?: string; readonly suggestion?: string } = {},
): { readonly ok: false; readonly message: string; readonly hint?: string; readonly suggestion?: string } {
  return { ok: false, message, ...more };
}

/** Text from a log or a person, shortened for a sentence. */
export function shown(text: string): string {
  const characters = Array.from(text);
  return characters.length > 60 ? `${characters.slice(0, 60).join("")}…` : text;
}

/**
 * Cuts a compound value at `separator`. Inside compound values (pod, workload, node-name) a backslash takes
 * the next `/`, `\`, `*` or `$` literally; the parts still carry their backslashes.
 */
export function splitEscaped(text: string, separator: string, most = Number.POSITIVE_INFINITY): string[] {
  const parts: string[] = [];
  let part = "";
  for (let at = 0; at < text.length; at++) {
    const here = text.charAt(at);
    if (here === "\\" && at + 1 < text.length) {
      part += here + text.charAt(at + 1);
      at++;
    } else if (here === separator && parts.length + 1 < most) {
      parts.push(part);
      part = "";
    } else {
      part += here;
    }
  }
  return [...parts, part];
}

export function unescapePart(part: string): string {
  return part.replaceAll(/\\([/\\*$])/g, "$1");
}

export function escapePart(text: string): string {
  return text.replaceAll(/[/\\*$]/g, "\\$&");
}

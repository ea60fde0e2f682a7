/** A field of a flow with its values, and the fields of one group of the drawer. */

import type { Term } from "@/lib/scope/filter";

export interface Field {
  readonly label: string;
  /** Several for lists. Text from the log, not yet made visible. */
  readonly values: readonly string[];
  /** Of a field with one value. */
  readonly term?: Term;
  /** Of each value of a list; a value without one is only shown. */
  readonly terms?: readonly (Term | undefined)[];
  /** A word about where the value comes from. */
  readonly note?: string;
}

export interface FieldGroup {
  readonly title: string;
  readonly fields: readonly Field[];
}

type Value = string | number | boolean | undefined | null;

type More = Pick<Field, "term" | "terms" | "note">;

/** Collects the fields of one group; `expect` also notes what is missing. */
export class Group {
  readonly fields: Field[] = [];

  constructor(
    readonly title: string,
    private readonly missing: string[],
  ) {}

  add(label: string, value: Value | readonly string[], more: More = {}): this {
    const values = textsOf(value);
    if (values.length > 0) this.fields.push({ label, values, ...more });
    return this;
  }

  expect(label: string, value: Value | readonly string[], more: More = {}): this {
    if (textsOf(value).length === 0) this.missing.push(label.toLowerCase());
    return this.add(label, value, more);
  }
}

function textsOf(value: Value | readonly string[]): readonly string[] {
  if (value === undefined || value === null || value === "") return [];
  if (typeof value === "boolean") return [value ? "yes" : "no"];
  return typeof value === "object" ? value : [String(value)];
}

/**
 * What a policy has that its published structure does not take. The structures are those of `published-policies.json`, which names
 * where they come from; the words of JSON Schema that stand in them are checked here, and an unknown one is an error.
 */

import { readFileSync } from "node:fs";
import path from "node:path";

type Schema = { readonly [word: string]: unknown };

const published = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "published-policies.json"), "utf8"),
) as {
  readonly definitions: { readonly [name: string]: Schema };
  readonly policies: { readonly cilium: Schema; readonly kubernetes: Schema };
};

export type Published = keyof typeof published.policies;

/** Empty: it is taken. */
export function publishedFaults(kind: Published, document: unknown): string[] {
  return faults(published.policies[kind], document, "policy");
}

function faults(schema: Schema, value: unknown, at: string): string[] {
  return Object.entries(schema).flatMap(([word, wanted]) => faultsOf(word, wanted, value, at, schema));
}

function faultsOf(word: string, wanted: unknown, value: unknown, at: string, schema: Schema): string[] {
  const unless = (isGood: boolean): string[] => (isGood ? [] : [`${at}: ${word} ${JSON.stringify(wanted)}`]);
  const members = isObject(value) ? value : {};
  switch (word) {
    case "$ref":
      return faults(published.definitions[String(wanted)] as Schema, value, at);
    case "type":
      return unless(isOfType(String(wanted), value));
    case "enum":
      return unless(Array.isArray(wanted) && wanted.includes(value));
    case "pattern":
      return unless(typeof value !== "string" || new RegExp(String(wanted)).test(value));
    case "minLength":
      return unless(typeof value !== "string" || value.length >= Number(wanted));
    case "maxLength":
      return unless(typeof value !== "string" || value.length <= Number(wanted));
    case "minimum":
      return unless(typeof value !== "number" || value >= Number(wanted));
    case "maximum":
      return unless(typeof value !== "number" || value <= Number(wanted));
    case "minItems":
      return unless(!Array.isArray(value) || value.length >= Number(wanted));
    case "maxItems":
      return unless(!Array.isArray(value) || value.length <= Number(wanted));
    case "items":
      return Array.isArray(value)
        ? value.flatMap((item, n) => faults(wanted as Schema, item, `${at}[${n}]`))
        : [];
    case "required":
      return unless((wanted as string[]).every((name) => name in members));
    case "properties":
      return Object.entries(wanted as { [name: string]: Schema }).flatMap(([name, member]) =>
        name in members ? faults(member, members[name], `${at}.${name}`) : [],
      );
    case "additionalProperties":
      return Object.keys(members)
        .filter((name) => !(name in ((schema.properties as object | undefined) ?? {})))
        .flatMap((name) =>
          wanted === false
            ? [`${at}: no member ${name}`]
            : faults(wanted as Schema, members[name], `${at}.${name}`),
        );
    case "anyOf":
      return unless(fitting(wanted, value) > 0);
    case "oneOf":
      return unless(fitting(wanted, value) === 1);
    case "format":
    case "x-kubernetes-int-or-string":
      // Said by type or pattern beside it, or by nobody: addresses are checked by policy-schema.ts.
      return [];
    default:
      throw new Error(`the published structure says ${word}, which is not checked`);
  }
}

function fitting(schemas: unknown, value: unknown): number {
  return (schemas as Schema[]).filter((schema) => faults(schema, value, "").length === 0).length;
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOfType(type: string, value: unknown): boolean {
  if (type === "object") return isObject(value);
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type !== "string" && type !== "boolean") throw new Error(`no such type here: ${type}`);
  return typeof value === type;
}

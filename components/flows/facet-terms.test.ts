import { expect, test } from "vitest";
import { formatTerm, parseFilter } from "@/lib/scope/filter";
import { type FACETS, facetTerm, heldAs, valueLabel } from "./facet-terms";

function filterOf(text: string) {
  const filter = parseFilter(text);
  if (!filter.ok) throw new Error(filter.failure.message);
  return filter.value;
}

function termOf(key: (typeof FACETS)[number]["key"], value: string) {
  const term = facetTerm(key, value);
  if (term === undefined) throw new Error(`no term: ${key}:${value}`);
  return term;
}

test.each([
  ["verdict", "DROPPED", "verdict:DROPPED"],
  ["client", "shop/web@prod", "client:shop/web@prod"],
  ["dns-rcode", "?", "dns-rcode:?"],
  ["node-name", "-", "node-name:-"],
  ["route", '"/orders/{id}"', "route:/orders/{id}"],
] as const)("%s with value %s", (key, value, text) => {
  expect(formatTerm(termOf(key, value))).toBe(text);
});

test("a value of a list is in, one of a negated term is out", () => {
  const filter = filterOf("verdict:DROPPED,AUDIT !server-port:53");
  expect(heldAs(filter, termOf("verdict", "AUDIT"))).toBe("in");
  expect(heldAs(filter, termOf("server-port", "53"))).toBe("out");
  expect(heldAs(filter, termOf("verdict", "FORWARDED"))).toBeUndefined();
});

test("unknown and none are said in words", () => {
  expect([valueLabel("?"), valueLabel("-"), valueLabel('"a b"'), valueLabel("x")]).toEqual([
    "not known",
    "none",
    "a b",
    "x",
  ]);
});

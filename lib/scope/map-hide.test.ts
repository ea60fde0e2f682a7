import { describe, expect, it } from "vitest";
import { formatFilter, parseFilter } from "./filter";
import type { Scope } from "./link";
import { HIDE_NOTHING, hiddenScopes, hideTerms, readHide, withoutHidden, writeHide } from "./map-hide";

function scopeOf(text: string): Scope {
  const filter = parseFilter(text);
  if (!filter.ok) throw new Error(filter.failure.message);
  return { filter: filter.value };
}
const textOf = ({ filter }: Scope) => formatFilter(filter);

describe("what the map hides, in the link", () => {
  it.each(["dns", "dns,health", "- server-port:9090", 'host client-namespace:monitoring server:"a, b"'])(
    "reads and writes %s",
    (text) => {
      expect(writeHide(readHide(text))).toBe(text);
    },
  );

  it("takes a link that it cannot read for nothing hidden, and a long one for too much", () => {
    expect(readHide(undefined)).toEqual(HIDE_NOTHING);
    expect(writeHide(readHide("cats,dogs nonsense"))).toBeNull();
    const long = scopeOf(`server:${"x".repeat(4000)}`).filter.terms;
    expect(writeHide(hideTerms(HIDE_NOTHING, long))).toBeUndefined();
  });
});

describe("the scope", () => {
  const hide = readHide("dns server-port:9090 !verdict:FORWARDED");

  it("is asked without what any term finds", () => {
    expect(textOf(withoutHidden(scopeOf("namespace:shop"), hide))).toBe(
      "namespace:shop !server-port:53 !server-port:9090 verdict:FORWARDED",
    );
  });

  it("falls apart into what is shown and what each term hides, no record twice", () => {
    const parts = hiddenScopes(scopeOf("namespace:shop"), hide).map(({ scope }) => textOf(scope));
    expect(parts).toEqual([
      "namespace:shop server-port:53",
      "namespace:shop !server-port:53 server-port:9090",
      "namespace:shop !server-port:53 !server-port:9090 !verdict:FORWARDED",
    ]);
  });
});

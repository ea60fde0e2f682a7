import { describe, expect, it } from "vitest";
import {
  addTerm,
  type Chips,
  excludeTerm,
  includeTerm,
  NO_CHIPS,
  negateTerm,
  onlyTerm,
  removeTerm,
  replaceTerm,
  switchOff,
  switchOn,
} from "./edit";
import { type Filter, formatFilter, parseFilter, type Term } from "./filter";

function filterFrom(text: string): Filter {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

function termFrom(text: string): Term {
  const [term] = filterFrom(text).terms;
  if (term === undefined) throw new Error(`no term in ${text}`);
  return term;
}

type ByTerm = (filter: Filter, term: Term) => Filter;

describe("changes by a clicked value", () => {
  const cases: [name: string, change: ByTerm, before: string, term: string, after: string][] = [
    ["add", addTerm, "", "port:80", "port:80"],
    ["add", addTerm, "port:80", "port:443", "port:80 port:443"],
    ["add", addTerm, "port:80 verdict:ERROR", "port:80", "port:80 verdict:ERROR"],
    ["include", includeTerm, "", "verdict:ERROR", "verdict:ERROR"],
    ["include", includeTerm, "verdict:ERROR port:80", "verdict:DROPPED", "verdict:ERROR,DROPPED port:80"],
    ["include", includeTerm, "verdict:ERROR", "verdict:ERROR", "verdict:ERROR"],
    ["include", includeTerm, "!verdict:ERROR,DROPPED", "verdict:DROPPED", "!verdict:ERROR verdict:DROPPED"],
    ["include", includeTerm, "!verdict:DROPPED", "verdict:DROPPED", "verdict:DROPPED"],
    ["include", includeTerm, "from-pod:shop/web", "to-pod:shop/web", "from-pod:shop/web to-pod:shop/web"],
    ["include", includeTerm, "namespace:shop", "namespace:-", "namespace:shop,-"],
    ["exclude", excludeTerm, "", "protocol:dns", "!protocol:dns"],
    ["exclude", excludeTerm, "!protocol:dns", "protocol:http", "!protocol:dns,http"],
    [
      "exclude",
      excludeTerm,
      "protocol:dns,http port:80",
      "protocol:dns",
      "protocol:http port:80 !protocol:dns",
    ],
    ["exclude", excludeTerm, "protocol:dns", "protocol:dns", "!protocol:dns"],
    ["only", onlyTerm, "verdict:ERROR !verdict:DROPPED port:80", "verdict:AUDIT", "port:80 verdict:AUDIT"],
    ["only", onlyTerm, "from-port:80", "port:80", "from-port:80 port:80"],
  ];
  it.each(cases)("%s: %# %j", (_, change, before, term, after) => {
    expect(formatFilter(change(filterFrom(before), termFrom(term)))).toBe(after);
  });

  it("leaves the old filter as it was", () => {
    const filter = filterFrom("verdict:ERROR");
    includeTerm(filter, termFrom("verdict:DROPPED"));
    expect(formatFilter(filter)).toBe("verdict:ERROR");
  });
});

describe("changes by place", () => {
  it("removes, negates and replaces the term that was meant", () => {
    const filter = filterFrom("port:80 verdict:ERROR reply:no");
    expect(formatFilter(removeTerm(filter, 1))).toBe("port:80 reply:no");
    expect(formatFilter(negateTerm(filter, 2))).toBe("port:80 verdict:ERROR !reply:no");
    expect(formatFilter(negateTerm(negateTerm(filter, 2), 2))).toBe(formatFilter(filter));
    expect(formatFilter(replaceTerm(filter, 0, termFrom("port:443")))).toBe(
      "port:443 verdict:ERROR reply:no",
    );
  });

  it("keeps one of two terms that become equal", () => {
    expect(formatFilter(negateTerm(filterFrom("port:80 !port:80"), 0))).toBe("!port:80");
    expect(formatFilter(replaceTerm(filterFrom("port:80 port:443"), 0, termFrom("port:443")))).toBe(
      "port:443",
    );
  });

  it("does nothing for a place that does not exist", () => {
    const filter = filterFrom("port:80");
    expect(removeTerm(filter, 7)).toEqual(filter);
    expect(negateTerm(filter, -1)).toEqual(filter);
  });
});

describe("chips", () => {
  function texts(chips: Chips): [on: string, off: string] {
    return [formatFilter(chips.on), formatFilter(chips.off)];
  }

  it("can be switched off without being removed, and on again", () => {
    const chips = { ...NO_CHIPS, on: filterFrom("port:80 verdict:ERROR") };
    const off = switchOff(chips, 0);
    expect(texts(off)).toEqual(["verdict:ERROR", "port:80"]);
    expect(texts(switchOn(off, 0))).toEqual(["verdict:ERROR port:80", ""]);
    expect(switchOff(chips, 9)).toBe(chips);
    expect(switchOn(chips, 0)).toBe(chips);
  });
});

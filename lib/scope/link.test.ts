import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMPTY_FILTER, type Filter, formatFilter, parseFilter } from "./filter";
import {
  decodeScope,
  decodeView,
  encodeLink,
  encodeScope,
  type Scope,
  type ViewState,
  WHOLE_SCOPE,
} from "./link";
import { anyFilter, RUNS, SEED } from "./testing";

function filterFrom(text: string): Filter {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

/** 2026-03-04T05:12:07Z in nanoseconds: `date -u -d 2026-03-04T05:12:07Z +%s` and nine zeros. */
const SEVEN = 1772601127_000000000n;

describe("encodeLink", () => {
  it("writes the parameters in their fixed order and leaves out what is not set", () => {
    const scope: Scope = { filter: filterFrom("verdict:DROPPED"), from: SEVEN, to: SEVEN + 1n, revision: 3 };
    const view: ViewState = {
      order: "asc",
      flow: "k3Jf9a",
      off: filterFrom("!protocol:dns"),
      cause: "0a1b",
      by: "policy",
    };
    expect(decodeURIComponent(encodeLink(scope, view).toString())).toBe(
      "q=verdict:DROPPED&from=2026-03-04T05:12:07.000000000Z&to=2026-03-04T05:12:07.000000001Z&revision=3" +
        "&off=!protocol:dns&flow=k3Jf9a&order=asc&by=policy&cause=0a1b",
    );
    expect(encodeLink(WHOLE_SCOPE, { off: EMPTY_FILTER }).toString()).toBe("");
  });

  const time = fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { nil: undefined });
  const anyScope: fc.Arbitrary<Scope> = fc
    .record({ filter: anyFilter, a: time, b: time, revision: fc.option(fc.nat(), { nil: undefined }) })
    .filter(({ a, b }) => a === undefined || a !== b)
    .map(({ filter, a, b, revision }) => {
      const [from, to] = a !== undefined && b !== undefined && a > b ? [b, a] : [a, b];
      return {
        filter,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        ...(revision === undefined ? {} : { revision }),
      };
    });
  const anyView: fc.Arbitrary<ViewState> = fc.record(
    {
      off: anyFilter,
      flow: fc.stringMatching(/^[0-9A-Za-z_-]{1,64}$/),
      order: fc.constantFrom<"asc" | "desc">("asc", "desc"),
      by: fc.stringMatching(/^[0-9a-z-]{1,64}$/),
      cause: fc.stringMatching(/^[0-9a-z-]{1,64}$/),
      open: fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !/\p{Cc}/u.test(text)),
    },
    { requiredKeys: ["off"] },
  );

  it(`is read back from the address bar as the same scope and view (seed ${SEED})`, () => {
    fc.assert(
      fc.property(anyScope, anyView, (scope, view) => {
        const text = encodeLink(scope, view).toString();
        const url = new URL(`http://localhost/captures/c/flows?${text}`);
        expect(decodeScope(url.searchParams)).toEqual({ scope, q: formatFilter(scope.filter), problems: [] });
        expect(decodeView(url.searchParams)).toEqual({ view, problems: [] });
        expect(encodeLink(scope, view).toString()).toBe(text);
        const again = decodeScope(encodeScope(scope));
        expect(again.scope && encodeScope(again.scope).toString()).toBe(encodeScope(scope).toString());
      }),
      { ...RUNS, numRuns: 1000 },
    );
  });
});

describe("decodeScope", () => {
  it("reads an empty link as the whole capture", () => {
    expect(decodeScope(new URLSearchParams())).toEqual({ scope: WHOLE_SCOPE, q: "", problems: [] });
  });

  it("does not care for parameters of others", () => {
    expect(decodeScope(new URLSearchParams("level=workload&flow=!!&off=x")).problems).toEqual([]);
  });

  it("takes times in any zone and cuts nothing", () => {
    const { scope } = decodeScope(new URLSearchParams({ from: "2026-03-04T06:12:07.000000001+01:00" }));
    expect(scope?.from).toBe(SEVEN + 1n);
  });

  const damaged: [query: string, parameter: string, code: string][] = [
    ["q=verdct:DROPPED", "q", "filter_invalid"],
    ["q=nonsense:yes", "q", "filter_invalid"],
    ["q=verdict:DROPPED&q=port:80", "q", "parameter_repeated"],
    ["q=&q=", "q", "parameter_repeated"],
    ["from=yesterday", "from", "time_invalid"],
    ["from=", "from", "time_invalid"],
    ["to=2026-02-30T00:00:00Z", "to", "time_invalid"],
    ["to=2026-03-04T05:00:00+01:00", "to", "time_invalid"],
    ["from=2026-03-04T05:00:00Z&from=2026-03-04T05:00:00Z", "from", "parameter_repeated"],
    ["from=2026-03-04T05:00:00Z&to=2026-03-04T05:00:00Z", "to", "range_empty"],
    ["from=2026-03-04T05:00:01Z&to=2026-03-04T05:00:00Z", "to", "range_empty"],
    ["revision=x", "revision", "revision_invalid"],
    ["revision=-1", "revision", "revision_invalid"],
    ["revision=1.5", "revision", "revision_invalid"],
    ["revision=9999999999999999", "revision", "revision_invalid"],
    ["v=2", "v", "version_unknown"],
  ];
  it.each(damaged)("gives no scope for %s rather than a wider one", (query, parameter, code) => {
    const decoded = decodeScope(new URLSearchParams(query));
    expect(decoded.scope).toBeUndefined();
    expect(decoded.problems.map((problem) => [problem.parameter, problem.code])).toEqual([[parameter, code]]);
  });

  it("names every damaged part and keeps the text of the filter for correction", () => {
    const decoded = decodeScope(
      new URLSearchParams({ q: "port:80 verdct:DROPPED", from: "x", revision: "y" }),
    );
    expect(decoded.q).toBe("port:80 verdct:DROPPED");
    expect(decoded.problems.map((problem) => problem.code)).toEqual([
      "filter_invalid",
      "time_invalid",
      "revision_invalid",
    ]);
    expect(decoded.problems[0]).toMatchObject({ position: { start: 8, end: 14 }, suggestion: "verdict" });
  });
});

describe("decodeView", () => {
  it("drops damaged parts with a notice, since they decide no rows", () => {
    const query = "off=verdct:1&flow=../../x&order=up&by=A%20B&open=a%0Ab";
    const { view, problems } = decodeView(new URLSearchParams(query));
    expect(view).toEqual({ off: EMPTY_FILTER });
    expect(problems.map((problem) => problem.code)).toEqual([
      "filter_invalid",
      "flow_invalid",
      "order_invalid",
      "view_invalid",
      "view_invalid",
    ]);
  });

  it("keeps the terms that were switched off", () => {
    const { view } = decodeView(new URLSearchParams({ off: "!protocol:dns" }));
    expect(formatFilter(view.off)).toBe("!protocol:dns");
  });
});

describe("links of version 1", () => {
  // Real links, kept for ever: what they open must not change.
  const links: [query: string, canonical: string][] = [
    [
      "q=verdict%3ADROPPED+%21protocol%3Adns&from=2026-03-04T05%3A00%3A00Z&to=2026-03-04T05%3A30%3A00Z&revision=2&flow=k3Jf9a",
      "verdict:DROPPED !protocol:dns",
    ],
    ["q=from-pod:shop/web%20to-port:8443&off=reply:yes", "from-pod:shop/web to-port:8443"],
  ];
  it.each(links)("opens %s", (query, canonical) => {
    const { scope, problems } = decodeScope(new URLSearchParams(query));
    expect(problems).toEqual([]);
    expect(scope && formatFilter(scope.filter)).toBe(canonical);
  });
});

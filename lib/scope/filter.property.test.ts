import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFilter, parseFilter } from "./filter";
import { KEYS } from "./keys";
import { anyFilter, RUNS, SEED } from "./testing";
import { hostileText } from "./testing-values";

describe(`filter text, generated (seed ${SEED})`, () => {
  it("reads back every filter that it writes, whatever stands in the values", () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        expect(parseFilter(formatFilter(filter))).toEqual({ ok: true, value: filter });
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });

  it("generates filters for every available key", () => {
    const seen = new Set(
      fc
        .sample(anyFilter, { seed: SEED, numRuns: 300 })
        .flatMap(({ terms }) => terms.map((term) => term.key)),
    );
    expect([...seen].sort()).toEqual(KEYS.map((row) => row.key).sort());
  });

  it("writes text that it reads to the same spelling", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...KEYS.map((row) => row.example)), hostileText)),
        (parts) => {
          const first = parseFilter(parts.join(" "));
          if (!first.ok) return;
          const canonical = formatFilter(first.value);
          const second = parseFilter(canonical);
          expect(second).toEqual(first);
          expect(second.ok && formatFilter(second.value)).toBe(canonical);
        },
      ),
      RUNS,
    );
  });

  it("answers any text with a filter or with a problem that lies inside the text", () => {
    const anyText = fc.array(
      fc.oneof(hostileText, fc.constantFrom("verdict:", "pod:shop/", "ip:", "type:", " ")),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(anyText, (parts) => {
        const text = parts.join("");
        const result = parseFilter(text);
        if (result.ok) return;
        const { start, end } = result.failure.position;
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThan(start - 1);
        expect(end).toBeLessThanOrEqual(text.length);
        expect(result.failure.code).toBe("filter_invalid");
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });
});

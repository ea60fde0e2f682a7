import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findPlace } from "@/lib/capture/raw";
import { PlacesWriter } from "./places";

interface Place {
  readonly start: number;
  readonly length: number;
  readonly line: number;
}

function written(firstLine: number, places: readonly Place[]): Uint8Array {
  const writer = new PlacesWriter(firstLine);
  for (const { start, length, line } of places) writer.add(start, start + length, line);
  return writer.finish();
}

describe("places of records in a block", () => {
  it.each([
    [
      "records side by side",
      1,
      [
        { start: 0, length: 7, line: 1 },
        { start: 8, length: 7, line: 2 },
      ],
    ],
    [
      "records on one line",
      5,
      [
        { start: 0, length: 2, line: 5 },
        { start: 2, length: 2, line: 5 },
      ],
    ],
    ["a large gap and a long record", 1, [{ start: 200_000, length: 16_777_216, line: 3_000_000 }]],
    ["lines beyond 32 bits in the file", 4_999_999_990, [{ start: 0, length: 1, line: 5_000_000_000 }]],
    [
      "sizes around the steps of the code",
      1,
      [
        { start: 127, length: 128, line: 1 },
        { start: 16_383 + 255, length: 16_384, line: 129 },
      ],
    ],
  ] as const)("come back: %s", (_name, firstLine, places) => {
    const bytes = written(firstLine, places);
    for (const [number, place] of places.entries())
      expect(findPlace(bytes, number, firstLine)).toEqual(place);
    expect(findPlace(bytes, places.length, firstLine)).toBeUndefined();
  });

  it("come back, whatever they are", () => {
    const gaps = fc.array(fc.tuple(fc.nat(100_000), fc.nat(20_000_000), fc.nat(1000)), { maxLength: 3000 });
    fc.assert(
      fc.property(gaps, (steps) => {
        let end = 0;
        let line = 7;
        const places = steps.map(([gap, length, lines]): Place => {
          const start = end + (gap % 100);
          end = start + (length % 5000);
          line += lines;
          return { start, length: end - start, line };
        });
        const bytes = written(7, places);
        for (const [number, place] of places.entries()) expect(findPlace(bytes, number, 7)).toEqual(place);
      }),
      { seed: 20260304, numRuns: 10 },
    );
  });
});

import { describe, expect, test } from "vitest";
import {
  isStuck,
  placeAfterScroll,
  placeAt,
  rowsInSight,
  START,
  scrollMap,
  TALLEST,
  topThatCentres,
  topThatShows,
} from "./scroll-map";

describe("a table that fits the browser", () => {
  const map = scrollMap(1000, 28, 560);

  test("the spacer is as high as the rows and scrolling is plain", () => {
    expect(map.spacer).toBe(28_000);
    expect(placeAfterScroll(map, START, 9_000)).toEqual({ top: 9_000, physical: 9_000 });
  });

  test("overscrolling does not leave the rows", () => {
    expect(placeAfterScroll(map, START, -50).top).toBe(0);
    expect(placeAfterScroll(map, START, 90_000).top).toBe(27_440);
  });

  test("the rows in sight are those of the viewport and some around", () => {
    expect(rowsInSight(map, 280, 1000, 5)).toEqual({ first: 5, end: 36 });
    expect(rowsInSight(map, 27_440, 1000, 5)).toEqual({ first: 975, end: 1000 });
  });

  test("fewer rows than the viewport leave nothing to scroll", () => {
    const small = scrollMap(3, 28, 560);
    expect([small.spacer, small.topMost]).toEqual([560, 0]);
    expect(rowsInSight(small, 0, 3, 5)).toEqual({ first: 0, end: 3 });
  });
});

describe("five million rows", () => {
  const rows = 5_000_000;
  const map = scrollMap(rows, 28, 560);

  test("the spacer stays at the height a browser can lay out", () => {
    expect(map.spacer).toBe(TALLEST);
    expect(map.topMost).toBe(rows * 28 - 560);
  });

  test("a turn of the wheel moves by its pixels", () => {
    const middle = placeAt(map, 70_000_000);
    const after = placeAfterScroll(map, middle, middle.physical + 100);
    expect(after.top).toBe(70_000_100);
  });

  test("a pull at the thumb maps in proportion", () => {
    const after = placeAfterScroll(map, START, map.physicalMost / 2);
    expect(after.top).toBeCloseTo(map.topMost / 2, 3);
    expect(placeAfterScroll(map, START, map.physicalMost).top).toBe(map.topMost);
  });

  test("first and last row can be reached", () => {
    expect(placeAt(map, -1)).toEqual({ top: 0, physical: 0 });
    expect(placeAt(map, Number.MAX_SAFE_INTEGER)).toEqual({ top: map.topMost, physical: map.physicalMost });
    expect(rowsInSight(map, map.topMost, rows, 5).end).toBe(rows);
  });

  test("a container at its end with rows left is moved at once", () => {
    expect(isStuck(map, { top: 4_000, physical: 0 })).toBe(true);
    expect(isStuck(map, { top: 0, physical: 0 })).toBe(false);
    expect(isStuck(map, { top: map.topMost - 5_000, physical: map.physicalMost })).toBe(true);
    expect(isStuck(map, { top: map.topMost, physical: map.physicalMost })).toBe(false);
  });

  test("small moves reach the end without skipping a row or getting stuck", () => {
    const few = scrollMap(400_000, 28, 560);
    let place = placeAt(few, few.topMost - 20_000);
    for (let turns = 0; turns < 1_000 && place.top < few.topMost; turns++) {
      const before = place.top;
      place = placeAfterScroll(few, place, Math.min(few.physicalMost, place.physical + 100));
      if (isStuck(few, place)) place = placeAt(few, place.top);
      expect(place.top).toBeGreaterThan(before);
      expect(place.top - before).toBeLessThanOrEqual(100 + 28);
    }
    expect(place.top).toBe(few.topMost);
  });

  test("small moves reach the start too", () => {
    let place = placeAt(map, 3_000);
    for (let turns = 0; turns < 1_000 && place.top > 0; turns++) {
      const before = place.top;
      place = placeAfterScroll(map, place, Math.max(0, place.physical - 100));
      if (isStuck(map, place)) place = placeAt(map, place.top);
      expect(place.top).toBeLessThan(before);
    }
    expect(place.top).toBe(0);
  });
});

test("a row out of sight is brought in by the shortest way", () => {
  const map = scrollMap(1000, 28, 560);
  expect(topThatShows(map, 280, 5)).toBe(140);
  expect(topThatShows(map, 280, 12)).toBe(280);
  expect(topThatShows(map, 280, 30)).toBe(308);
  expect(topThatCentres(map, 100)).toBe(2_534);
});

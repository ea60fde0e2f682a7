import { expect, test } from "vitest";
import { formatFilter, type Term } from "@/lib/scope/filter";
import { ERRORS, nearest } from "./next-error";

const at = (second: number) => `2026-03-04T05:00:0${second}.000000000Z`;
const row = (id: string, second: number) => ({ id, time: at(second) });
/** What the server has for each of them: drops, statuses, DNS errors. */
const asks =
  (...answers: readonly (readonly ReturnType<typeof row>[])[]) =>
  (terms: readonly Term[]) =>
    Promise.resolve(answers[ERRORS.indexOf(terms)] ?? []);

test("errors are drops, failures, statuses from 500, and DNS codes other than NOERROR but for search lists", () => {
  expect(ERRORS.map((terms) => formatFilter({ terms }))).toEqual([
    "drop:yes",
    "verdict:ERROR",
    "http-status:5+",
    "!dns-rcode:NOERROR,-,? !expansion:yes",
  ]);
});

test("the nearest of all kinds is taken, behind the place or before it", async () => {
  const place = row("here", 1);
  expect(await nearest(place, "next", asks([row("a", 5)], [row("b", 3)], [row("c", 4)]))).toBe("b");
  expect(await nearest(place, "previous", asks([row("a", 0)], [], []))).toBe("a");
  expect(await nearest(place, "next", asks([], [], []))).toBeUndefined();
});

test("from an error the walk goes on behind it, also within its instant", async () => {
  const place = row("b", 1);
  expect(await nearest(place, "next", asks([row("a", 1), row("b", 1), row("c", 1)]))).toBe("c");
  // The place is no drop, and what stands at its instant may lie before it.
  expect(await nearest(row("x", 1), "next", asks([row("a", 1), row("d", 2)]))).toBe("d");
});

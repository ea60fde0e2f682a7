import { expect, test } from "vitest";
import { formatFilter, type Term } from "@/lib/scope/filter";
import { ERROR_TERMS, nearest } from "./next-error";

const at = (second: number) => `2026-03-04T05:00:0${second}.000000000Z`;
const row = (id: string, second: number) => ({ id, time: at(second) });
/** What the server has for each of the terms: drops, statuses, DNS errors. */
const asks =
  (...answers: readonly (readonly ReturnType<typeof row>[])[]) =>
  (term: Term) =>
    Promise.resolve(answers[ERROR_TERMS.indexOf(term)] ?? []);

test("errors are drops, failures, statuses from 500 and DNS codes other than NOERROR", () => {
  expect(ERROR_TERMS.map((term) => formatFilter({ terms: [term] }))).toEqual([
    "verdict:DROPPED,ERROR",
    "http-status:5+",
    "!dns-rcode:NOERROR,-,?",
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

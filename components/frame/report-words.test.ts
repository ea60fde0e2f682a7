import { expect, test } from "vitest";
import { addCounts, countsText, outcomeOf } from "./report-words";

const counts = { read: 400, accepted: 373, duplicate: 27, otherKinds: 0, refused: 0 };

test("the report of a file reads as a sentence whose numbers add up", () => {
  expect(countsText(counts)).toBe("read 400, accepted 373, duplicate 27, other kinds 0, refused 0");
  expect(outcomeOf({ ...counts, state: "done", failure: null })).toBe(
    "Records: read 400, accepted 373, duplicate 27, other kinds 0, refused 0.",
  );
});

test("a file that brought nothing new says so", () => {
  const report = { read: 2, accepted: 0, duplicate: 2, otherKinds: 0, refused: 0 };
  expect(outcomeOf({ ...report, state: "nothing-new", failure: null })).toMatch(/^Nothing new: /);
});

test("a file that failed says why and that nothing was kept", () => {
  const failure = { code: "format_unknown", message: "This is a picture." };
  expect(outcomeOf({ ...counts, state: "failed", failure })).toBe(
    "Could not be read: This is a picture. Nothing of this file was kept.",
  );
});

test("counts of several files are added up", () => {
  expect(addCounts([counts, { read: 3, accepted: 1, duplicate: 0, otherKinds: 1, refused: 1 }])).toEqual({
    read: 403,
    accepted: 374,
    duplicate: 27,
    otherKinds: 1,
    refused: 1,
  });
  expect(addCounts([])).toEqual({ read: 0, accepted: 0, duplicate: 0, otherKinds: 0, refused: 0 });
});

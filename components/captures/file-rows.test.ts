import { expect, test } from "vitest";
import { ApiError } from "@/components/frame/api";
import type { Progress } from "@/lib/questions/answers";
import {
  isAwaited,
  isUnderway,
  moreText,
  numbersOf,
  partDone,
  ROWS_SHOWN,
  reportsById,
  rowsToShow,
  sentenceOf,
  sumOf,
  toFileRows,
} from "./file-rows";
import type { Upload } from "./uploads";

const upload: Upload = {
  key: 1,
  captureId: "c",
  name: "a.log",
  size: 1000,
  sent: 500,
  speed: 100,
  state: "sending",
};

const progress: Progress = {
  fileId: 7,
  file: "a.log",
  state: "receiving",
  receivedBytes: 400,
  expectedBytes: 1000,
  readBytes: 300,
  read: 20,
  flows: 18,
  refused: 2,
  recordsPerSecond: 40,
  secondsLeft: 3,
  failure: null,
};

/** Reports with the members that these tests are about. */
function reportsOf(...members: readonly { readonly id: number; readonly state: string }[]) {
  return members as unknown as Parameters<typeof reportsById>[0];
}

test("a file being sent is one row together with what the server says of it", () => {
  const rows = toFileRows([upload], [progress], []);
  expect(rows.map(({ name, fileId }) => [name, fileId])).toEqual([["a.log", 7]]);
});

test("of two files with the same name each is a row", () => {
  const second = { ...progress, fileId: 8 };
  const rows = toFileRows([upload, { ...upload, key: 2 }], [progress, second], []);
  expect(rows.map(({ fileId }) => fileId)).toEqual([7, 8]);
});

test("files that another browser sends are rows too, ended ones are not", () => {
  const rows = toFileRows([], [progress, { ...progress, fileId: 9, state: "done" }], []);
  expect(rows.map(({ key }) => key)).toEqual(["file 7"]);
});

test("sending and reading are half of the work each", () => {
  const [row] = toFileRows([upload], [progress], []);
  expect(row && partDone(row)).toBe(0.4);
});

test("the numbers carry units and the longer of the two remaining times", () => {
  const [row] = toFileRows([upload], [progress], []);
  expect(row && numbersOf(row)).toEqual([
    "500 B of 1000 B",
    "18 flows",
    "40 records/s",
    "2 refused so far",
    "5 s left",
  ]);
});

test("several files are told as a sum, of those at their end only", () => {
  const counts = { read: 5, accepted: 2, duplicate: 1, otherKinds: 1, refused: 1 };
  const ended = (id: number) => ({ ...counts, id, state: "done" });
  const two = [upload, { ...upload, key: 2 }].map((one, at) => ({
    ...one,
    state: "sent" as const,
    fileId: at,
  }));
  expect(sumOf(toFileRows(two, [], reportsOf(ended(0), ended(1))))).toBe(
    "2 files. Records: read 10, accepted 4, duplicate 2, other kinds 2, refused 2.",
  );
  expect(sumOf(toFileRows(two, [], reportsOf(ended(1))))).toBe(
    "2 files, 1 at their end. Records of these: read 5, accepted 2, duplicate 1, other kinds 1, refused 1.",
  );
});

test("a refused upload says why and what to do", () => {
  const error = new ApiError("disk_full", "The disk is full.", "Free space.", 507);
  const row = { key: "x", name: "a", upload: { ...upload, state: "refused" as const, error } };
  expect(isUnderway(row)).toBe(false);
  expect(sentenceOf(row)).toBe("The disk is full. Free space.");
});

test("a file that waits for others says so", () => {
  expect(sentenceOf({ key: "x", name: "a", upload: { ...upload, state: "queued" } })).toBe(
    "Waits for the files before it.",
  );
});

test.each([
  ["while it is sent", upload, [], true],
  ["when it has arrived and no report tells of it yet", { ...upload, state: "sent", fileId: 7 }, [], true],
  ["while its report says that it is read", { ...upload, state: "sent", fileId: 7 }, ["reading"], true],
  ["no more when its report says the end", { ...upload, state: "sent", fileId: 7 }, ["nothing-new"], false],
  ["no more when it was refused", { ...upload, state: "refused" }, [], false],
] as const)("the end of a file is awaited %s", (_when, given, states, awaited) => {
  const reports = states.map((state) => ({ id: 7, state }));
  expect(isAwaited(given, reportsById(reportsOf(...reports)))).toBe(awaited);
});

test("of a folder of two thousand files the rows that need a look are shown, and the others are counted", () => {
  const done = { state: "done", refused: 0 };
  const uploads = Array.from({ length: 2000 }, (_, key): Upload => {
    const state = key < 1500 ? "sent" : key < 1502 ? "sending" : "queued";
    return { ...upload, key, name: `${key}.log`, state, ...(state === "sent" && { fileId: key }) };
  });
  const reports = uploads.slice(0, 1490).map(({ key }) => ({ ...done, id: key, refused: key === 3 ? 1 : 0 }));
  const rows = toFileRows(uploads, [], reportsOf(...reports));
  const { shown, more } = rowsToShow(rows);
  expect(shown).toHaveLength(ROWS_SHOWN);
  // The one with a refused record, the last of those that are done, the two that are being sent.
  expect(shown.map(({ name }) => name)).toEqual([
    "3.log",
    ...Array.from({ length: ROWS_SHOWN - 3 }, (_, n) => `${1490 - (ROWS_SHOWN - 3) + n}.log`),
    "1500.log",
    "1501.log",
  ]);
  // 498 are queued and 10 have arrived and are not read yet.
  expect(more).toEqual({ waiting: 508, ended: 2000 - 508 - ROWS_SHOWN });
});

test("of the rows that are not shown those are told that there are", () => {
  expect(moreText({ waiting: 508, ended: 1 })).toBe("And 508 files that wait, 1 file at its end.");
  expect(moreText({ waiting: 1, ended: 0 })).toBe("And 1 file that waits.");
});

test("a few files are all shown", () => {
  const rows = toFileRows([upload, { ...upload, key: 2, state: "queued" }], [], []);
  expect(rowsToShow(rows)).toEqual({ shown: rows, more: { waiting: 0, ended: 0 } });
});

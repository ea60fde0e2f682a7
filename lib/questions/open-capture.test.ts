import { expect, it, onTestFinished } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { OpenCapture } from "./open-capture";

it("says so when an older version settled the capture, until it is settled again", () => {
  const capture = new TestCapture();
  capture.add("a", lines(line(1)));
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  const meta = () => opened.value.ask((open) => open.meta("events"));
  expect(meta()).toMatchObject({ partial: false, notes: [] });
  capture.database.exec("UPDATE Revision SET rulesVersion = 1");
  expect(meta()).toMatchObject({ partial: true, notes: [expect.stringContaining("older version")] });
  capture.add("b", lines(line(2)));
  expect(meta()).toMatchObject({ partial: false, notes: [] });
});

it("keeps no more results than fit, the newest in any case", () => {
  const capture = new TestCapture();
  capture.add("a", lines(line(1)));
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  const open = opened.value;
  onTestFinished(() => open.close());
  const mebibytes = (count: number) => () => Array.from({ length: count }, () => new Uint8Array(2 ** 20));
  for (const name of ["a", "b", "c"]) open.keep(name, mebibytes(3));
  expect(["a", "b", "c"].map((name) => open.isKept(name))).toEqual([false, true, true]);
  open.keep("d", mebibytes(100));
  expect(["b", "c", "d"].map((name) => open.isKept(name))).toEqual([false, false, true]);
});

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

import { describe, expect, it } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { openCapture } from "./capture-file";
import type { Sqlite } from "./driver";
import { keptList } from "./kept-lists";

const DROPPED = "SELECT f.id FROM Flow f JOIN Kind k ON k.id = f.kindId WHERE k.verdict = 'DROPPED'";

function readerOf({ file }: TestCapture): Sqlite {
  const opened = openCapture(file, { readOnly: true });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

/** Flows of a file, `d` for one that was dropped. */
function flows(from: number, verdicts: string): string {
  return lines(
    ...[...verdicts].map((letter, n) =>
      line(from + n, { verdict: letter === "d" ? "DROPPED" : "FORWARDED", uuid: `u${from + n}` }),
    ),
  );
}

/** Seconds behind the hour of the flows in the list. */
function listed(database: Sqlite): number[] {
  const { sql, parameters } = keptList(database, "test", DROPPED);
  return database
    .prepareExact(`SELECT f.timeNs FROM Flow f WHERE ${sql} ORDER BY f.timeNs`)
    .rows(parameters)
    .map(([ns]) => Number(((ns as bigint) / 1_000_000_000n) % 3600n));
}

describe("a kept list", () => {
  it("is the flows that its statement gives, and that of the next revision when files come or go", () => {
    const capture = new TestCapture();
    capture.add("a", flows(10, "dfd"));
    const reader = readerOf(capture);
    expect(listed(reader)).toEqual([10, 12]);
    const { id } = capture.add("b", flows(20, "fd"));
    expect(listed(reader)).toEqual([10, 12, 21]);
    capture.remove(id);
    expect(listed(reader)).toEqual([10, 12]);
    reader.close();
  });

  it("is made once for a state of the file, also when others of the connection are made meanwhile", () => {
    const capture = new TestCapture();
    capture.add("a", flows(10, "dfd"));
    const reader = readerOf(capture);
    listed(reader);
    keptList(reader, "other", DROPPED);
    const before = reader.prepare("SELECT total_changes() AS n").get([])?.n;
    listed(reader);
    keptList(reader, "other", DROPPED);
    expect(reader.prepare("SELECT total_changes() AS n").get([])?.n).toBe(before);
    reader.close();
  });

  it("is there again after a transaction took it back", () => {
    const capture = new TestCapture();
    capture.add("a", flows(10, "dfd"));
    const reader = readerOf(capture);
    reader.exec("BEGIN");
    listed(reader);
    reader.exec("ROLLBACK");
    expect(listed(reader)).toEqual([10, 12]);
    reader.close();
  });

  it("follows what its own connection writes", () => {
    const capture = new TestCapture();
    capture.add("a", flows(10, "dfd"));
    expect(listed(capture.database)).toEqual([10, 12]);
    capture.add("b", flows(20, "d"));
    expect(listed(capture.database)).toEqual([10, 12, 20]);
  });
});

import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { line, lines, TestCapture, testFolder } from "@/lib/jobs/testing";
import type { Sqlite } from "../driver";
import { type Beside, type BesideInput, StepsBeside } from "./beside";
import { readInTime } from "./flows-in-time";

import { EVERYTHING } from "./neighbourhood";
import { PairView } from "./pair-view";
import { rollUpInput, storeRollUp } from "./roll-up";
import { SettleThread } from "./settle-thread";
import { copyFound, detachSettledRows } from "./settled-rows";
import { attemptInput } from "./stitch-attempts";

/** Many windows, each of which must wait for its buffer. */
const SIZES = { window: 500, chunk: 50, held: 1000 };

function sampleCapture(): TestCapture {
  const capture = new TestCapture();
  const sample = path.join(projectRoot(), "public", "sample", "node-1-events.log.gz");
  capture.add("sample", gunzipSync(readFileSync(sample)));
  capture.add("untimed", lines(...[1, 2, 3].map((n) => line(undefined, { uuid: `untimed-${n}` }))));
  return capture;
}

const inputOf = (database: Sqlite): BesideInput => ({
  pairs: PairView.read(database).arrays,
  attempts: attemptInput(database),
  rollUp: rollUpInput(database),
});

/** What is in the tables when the steps ran in this way and nowhere else. */
function settledBy(database: Sqlite, beside: Beside): string[][] {
  database.exec("DELETE FROM Attempt");
  const found = readInTime(database, EVERYTHING, [], { beside, sizes: SIZES });
  copyFound(database, "Attempt", found.attempts);
  storeRollUp(database, found.rollUp ?? { levels: [], buckets: undefined, loosePorts: [] });
  detachSettledRows(database);
  const rows = (sql: string): string[] => database.prepareExact(sql).rows([]).map(String);
  return [
    rows("SELECT * FROM Attempt ORDER BY id"),
    rows("SELECT * FROM RollUp ORDER BY level, bucketNs, kindId, observerId, pairId"),
    rows("SELECT * FROM RollUpLevel ORDER BY level"),
    rows("SELECT * FROM LoosePort ORDER BY port"),
    rows("SELECT bucketNs, firstCombination, hex(sums) FROM FlowBucket ORDER BY bucketNs"),
    rows("SELECT bucketNs, firstCombination, hex(lists) FROM PortBucket ORDER BY bucketNs"),
    rows("SELECT * FROM Combination ORDER BY id"),
  ];
}

function inThread<T>(input: BesideInput, work: (thread: SettleThread) => T): T {
  const thread = new SettleThread().begin(input);
  try {
    return work(thread);
  } finally {
    thread.close();
  }
}

describe("the thread beside settling", () => {
  it("finds what the same steps find without it", () => {
    const { database } = sampleCapture();
    const input = inputOf(database);
    const [attempts = [], rollUps = [], levels = [], ports = [], ...lists] = settledBy(
      database,
      new StepsBeside(input),
    );
    expect(attempts.length).toBeGreaterThan(100);
    expect(ports.length).toBeGreaterThan(100);
    const untimed = database
      .prepare("SELECT sum(records) AS records FROM RollUp WHERE level = 4 AND bucketNs IS NULL")
      .get([]);
    expect(untimed).toEqual({ records: 3 });
    expect(inThread(input, (thread) => settledBy(database, thread))).toEqual([
      attempts,
      rollUps,
      levels,
      ports,
      ...lists,
    ]);
    expect(lists.map(({ length }) => length > 100)).toEqual([true, true, true]);
  });

  it("says what went wrong in it", () => {
    const { database } = sampleCapture();
    const input = inputOf(database);
    const nowhere = path.join(testFolder(), "gone", "capture.db");
    const broken = { ...input, rollUp: { ...rollUpInput(database), capture: nowhere } };
    expect(() => inThread(broken, (thread) => settledBy(database, thread))).toThrow(/ENOENT.*gone/);
  });
});

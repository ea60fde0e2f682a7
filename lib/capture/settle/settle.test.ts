import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { line, lines, TestCapture, testFolder } from "@/lib/jobs/testing";
import type { Sqlite } from "../driver";
import { readFiles } from "../files";
import { readRaw } from "../raw";
import { currentRevision, summarise } from "../summarise";
import {
  dropHalfReadFile,
  dropSecondaryIndexes,
  ensureSecondaryIndexes,
  isEmptyOfFlows,
  settleAddedFiles,
  settleAnew,
} from ".";

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const [A, B, C] = [line(1), line(2), line(3)] as const;
const withUuid = (n: number, members = {}): string => line(n, { uuid: uuid(n), ...members });

/** `accepted` and `duplicate` of every file, in the order of arrival. */
const counts = (capture: TestCapture): [number, number][] =>
  readFiles(capture.database).map(({ accepted, duplicate }) => [accepted, duplicate]);

const revisions = (database: Sqlite) =>
  database.prepare("SELECT number, change, fileId FROM Revision ORDER BY number").all([]);

/** read = accepted + duplicate + otherKinds + refused, for every file, whatever its state. */
function expectAccounted(capture: TestCapture): void {
  for (const { read, accepted, duplicate, otherKinds, refused } of readFiles(capture.database))
    expect(accepted + duplicate + otherKinds + refused).toBe(read);
}

describe("duplicates", () => {
  it.each<readonly [string, readonly (readonly string[])[], [number, number][]]>([
    ["one file: equal lines are different records", [[A, A, B]], [[3, 0]]],
    [
      "the k-th occurrence has its k-th",
      [
        [A, A],
        [A, B],
      ],
      [
        [2, 0],
        [1, 1],
      ],
    ],
    [
      "more occurrences than the first file are new",
      [[A], [A, A, A]],
      [
        [1, 0],
        [2, 1],
      ],
    ],
    [
      "fewer are not",
      [
        [A, A, A],
        [A, B],
      ],
      [
        [3, 0],
        [1, 1],
      ],
    ],
    [
      "over three files the largest number counts",
      [[A], [A, A], [A, A, A, B]],
      [
        [1, 0],
        [1, 1],
        [2, 2],
      ],
    ],
    ["equal uuids are the same record, also within a file", [[withUuid(1), withUuid(1)]], [[1, 1]]],
    [
      "equal uuids are the same record whatever else differs",
      [[withUuid(1)], [withUuid(1, { Summary: "x" }), B]],
      [
        [1, 0],
        [1, 1],
      ],
    ],
    [
      "records without uuid that differ in one byte are two",
      [[A], [`${A} `.trim(), B], [A.replace("n1", "n2")]],
      [
        [1, 0],
        [1, 1],
        [1, 0],
      ],
    ],
    ["an empty uuid is none", [[line(1, { uuid: "" }), line(1, { uuid: "" })]], [[2, 0]]],
  ])("%s", (_name, files, expected) => {
    const capture = new TestCapture();
    files.forEach((texts, i) => {
      capture.add(String(i), lines(...texts));
    });
    expect(counts(capture)).toEqual(expected);
    expectAccounted(capture);
  });

  it("of other kinds follow the same rule", () => {
    const lost = '{"lost_events":{"num_events_lost":"1"}}';
    const capture = new TestCapture();
    const first = capture.add("a", lines(lost, lost, A));
    const second = capture.add("b", lines(lost, lost, lost, B));
    expect(first).toMatchObject({ read: 3, accepted: 1, otherKinds: 2, duplicate: 0 });
    expect(second).toMatchObject({ read: 4, accepted: 1, otherKinds: 1, duplicate: 2 });
    capture.remove(first.id);
    expect(capture.report(second.id)).toMatchObject({ accepted: 1, otherKinds: 3, duplicate: 0 });
  });

  it("keep their original bytes", () => {
    const capture = new TestCapture();
    capture.add("a", lines(A));
    capture.add("b", lines(B, A));
    const row = capture.database.prepare("SELECT id FROM DuplicateFlow").get([]);
    expect(readRaw(capture.database, Number(row?.id))).toMatchObject({ fileName: "b", line: 2 });
  });

  it("count as many events as they stand for", () => {
    const capture = new TestCapture();
    const many = line(1, { aggregate: { egress_flow_count: 40 } });
    expect(capture.add("a", lines(many, A)).events).toBe(41);
    expect(capture.add("b", lines(many, many, B)).events).toBe(41);
    expect(summarise(capture.database)).toMatchObject({ flows: 4, events: 82 });
  });
});

describe("a file with nothing new", () => {
  it("keeps its counts, but neither rows nor a revision", () => {
    const capture = new TestCapture();
    const text = lines(A, A, withUuid(1), '{"lost_events":{}}', "rubbish");
    capture.add("a", text);
    const before = capture.flowIds();
    const again = capture.add("a", text);
    expect(again).toMatchObject({
      state: "nothing-new",
      read: 5,
      accepted: 0,
      duplicate: 4,
      otherKinds: 0,
      refused: 1,
    });
    expect(capture.flowIds()).toEqual(before);
    expect(revisions(capture.database)).toEqual([{ number: 1, change: "added", fileId: 1 }]);
    for (const table of [
      "DuplicateFlow",
      "OtherRecord WHERE duplicate = 1",
      `RawBlock WHERE fileId = ${again.id}`,
    ])
      expect(capture.database.prepare(`SELECT count(*) AS n FROM ${table}`).get([])?.n).toBe(0);
    expectAccounted(capture);
  });

  it("removed again changes nothing", () => {
    const capture = new TestCapture();
    capture.add("a", lines(A, B));
    const again = capture.add("a", lines(A, B));
    const before = capture.flowIds();
    capture.remove(again.id);
    expect(capture.flowIds()).toEqual(before);
    expect(currentRevision(capture.database)).toBe(1);
    expect(counts(capture)).toEqual([[2, 0]]);
  });

  it.each([
    ["nothing at all", ""],
    ["only rubbish", "rubbish\n"],
  ])("because it held %s is done, without a revision", (_name, text) => {
    const capture = new TestCapture();
    const report = capture.add("a", text);
    expect(report.state).toBe("done");
    expect(currentRevision(capture.database)).toBe(0);
    capture.remove(report.id);
    expect(currentRevision(capture.database)).toBe(0);
    expect(readFiles(capture.database)).toEqual([]);
  });

  it("because its records are those of others in another order keeps its rows, without a revision", () => {
    const capture = new TestCapture();
    capture.add("a", lines(A, B));
    const before = capture.flowIds();
    expect(capture.add("b", lines(B, A))).toMatchObject({ state: "nothing-new", read: 2, duplicate: 2 });
    expect(capture.flowIds()).toEqual(before);
    expect(currentRevision(capture.database)).toBe(1);
    expect(capture.database.prepare("SELECT count(*) AS n FROM DuplicateFlow").get([])?.n).toBe(2);
  });

  it("makes a revision when it spells a record in another way, and another when it goes", () => {
    const capture = new TestCapture();
    capture.add("a", lines(withUuid(1)));
    // The same record as another node's export has it.
    const other = capture.add("b", lines(withUuid(1, { node_name: "n2" })));
    expect(other).toMatchObject({ state: "nothing-new", duplicate: 1 });
    expect(revisions(capture.database).map(({ change }) => change)).toEqual(["added", "added"]);
    capture.remove(other.id);
    expect(revisions(capture.database).map(({ change }) => change)).toEqual(["added", "added", "removed"]);
    expect(summarise(capture.database)).toMatchObject({ nodes: 1, flows: 1 });
  });
});

describe("what older rules settled", () => {
  it("is worked out anew as if its files were added now, in a revision of its own; what today's settled stays", () => {
    const log = readFileSync(path.join(projectRoot(), "public", "sample", "node-1-events.log.gz"));
    const capture = new TestCapture();
    capture.add("node-1-events.log", gunzipSync(log).toString());
    const rows = (sql: string) => capture.database.prepare(sql).all([]);
    // A cause gets another number, and its key stays.
    const causes = () => rows("SELECT * FROM Cause ORDER BY position").map(({ id: _, ...rest }) => rest);
    const drops = () =>
      rows(
        'SELECT d.*, c.causeId AS "key" FROM JoinedDrop d LEFT JOIN Cause c ON c.id = d.causeId ORDER BY d.id',
      ).map(({ causeId: _, ...rest }) => rest);
    const tables = ["Attempt", "DnsExchange", "RollUp"];
    const settled = () => [causes(), drops(), ...tables.map((table) => rows(`SELECT * FROM ${table}`))];
    const today = settled();
    for (const { length } of today) expect(length).toBeGreaterThan(0);
    expect(settleAnew(capture.database, 5)).toBe(false);
    capture.database.exec("DELETE FROM Cause; UPDATE Revision SET rulesVersion = 1");
    expect(settleAnew(capture.database, 5)).toBe(true);
    expect(settled()).toEqual(today);
    expect(revisions(capture.database)).toMatchObject([
      { change: "added" },
      { change: "settled", fileId: null },
    ]);
    expect(settleAnew(capture.database, 6)).toBe(false);
  });
});

describe("removing a file", () => {
  it("brings back what other files had as duplicates of its records", () => {
    const capture = new TestCapture();
    const first = capture.add("a", lines(A, A, B, withUuid(1)));
    const second = capture.add("b", lines(A, C, withUuid(1)));
    expect(counts(capture)).toEqual([
      [4, 0],
      [1, 2],
    ]);
    capture.remove(first.id);
    expect(counts(capture)).toEqual([[3, 0]]);
    expect(capture.report(second.id)).toMatchObject({ read: 3, accepted: 3, duplicate: 0 });
    expect(revisions(capture.database).map(({ change }) => change)).toEqual(["added", "added", "removed"]);
  });

  it("leaves nothing of it: no rows, blocks, refusals or words", () => {
    const capture = new TestCapture();
    const other = capture.add("a", lines(A));
    const l7 = { type: "REQUEST", dns: { query: "secret.example." } };
    const members = { node_name: "n9", source: { pod_name: "secret" }, verdict: "AUDIT", l7, Type: "L7" };
    const report = capture.add("b", lines(line(5, members), "rubbish", '{"lost_events":{}}'));
    expect(summarise(capture.database)).toMatchObject({ files: 2, flows: 2, nodes: 2 });
    capture.remove(report.id);
    expect(summarise(capture.database)).toMatchObject({ files: 1, flows: 1, nodes: 1 });
    const left = (sql: string) => capture.database.prepare(`SELECT count(*) AS n FROM ${sql}`).get([])?.n;
    expect(left("Kind")).toBe(1);
    expect(left("Endpoint")).toBe(1);
    expect(left("Text")).toBe(0);
    expect(left("Refusal")).toBe(0);
    expect(left("OtherRecord")).toBe(0);
    expect(left(`RawBlock WHERE fileId <> ${other.id}`)).toBe(0);
  });

  it("keeps the words that other records use, in all their places", () => {
    const capture = new TestCapture();
    const dns = { query: "a.example.", ips: ["1.2.3.4"], ttl: 5 };
    const full = (n: number) =>
      line(n, {
        l7: { type: "RESPONSE", dns },
        source: { pod_name: "s" },
        destination: { pod_name: "d" },
        egress_allowed_by: [{ name: "p" }],
      });
    const first = capture.add("a", lines(full(1), full(2), '{"lost_events":{},"node_name":"lost-only"}'));
    capture.add("b", lines(full(2), full(3), '{"lost_events":{},"node_name":"lost-only"}', "x"));
    capture.remove(first.id);
    const row = capture.database
      .prepare(
        `SELECT k.dnsRcode, s.pod AS s, d.pod AS d, l.value AS l, a.value AS a, p.value AS p FROM Flow f JOIN Kind k ON k.id = f.kindId
         JOIN Endpoint s ON s.id = f.sourceId JOIN Endpoint d ON d.id = f.destinationId JOIN Text l ON l.id = f.l7TextId
         JOIN Text a ON a.id = f.dnsAnswerId JOIN Text p ON p.id = f.policiesId JOIN Observer o ON o.id = f.observerId`,
      )
      .all([]);
    expect(row).toHaveLength(2);
    expect(row[0]).toMatchObject({ dnsRcode: 0, s: "s", d: "d", l: "a.example" });
    expect(
      capture.database
        .prepare("SELECT o.nodeName FROM OtherRecord r JOIN Observer o ON o.id = r.observerId")
        .all([]),
    ).toEqual([{ nodeName: "lost-only" }]);
  });

  it("of a capture's only file leaves it empty and usable", () => {
    const capture = new TestCapture();
    const first = capture.add("a", lines(A, B));
    capture.remove(first.id);
    expect(isEmptyOfFlows(capture.database)).toBe(true);
    expect(summarise(capture.database)).toMatchObject({
      files: 0,
      flows: 0,
      nodes: 0,
      firstNs: null,
      revision: 2,
    });
    expect(capture.add("a", lines(A, B))).toMatchObject({ state: "done", accepted: 2 });
  });
});

describe("a file that did not come to its end", () => {
  it("goes with its counts, and what it had in common with others stays theirs", () => {
    const capture = new TestCapture();
    capture.add("a", lines(A, B));
    const before = capture.flowIds();
    const half = capture.load(
      "b",
      lines(A, C, line(9, { node_name: "n2" }), "rubbish", '{"lost_events":{}}'),
    );
    expect(capture.report(half)).toMatchObject({ read: 5 });
    dropHalfReadFile(capture.database, half);
    expect(capture.report(half)).toMatchObject({
      read: 0,
      accepted: 0,
      duplicate: 0,
      otherKinds: 0,
      refused: 0,
      unpackedBytes: 0,
      refusals: [],
      refusedBy: {},
      formats: {},
      first: null,
    });
    expect(capture.flowIds()).toEqual(before);
    expect(summarise(capture.database)).toMatchObject({ flows: 2, nodes: 1, revision: 1 });
    expect(capture.database.prepare("SELECT count(*) AS n FROM OtherRecord").get([])?.n).toBe(0);
  });

  it("before anything was read of it changes nothing", () => {
    const capture = new TestCapture();
    capture.add("a", lines(A));
    dropHalfReadFile(capture.database, 99);
    expect(counts(capture)).toEqual([[1, 0]]);
  });

  it("does not lend its places to another file", () => {
    const capture = new TestCapture();
    const half = capture.load("a", lines(A));
    dropHalfReadFile(capture.database, half);
    const other = capture.add("b", lines(B));
    dropHalfReadFile(capture.database, half);
    expect(capture.report(other.id)).toMatchObject({ accepted: 1 });
    expect(capture.flowIds()).toHaveLength(1);
  });
});

describe("settling", () => {
  it("a second time changes nothing but the number of the revision", () => {
    const capture = new TestCapture();
    capture.add("a", lines(A, A, withUuid(1)));
    const second = capture.add("b", lines(A, B, withUuid(1), '{"lost_events":{}}'));
    const state = () => [
      capture.database.prepareExact("SELECT * FROM Flow ORDER BY id").all([]),
      capture.database.prepareExact("SELECT * FROM DuplicateFlow ORDER BY id").all([]),
      capture.database.prepareExact("SELECT * FROM OtherRecord ORDER BY id").all([]),
      readFiles(capture.database),
    ];
    const before = state();
    settleAddedFiles(capture.database, [second.id], 5000);
    expect(state()).toEqual(before);
  });

  /** Equal text = equal record; some have a uuid. */
  const record = fc.constantFrom(A, B, C, withUuid(1), withUuid(1, { Summary: "x" }), withUuid(2));
  const file = fc.array(record, { minLength: 1, maxLength: 8 });

  /** How many flows a set of files stands for: the rule of product.md, section 1. */
  function expectedFlows(files: readonly (readonly string[])[]): number {
    const most = new Map<string, number>();
    for (const texts of files) {
      const times = new Map<string, number>();
      for (const text of texts) {
        const identity = /"uuid":"([^"]+)"/.exec(text)?.[1];
        if (identity !== undefined) most.set(identity, 1);
        else times.set(text, (times.get(text) ?? 0) + 1);
      }
      for (const [text, n] of times) most.set(text, Math.max(most.get(text) ?? 0, n));
    }
    return [...most.values()].reduce((sum, n) => sum + n, 0);
  }

  it("gives the same flows in every order of three files, and the numbers of the rule", () => {
    fc.assert(
      fc.property(file, file, file, (a, b, c) => {
        const folder = testFolder();
        const orders = [
          [a, b, c],
          [a, c, b],
          [b, a, c],
          [b, c, a],
          [c, a, b],
          [c, b, a],
        ];
        const results = orders.map((files, i) => {
          const capture = new TestCapture(folder, `settletest${i}`);
          files.forEach((texts, n) => {
            capture.add(String(n), lines(...texts));
          });
          expectAccounted(capture);
          const ids = capture.flowIds();
          capture.database.close();
          return ids;
        });
        for (const ids of results) expect(ids).toEqual(results[0]);
        expect(results[0]).toHaveLength(expectedFlows([a, b, c]));
      }),
      { seed: 20260304, numRuns: 10 },
    );
  });

  it("agrees with the rule whatever is added and removed, in whatever order", () => {
    const step = fc.oneof(file, fc.nat(5));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), (steps) => {
        const capture = new TestCapture(testFolder());
        const present = new Map<number, readonly string[]>();
        for (const [n, what] of steps.entries()) {
          if (typeof what === "number") {
            const id = [...present.keys()][what];
            if (id === undefined) continue;
            capture.remove(id);
            present.delete(id);
          } else {
            const report = capture.add(String(n), lines(...what));
            present.set(report.id, what);
          }
          expect(capture.flowIds()).toHaveLength(expectedFlows([...present.values()]));
          expect(new Set(capture.flowIds()).size).toBe(capture.flowIds().length);
          expectAccounted(capture);
        }
        capture.database.close();
      }),
      { seed: 20260304, numRuns: 60 },
    );
  });
});

describe("indexes that are dropped for a large load", () => {
  it("are built anew as the migrations have them", () => {
    const capture = new TestCapture();
    const indexes = () =>
      capture.database
        .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")
        .all([]);
    const before = indexes();
    dropSecondaryIndexes(capture.database);
    expect(indexes().length).toBeLessThan(before.length);
    ensureSecondaryIndexes(capture.database);
    expect(indexes().map(({ name, sql }) => [name, normal(sql)])).toEqual(
      before.map(({ name, sql }) => [name, normal(sql)]),
    );
  });

  it("are all in the schema, so that another one is not forgotten", () => {
    const schema = readFileSync(path.join(projectRoot(), "prisma", "capture", "schema.prisma"), "utf8");
    const flow = /model Flow \{(.*?)\n\}/s.exec(schema)?.[1] ?? "";
    const inSchema = [...flow.matchAll(/@@index\(\[(.*?)\]\)/g)].map(([, columns]) =>
      columns?.replaceAll(" ", ""),
    );
    const capture = new TestCapture();
    const inFile = capture.database
      .prepare("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'Flow' AND sql IS NOT NULL")
      .all([])
      .map(({ sql }) => /\(([^)]*)\)$/.exec(normal(sql))?.[1]?.replaceAll(/[" ]/g, ""));
    expect(inFile.sort()).toEqual(inSchema.sort());
  });
});

function normal(sql: unknown): string {
  return String(sql).replaceAll(/\s+/g, " ").replace("IF NOT EXISTS ", "").trim();
}

/** Files whose records were all there already, through a writer: what is left of them when the file goes that had them first. */

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { allRecords } from "@/lib/capture/all-records";
import { type FileReport, readFiles } from "@/lib/capture/files";
import { compileScope } from "@/lib/capture/scope-sql";
import { currentRevision } from "@/lib/capture/summarise";
import { tar } from "@/lib/ingest/testing-archives";
import { parseFilter } from "@/lib/scope/filter";
import { line, lines } from "./testing";
import { span, TestWriter } from "./testing-writer";

const LOST = '{"lost_events":{"num_events_lost":"3"}}';
/** Two equal lines, a record of another kind, and a line that is none. */
const LOG = `${span(0, 20)}${line(3)}\n${LOST}\nthis is no record\n`;

const remove = (writer: TestWriter, { id }: FileReport) =>
  writer.ask({ call: "removeFile", ask: { fileId: id } });

const counts = ({ file, state, read, accepted, duplicate, otherKinds, refused }: FileReport) => {
  expect(accepted + duplicate + otherKinds + refused).toBe(read);
  return [file, state, read, accepted, duplicate, otherKinds, refused];
};

/** File and line of every flow, and of every other record, that counts. */
function places({ capture: { database } }: TestWriter): string[] {
  return [...allRecords(database)]
    .flat()
    .map(({ fileName, line: number, bytes }) => `${fileName}:${number} ${bytes}`);
}

/** How many flows a filter finds. */
function found({ capture: { database } }: TestWriter, q: string): number {
  const filter = parseFilter(q);
  if (!filter.ok) throw new Error(filter.failure.message);
  const { sql, parameters } = compileScope(database, { filter: filter.value });
  return Number(database.prepare(`SELECT count(*) AS n FROM Flow f WHERE ${sql}`).get(parameters)?.n);
}

const numbered = (file: string, log: string): string[] =>
  log.split("\n").flatMap((text, at) => (text.startsWith("{") ? [`${file}:${at + 1} ${text}`] : []));

describe("a file with the bytes of another", () => {
  it("has no rows of its own, is found by its name all the same, and has the records when the other goes", async () => {
    const writer = new TestWriter();
    const first = await writer.put("first.log", LOG);
    const again = await writer.put("again.log", gzipSync(LOG));
    expect(counts(first)).toEqual(["first.log", "done", 23, 21, 0, 1, 1]);
    expect(counts(again)).toEqual(["again.log", "nothing-new", 23, 0, 22, 0, 1]);
    expect([writer.count("RawBlock"), writer.count("DuplicateFlow")]).toEqual([1, 0]);
    expect([found(writer, "file:again.log"), found(writer, "file:first.log")]).toEqual([21, 21]);
    const flows = writer.capture.flowIds();
    await remove(writer, first);
    expect(readFiles(writer.capture.database).map(counts)).toEqual([["again.log", "done", 23, 21, 0, 1, 1]]);
    expect(readFiles(writer.capture.database)[0]?.refusals).toMatchObject([{ line: 23 }]);
    expect(writer.capture.flowIds()).toEqual(flows);
    expect(places(writer)).toEqual(numbered("again.log", LOG));
    expect([found(writer, "file:again.log"), found(writer, "file:first.log")]).toEqual([21, 0]);
    // Names of files can be asked for.
    expect(currentRevision(writer.capture.database)).toBe(2);
  });

  it("takes nothing along when it goes itself, and the next has the records after both", async () => {
    const writer = new TestWriter();
    const a = await writer.put("a.log", LOG);
    const b = await writer.put("b.log", LOG);
    const c = await writer.put("c.log", LOG);
    const d = await writer.put("d.log", LOG);
    for (const gone of [c, a]) {
      await remove(writer, gone);
      expect(writer.capture.flowIds()).toHaveLength(21);
    }
    expect(readFiles(writer.capture.database).map(counts)).toEqual([
      ["b.log", "done", 23, 21, 0, 1, 1],
      ["d.log", "nothing-new", 23, 0, 22, 0, 1],
    ]);
    await remove(writer, b);
    expect(places(writer)).toEqual(numbered("d.log", LOG));
    await remove(writer, d);
    for (const table of ["Flow", "OtherRecord", "RawBlock", "SourceFile", "Refusal", "Pair"])
      expect(writer.count(table)).toBe(0);
  });

  it("is known however its blocks were cut", async () => {
    const writer = new TestWriter();
    const log = span(0, 30_000);
    const first = await writer.put("first.log", log);
    await writer.putInParts("again.log", log, 700_001);
    const blocks = writer.count("RawBlock");
    expect(readFiles(writer.capture.database)[1]).toMatchObject({ state: "nothing-new", duplicate: 30_000 });
    expect(writer.count("DuplicateFlow")).toBe(0);
    await remove(writer, first);
    expect(writer.count("RawBlock")).toBe(blocks);
    expect(places(writer)).toEqual(numbered("again.log", log));
  });

  it("is told from one of the same length and times", async () => {
    const writer = new TestWriter();
    const [x, y] = [line(1, { Summary: "x" }), line(1, { Summary: "y" })];
    const first = await writer.put("first.log", lines(line(0), x, y, line(2)));
    await writer.put("other.log", lines(line(0), y, x, line(2)));
    expect(writer.count("DuplicateFlow")).toBe(4);
    await remove(writer, first);
    expect(places(writer)).toEqual(numbered("other.log", lines(line(0), y, x, line(2))));
  });

  it("may be an entry of an archive, on either side", async () => {
    const writer = new TestWriter();
    const plain = await writer.put("node-1.log", span(0, 5));
    const archive = await writer.put(
      "all.tar",
      tar([
        { name: "node-1.log", content: span(0, 5) },
        { name: "node-2.log", content: span(5, 9) },
        { name: "node-2-again.log", content: span(5, 9) },
      ]),
    );
    const between = await writer.put("between.log", span(20, 22));
    const last = await writer.put("node-2.log", span(5, 9));
    expect(last.state).toBe("nothing-new");
    await remove(writer, plain);
    const one = numbered("all.tar › node-1.log", span(0, 5));
    const two = numbered("all.tar › node-2.log", span(5, 9));
    const others = numbered("between.log", span(20, 22));
    expect(places(writer)).toEqual([...one, ...two, ...others]);
    expect(readFiles(writer.capture.database).map(counts)).toEqual([
      ["all.tar", "done", 13, 9, 4, 0, 0],
      ["between.log", "done", 2, 2, 0, 0, 0],
      ["node-2.log", "nothing-new", 4, 0, 4, 0, 0],
    ]);
    // Its blocks lie apart: what is between them is another file's.
    await remove(writer, archive);
    expect(places(writer)).toEqual([...numbered("node-2.log", span(5, 9)), ...others]);
    expect(counts(writer.capture.report(last.id))).toEqual(["node-2.log", "done", 4, 4, 0, 0, 0]);
    await remove(writer, between);
    expect(places(writer)).toEqual(numbered("node-2.log", span(5, 9)));
  });

  it("makes an archive done whose entries were all copies", async () => {
    const writer = new TestWriter();
    const plain = await writer.put("node-1.log", span(0, 5));
    const archive = await writer.put("all.tar", tar([{ name: "node-1.log", content: span(0, 5) }]));
    expect(archive.state).toBe("nothing-new");
    await remove(writer, plain);
    expect(counts(writer.capture.report(archive.id))).toEqual(["all.tar", "done", 5, 5, 0, 0, 0]);
  });
});

describe("a file with the records of others in bytes of its own", () => {
  it("has those back that only the removed file had, at their lines", async () => {
    const writer = new TestWriter();
    const first = await writer.put("first.log", `${span(0, 10)}${LOST}\n`);
    await writer.put("second.log", span(10, 20));
    const some = `${LOST}\nno record\n${span(5, 15)}`;
    const third = await writer.put("third.log", some);
    expect(counts(third)).toEqual(["third.log", "nothing-new", 12, 0, 11, 0, 1]);
    expect(currentRevision(writer.capture.database)).toBe(2);
    expect(found(writer, "file:third.log")).toBe(10);
    await remove(writer, first);
    expect(readFiles(writer.capture.database).map(counts)).toEqual([
      ["second.log", "done", 10, 10, 0, 0, 0],
      ["third.log", "done", 12, 5, 5, 1, 1],
    ]);
    expect(places(writer).filter((place) => place.startsWith("third"))).toEqual(
      numbered("third.log", some).slice(0, 6),
    );
    expect(currentRevision(writer.capture.database)).toBe(3);
  });

  it("changes nothing when it goes itself", async () => {
    const writer = new TestWriter();
    await writer.put("first.log", LOG);
    const before = places(writer);
    const copy = await writer.put("copy.log", span(3, 8));
    await remove(writer, copy);
    expect(places(writer)).toEqual(before);
    expect(currentRevision(writer.capture.database)).toBe(1);
    expect([writer.count("DuplicateFlow"), writer.count("RawBlock")]).toEqual([0, 1]);
  });
});

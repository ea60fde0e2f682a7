/**
 * Real logs that nobody here wrote, through the writer thread, against counts worked out from their JSON alone.
 *
 * The logs lie in ../shared/data/real beside the project and are no part of it; where they are missing, one test
 * says so.
 */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { captureFile, createCapture, openCapture } from "@/lib/capture/capture-file";
import type { Sqlite } from "@/lib/capture/driver";
import type { FileReport } from "@/lib/capture/files";
import { readRaw } from "@/lib/capture/raw";
import { WriterHandle } from "./writer-handle";

const REAL = path.resolve(projectRoot(), "..", "shared", "data", "real", "flows");
const files = existsSync(REAL) ? readdirSync(REAL).sort() : [];
const folder = mkdtempSync(path.join(tmpdir(), "eyepiece-real-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Loaded {
  readonly reports: readonly FileReport[];
  readonly database: Sqlite;
}

let captures = 0;

/** Reads the files, in this order, into a new capture. */
async function load(names: readonly string[]): Promise<Loaded> {
  const captureId = `realcapture${captures++}`;
  const file = captureFile(folder, captureId);
  createCapture(file, { captureId, name: captureId, createdAtMs: 0, programVersion: "test" });
  const writer = new WriterHandle(file);
  const reports: FileReport[] = [];
  for (const name of names) {
    const spool = path.join(folder, `${captureId}-${name}`);
    copyFileSync(path.join(REAL, name), spool);
    const fileId = await writer.ask("addFile", { name, spool, addedAtMs: 0 });
    reports.push(await writer.ask("readFile", { fileId, spool, bytes: statSync(spool).size, isWhole: true }));
  }
  await writer.close();
  const opened = openCapture(file, { readOnly: true });
  if (!opened.ok) throw new Error(opened.failure.message);
  return { reports, database: opened.value };
}

type Json = { flow: Record<string, unknown> & { event_type?: { type?: number } } };

function linesOf(name: string): string[] {
  return readFileSync(path.join(REAL, name), "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

/** How often each value occurs. */
function tally(values: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}

function tallyOf(database: Sqlite, expression: string): Record<string, number> {
  const rows = database
    .prepare(`SELECT ${expression} AS value FROM Flow f JOIN Kind k ON k.id = f.kindId`)
    .all([]);
  return tally(rows.map(({ value }) => value));
}

const flowIds = (database: Sqlite): string[] =>
  database
    .prepareExact("SELECT hash, occurrence FROM Flow")
    .all([])
    .map(({ hash, occurrence }) => `${hash}.${occurrence}`)
    .sort();

/** Which of the two there is depends on the machine; neither is ever skipped in silence. */
if (files.length === 0) describe("real logs", tellMissing);
else describe("real logs", testRealLogs);

function tellMissing(): void {
  it("are not there: ../shared/data/real is missing, so nothing was tested over them", () => {
    console.log(`real logs not found in ${REAL}`);
    expect(existsSync(REAL)).toBe(false);
  });
}

function testRealLogs(): void {
  it.each(files)("%s: counts and bytes are those of the file", async (name) => {
    const lines = linesOf(name);
    const flows = lines.map((line) => (JSON.parse(line) as Json).flow);
    const { reports, database } = await load([name]);
    expect(reports[0]).toMatchObject({
      state: "done",
      read: lines.length,
      accepted: lines.length,
      duplicate: 0,
      otherKinds: 0,
      refused: 0,
    });
    expect(tallyOf(database, "k.verdict")).toEqual(
      tally(flows.map((flow) => flow.verdict ?? "VERDICT_UNKNOWN")),
    );
    expect(tallyOf(database, "k.eventType")).toEqual(
      tally(flows.map((flow) => (flow.event_type ? (flow.event_type.type ?? 0) : null))),
    );
    const reply = (flow: Json["flow"]): number | null =>
      flow.is_reply === undefined ? (flow.reply === true ? 1 : null) : Number(flow.is_reply);
    expect(tallyOf(database, "k.isReply")).toEqual(tally(flows.map(reply)));
    expect(tallyOf(database, "k.trafficDirection")).toEqual(
      tally(flows.map((flow) => flow.traffic_direction ?? "TRAFFIC_DIRECTION_UNKNOWN")),
    );
    expect(tallyOf(database, "k.dropReason")).toEqual(
      tally(flows.map((flow) => flow.drop_reason_desc ?? null)),
    );
    const rows = database.prepare("SELECT id FROM Flow ORDER BY id").all([]);
    const raws = rows.map(({ id }) => readRaw(database, Number(id)));
    expect(raws.map((raw) => raw?.bytes.toString("utf8"))).toEqual(lines);
    expect(raws.map((raw) => raw?.line)).toEqual(lines.map((_, index) => index + 1));
    expect(raws.every((raw) => raw?.fileName === name)).toBe(true);
    database.close();
  });

  it("50 of the 400 Bookinfo TCP records do not say whether they are replies", async () => {
    const { database } = await load(["bookinfo-kind-tcp.jsonl"]);
    expect(tallyOf(database, "k.isReply IS NULL")).toEqual({ 0: 350, 1: 50 });
    database.close();
  });

  it("share 27 and 30 records between the Bookinfo files, whatever the order", async () => {
    const bookinfo = [
      "bookinfo-kind-redirected.jsonl",
      "bookinfo-kind-tcp.jsonl",
      "bookinfo-kind-udp-dns.jsonl",
    ];
    const one = await load(bookinfo);
    expect(one.reports.map(({ accepted, duplicate }) => [accepted, duplicate])).toEqual([
      [400, 0],
      [373, 27],
      [370, 30],
    ]);
    const other = await load([...bookinfo].reverse());
    expect(flowIds(other.database)).toEqual(flowIds(one.database));
    expect(flowIds(one.database)).toHaveLength(1143);
    one.database.close();
    other.database.close();
  });

  it("give the same flows in any order of the files, and nothing new the second time", async () => {
    const forth = await load(files);
    const back = await load([...files].reverse());
    expect(flowIds(back.database)).toEqual(flowIds(forth.database));
    // 1,290 records, less the 57 that stand in two files.
    expect(flowIds(forth.database)).toHaveLength(1290 - 57);
    const again = await load([...files, ...files]);
    expect(again.reports.slice(files.length).map(({ state, accepted }) => [state, accepted])).toEqual(
      files.map(() => ["nothing-new", 0]),
    );
    expect(flowIds(again.database)).toEqual(flowIds(forth.database));
    for (const { database } of [forth, back, again]) database.close();
  });
}

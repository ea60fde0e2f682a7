/** What pins show later: the same, the same by newer rules, or something else that is said to be so. */

import path from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { PATCH } from "@/app/api/v1/investigations/[investigationId]/route";
import { createLog } from "@/lib/base/log";
import { openSqlite } from "@/lib/capture/driver";
import type { Pin } from "@/lib/investigations/investigation";
import { line, lines, testFolder } from "@/lib/jobs/testing";
import { createEngine, type Engine } from "./engine";

const log = createLog(
  () => undefined,
  () => new Date(0),
);
const VIEWS = ["overview", "map", "drops", "dns", "l7", "workloads", "flows", "quality"];

function pinOf(view: string | null, id: string, link = "revision=1"): Pin {
  return {
    id,
    view,
    link: view === null ? "" : link,
    title: id,
    note: "",
    pinnedAt: "2026-03-04T05:00:00.000Z",
  };
}

async function start(dataDir = testFolder()): Promise<{ engine: Engine; dataDir: string }> {
  const engine = await createEngine(dataDir, log);
  onTestFinished(() => engine.close());
  return { engine, dataDir };
}

async function put(engine: Engine, captureId: string, content: string): Promise<void> {
  const file = { fileName: "events.log", expectedBytes: null, body: Readable.from([Buffer.from(content)]) };
  const received = await engine.captures.receive(captureId, file);
  if (!received.ok) throw new Error(received.failure.message);
  await received.value.end;
}

/** A case with a pin of every view, over a capture with three flows, two of them dropped. */
async function withCase() {
  const { engine, dataDir } = await start();
  const captureId = (await engine.captures.create("One")).id;
  const dropped = { verdict: "DROPPED", drop_reason_desc: "POLICY_DENIED" };
  await put(engine, captureId, lines(line(1), line(2, dropped), line(3, dropped)));
  const pins = [...VIEWS.map((view, at) => pinOf(view, `pin0000${at}`)), pinOf(null, "notepin0")];
  const made = await engine.investigations.create({
    captureId,
    title: "Case",
    status: "open",
    notes: "",
    pins,
  });
  if (!made.ok) throw new Error(made.failure.message);
  return { engine, dataDir, captureId, id: made.value.id };
}

async function checks(engine: Engine, id: string): Promise<Record<string, string | undefined>> {
  const states: [string, string | undefined][] = [];
  for (const [at, view] of VIEWS.entries()) {
    const report = await engine.investigations.pinReport(id, `pin0000${at}`);
    states.push([view, report.ok ? report.value.check?.state : report.failure.code]);
  }
  return Object.fromEntries(states);
}

const all = (state: string) => Object.fromEntries(VIEWS.map((view) => [view, state]));

function change(dataDir: string, captureId: string, sql: string): void {
  const database = openSqlite(path.join(dataDir, "captures", `${captureId}.db`));
  database.exec(sql);
  database.close();
}

describe("a pin of each view", () => {
  it("of Quality leads to the flows that its numbers count, as far as they are the whole capture", async () => {
    const { engine, captureId, id } = await withCase();
    const report = await engine.investigations.pinReport(id, "pin00007");
    const blocks = report.ok ? report.value.blocks : [];
    const [accepted] = blocks.flatMap((block) =>
      block.kind === "figures" ? block.figures.filter(({ label }) => label === "Accepted") : [],
    );
    expect(accepted).toMatchObject({ value: 3, filter: "" });
    const nodes = blocks.flatMap((block) => (block.kind === "table" ? block.rows : []));
    expect(nodes).toHaveLength(1);
    const [row] = nodes;
    const q = String(row?.filters?.[1]);
    const summary = await engine.ask(captureId, "summary", { q, revision: "1" });
    expect(summary).toMatchObject({ ok: true, value: { records: row?.cells[1], events: row?.cells[2] } });
    expect(row?.cells.slice(1, 3)).toEqual([3, 3]);

    const narrow = await engine.investigations.create({
      captureId,
      title: "Narrow",
      status: "open",
      notes: "",
      pins: [pinOf("quality", "pin00000", "q=verdict:DROPPED&revision=1")],
    });
    const other = await engine.investigations.pinReport(narrow.ok ? narrow.value.id : "", "pin00000");
    const tiles = (other.ok ? other.value.blocks : []).filter(
      (block) => block.kind === "figures" && block.look === "tiles",
    );
    expect(tiles).toMatchObject([
      { figures: expect.arrayContaining([expect.objectContaining({ value: 3 })]) },
    ]);
    expect(JSON.stringify(tiles)).not.toContain("filter");
  });

  it("shows its numbers and rows, and a note by itself nothing", async () => {
    const { engine, id } = await withCase();
    const report = await engine.investigations.pinReport(id, "pin00006");
    expect(report.ok && report.value.failure).toBeNull();
    const blocks = report.ok ? report.value.blocks : [];
    expect(blocks[0]).toMatchObject({
      kind: "figures",
      figures: [
        { label: "Events", value: 3 },
        { label: "Drops", value: 2, filter: "drop:yes" },
      ],
    });
    expect(blocks[1]?.kind === "table" && blocks[1].rows.map(({ cells }) => cells[2])).toEqual([
      "FORWARDED",
      "DROPPED",
      "DROPPED",
    ]);
    const note = await engine.investigations.pinReport(id, "notepin0");
    expect(note).toEqual({ ok: true, value: { blocks: [], failure: null, check: null } });
    expect(await engine.investigations.pinReport(id, "pin00099")).toMatchObject({
      ok: false,
      failure: { code: "pin_not_found" },
    });
  });

  it("is the same after files were added, one was removed, and a restart", async () => {
    const { engine, dataDir, captureId, id } = await withCase();
    expect(await checks(engine, id)).toEqual(all("same"));
    await put(engine, captureId, lines(line(4), line(5, { verdict: "DROPPED" })));
    expect(await checks(engine, id)).toEqual(all("same"));
    await engine.captures.removeFile(captureId, 1);
    await engine.close();
    const again = await start(dataDir);
    expect(await checks(again.engine, id)).toEqual(all("same"));
  });

  it("is told from a capture whose settled rows were tampered with", async () => {
    const { engine, dataDir, captureId, id } = await withCase();
    change(dataDir, captureId, "DELETE FROM Flow WHERE id = (SELECT max(id) FROM Flow)");
    const report = await engine.investigations.pinReport(id, "pin00006");
    expect(report.ok && report.value.check).toMatchObject({
      state: "differs",
      says: expect.stringMatching(
        /although the records are the same: .*flows differ.*changed outside Eyepiece/,
      ),
    });
  });

  it("is told from a capture whose original bytes were tampered with", async () => {
    const { engine, dataDir, captureId, id } = await withCase();
    change(dataDir, captureId, "UPDATE RawBlock SET data = data || x'00'");
    const report = await engine.investigations.pinReport(id, "pin00000");
    expect(report.ok && report.value.check).toEqual({
      state: "differs",
      says: "The records are not those that were saved: events.log was changed.",
    });
  });

  it("is told when another program answers it otherwise", async () => {
    const { engine, dataDir, captureId, id } = await withCase();
    Reflect.set(Reflect.get(engine.investigations, "reports"), "program", "of next year");
    expect((await checks(engine, id)).flows).toBe("same");
    change(dataDir, captureId, "DELETE FROM Flow WHERE id = (SELECT max(id) FROM Flow)");
    expect((await checks(engine, id)).flows).toBe("newer-rules");
  });

  it("keeps what was sealed when pins are moved and written on", async () => {
    const { engine, id } = await withCase();
    const before = await engine.investigations.get(id);
    if (!before.ok) throw new Error(before.failure.message);
    const pins = [...before.value.pins].reverse().map((pin) => ({ ...pin, note: "seen" }));
    // Nobody who changes a case can say what it showed.
    const forged = pins.map((pin) => ({ ...pin, seal: { at: "x" } }));
    await engine.investigations.change(id, { edition: 0, pins: forged });
    expect(await checks(engine, id)).toEqual(all("same"));
  });
});

it("a case with long notes on many pins is saved through the interface", async () => {
  const { engine, captureId, id } = await withCase();
  const before = await engine.investigations.get(id);
  const pins = before.ok ? before.value.pins.map((pin) => ({ ...pin, note: "x".repeat(20_000) })) : [];
  const body = JSON.stringify({ edition: 0, pins });
  expect(body.length).toBeGreaterThan(65_536);
  const headers = { "content-length": String(body.length) };
  const request = new Request("http://local/x", { method: "PATCH", body, headers });
  const answer = await PATCH(request, { params: Promise.resolve({ investigationId: id }) });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ captureId, edition: 1 });
});

describe("a pin that is made while files come and go", () => {
  it("is refused in other words while the capture is worked out anew, and no file comes", async () => {
    const { engine } = await start();
    const captureId = (await engine.captures.create("Old")).id;
    await put(engine, captureId, lines(line(1)));
    const ask = {
      captureId,
      title: "x",
      status: "open",
      notes: "",
      pins: [pinOf("flows", "pin00001")],
    } as const;
    Reflect.get(Reflect.get(engine.captures, "settlingAnew"), "waiting").add(captureId);
    await engine.captures.revisionsKept.whileChanging(captureId, async () => {
      expect(await engine.investigations.create({ ...ask, pins: [...ask.pins] })).toMatchObject({
        failure: {
          code: "capture_busy",
          message: "This capture is being worked out anew by the rules of this version of Eyepiece.",
        },
      });
    });
  });

  it("is refused from the moment on at which a file no longer looks for pins", async () => {
    const { engine } = await start();
    const captureId = (await engine.captures.create("Race")).id;
    await put(engine, captureId, lines(line(1), line(2)));
    const intake = Reflect.get(engine.captures, "intake");
    const receive = intake.receive.bind(intake);
    const made: unknown[] = [];
    const ask = {
      captureId,
      title: "x",
      status: "open",
      notes: "",
      pins: [pinOf("flows", "pin00001")],
    } as const;
    // Nothing is in progress yet, and the file will not look again.
    intake.receive = async (...asked: unknown[]) => {
      made.push(await engine.investigations.create({ ...ask, pins: [...ask.pins] }));
      return receive(...asked);
    };
    await put(engine, captureId, lines(line(3)));
    expect(made).toMatchObject([
      {
        ok: false,
        failure: { code: "capture_busy", message: "A file of this capture is just coming or going." },
      },
    ]);
    intake.receive = receive;
    // When the file has ended, its own revision is pinned, and stays what it was.
    const later = await engine.investigations.create({
      ...ask,
      pins: [pinOf("flows", "pin00001", "revision=2")],
    });
    await put(engine, captureId, lines(line(4)));
    if (!later.ok) throw new Error(later.failure.message);
    const report = await engine.investigations.pinReport(later.value.id, "pin00001");
    expect(report.ok && report.value.check?.state).toBe("same");
    expect(report.ok && report.value.blocks[0]).toMatchObject({ figures: [{ value: 3 }, {}] });
  });

  it("is copied by a file that begins to arrive while it is sealed", async () => {
    const { engine } = await start();
    const captureId = (await engine.captures.create("Race")).id;
    await put(engine, captureId, lines(line(1), line(2)));
    const pins = [pinOf("flows", "pin00001"), pinOf("drops", "pin00002")];
    const making = engine.investigations.create({ captureId, title: "x", status: "open", notes: "", pins });
    const putting = put(engine, captureId, lines(line(3)));
    const made = await making;
    await putting;
    if (!made.ok) throw new Error(made.failure.message);
    for (const { id } of pins) {
      const report = await engine.investigations.pinReport(made.value.id, id);
      expect(report.ok && report.value.check?.state).toBe("same");
    }
  });
});

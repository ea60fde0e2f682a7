import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { inflateRawSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { GET as getPinPicture } from "@/app/api/v1/investigations/[investigationId]/pins/[pinId]/picture/route";
import { createLog } from "@/lib/base/log";
import { openSqlite } from "@/lib/capture/driver";
import { PACKING_LIMITS } from "@/lib/ingest/limits";
import { zip as zipOf } from "@/lib/ingest/testing-archives";
import { EVIDENCE_NAME } from "@/lib/investigations/evidence";
import type { Investigation, Pin } from "@/lib/investigations/investigation";
import { line, lines, testFolder } from "@/lib/jobs/testing";
import { createEngine, type Engine } from "../engine";
import { investigationHtml, MOST_BYTES } from "./html";
import { BundleIntake } from "./take-in";

const log = createLog(
  () => undefined,
  () => new Date(0),
);
const HOSTILE = "<img src=x onerror=alert(1)>\"'";

async function start(): Promise<{ engine: Engine; dataDir: string }> {
  const dataDir = testFolder();
  const engine = await createEngine(dataDir, log);
  onTestFinished(() => engine.close());
  return { engine, dataDir };
}

const talk = (seconds: number, from: string, to: string, members = {}) =>
  line(seconds, {
    source: { namespace: "shop", pod_name: from, labels: [] },
    destination: { namespace: "shop", pod_name: to, labels: [] },
    IP: { source: "10.0.0.1", destination: "10.0.0.2", ipVersion: "IPv4" },
    l4: { TCP: { source_port: 40_000 + seconds, destination_port: 8080, flags: { SYN: true } } },
    event_type: { type: 4 },
    is_reply: false,
    ...members,
  });
const DROPPED = {
  verdict: "DROPPED",
  drop_reason_desc: "POLICY_DENIED",
  event_type: { type: 1, sub_type: 133 },
};
const RECORDS = [
  talk(1, "web-0", "api-0"),
  talk(2, "web-0", "api-0"),
  talk(3, "web-0", "db-0", DROPPED),
  talk(4, HOSTILE, "db-0", DROPPED),
  talk(5, "other-0", "api-0"),
];

function pin(id: string, view: string | null, link: string, more: Partial<Pin> = {}): Pin {
  return { id, view, link, title: id, note: "", pinnedAt: "2026-03-04T05:00:00.000Z", ...more };
}

const PINS = [
  pin("flows0001", "flows", "q=client%3Ashop%2Fweb-0&revision=1"),
  pin("drops0001", "drops", "q=verdict%3ADROPPED&revision=1&by=cause", {
    note: `Look at **this**: ${HOSTILE} [x](javascript:alert(1))`,
  }),
  pin("mapmap001", "map", "revision=1&level=pod"),
  pin("again0001", "overview", "revision=1"),
  pin("notenote1", null, "", { note: "Ask the [shop team](https://shop.example/x)." }),
];

async function withCase(pins = PINS) {
  const house = await start();
  const { id: captureId } = await house.engine.captures.create("Night");
  const received = await house.engine.captures.receive(captureId, {
    fileName: "events.log",
    expectedBytes: null,
    body: Readable.from([Buffer.from(lines(...RECORDS))]),
  });
  if (!received.ok) throw new Error(received.failure.message);
  await received.value.end;
  const made = await house.engine.investigations.create({
    captureId,
    title: `Shop ${HOSTILE}`,
    status: "open",
    notes: "Since **five**.",
    pins,
  });
  if (!made.ok) throw new Error(made.failure.message);
  return { ...house, captureId, investigation: made.value };
}

async function htmlOf(engine: Engine, id: string): Promise<string> {
  const made = await engine.evidence.html(id);
  if (!made.ok) throw new Error(made.failure.message);
  return made.value.html;
}

async function bundleOf(engine: Engine, id: string): Promise<Buffer> {
  const made = await engine.evidence.bundle(id);
  if (!made.ok) throw new Error(made.failure.message);
  const bytes = await buffer(made.value.body);
  expect(bytes.length).toBe(made.value.size);
  return bytes;
}

/** By the local headers alone: another way than that of the program. */
function entriesOf(bytes: Buffer): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  for (let at = 0; bytes.readUInt32LE(at) === 0x04034b50; ) {
    const [packed, nameLength] = [bytes.readUInt32LE(at + 18), bytes.readUInt16LE(at + 26)];
    const name = bytes.toString("utf8", at + 30, at + 30 + nameLength);
    const start = at + 30 + nameLength;
    entries.set(name, inflateRawSync(bytes.subarray(start, start + packed)));
    at = start + packed;
  }
  return entries;
}

async function rowsOf(engine: Engine, { captureId, pins }: Investigation): Promise<unknown[]> {
  const rows = pins
    .filter(({ view }) => view !== null)
    .map(async ({ link }) => {
      const params = new URLSearchParams(link);
      const [q, revision] = [params.get("q") ?? "", params.get("revision") ?? ""];
      const answer = await engine.ask(captureId, "flows", {
        q,
        revision,
        limit: 100,
        order: "asc",
        total: true,
      });
      if (!answer.ok) throw new Error(answer.failure.message);
      return { total: answer.value.total, ids: answer.value.flows.map(({ id }) => id) };
    });
  return Promise.all(rows);
}

describe("an investigation as one HTML file", () => {
  it("has the numbers of its pins, a map as a picture, and nothing that could run", async () => {
    const { engine, investigation } = await withCase();
    const html = await htmlOf(engine, investigation.id);
    // Three records of the client web-0, two drops, five records on the map.
    const articles = html.split("<article").slice(1);
    expect(articles.map((text) => /<dt>Events<\/dt><dd>(\d+)/.exec(text)?.[1])).toEqual([
      "3",
      "2",
      "5",
      "5",
      undefined,
    ]);
    expect(articles[1]).toContain("<b>this</b>".replaceAll("b>", "strong>"));
    expect(articles[2]).toMatch(/<svg [^>]*>[\s\S]*web-0[\s\S]*<\/svg>/);
    expect(articles[4]).toContain('<a href="https://shop.example/x" rel="noopener noreferrer">shop team</a>');
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(html).not.toMatch(/<(?:script|img|iframe|object|embed|link|form|base)\b/i);
    expect(html).not.toMatch(/<[^>]*\s(?:on\w+|src)\s*=/i);
    expect(html).not.toContain('javascript:alert(1)"');
    expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'");
    // Nothing is fetched: addresses stand in links of notes alone.
    expect([...html.matchAll(/(?:href|url\()\s*=?["']?([^"')\s>]*)/g)].map(([, to]) => to)).toEqual([
      "https://shop.example/x",
    ]);
  });

  it("has the map that its page and a visitor of it see, light or dark as they are", async () => {
    const { engine, investigation } = await withCase([
      ...PINS,
      pin("emptymap1", "map", "q=namespace:nowhere&revision=1"),
    ]);
    const { id } = investigation;
    const picture = async (pinId: string) => {
      const params = Promise.resolve({ investigationId: id, pinId });
      return (await getPinPicture(new Request("http://local/x"), { params })).json();
    };
    const shown = await picture("mapmap001");
    expect(shown.says).toBeNull();
    expect(await htmlOf(engine, id)).toContain(shown.svg);
    // Text of the page in light and in dark, as app/globals.css has it.
    expect(shown.svg).toMatch(
      /--map-text:#1a2029;.*@media \(prefers-color-scheme:dark\).*--map-text:#e3e7ec;/,
    );
    expect(shown.svg.replace(/<style>.*<\/style>/, "")).not.toMatch(/#[0-9a-f]{6}/);
    const made = await engine.shares.create(id, { note: "" });
    const shareId = made.ok ? made.value.share.id : "";
    expect(await engine.shares.picture(shareId, "mapmap001")).toEqual({ ok: true, value: shown });
    expect(await engine.shares.picture(null, "mapmap001")).toMatchObject({ ok: false });
    expect(await picture("again0001")).toEqual({ svg: null, says: null });
    expect(await picture("emptymap1")).toEqual({
      svg: null,
      says: "There is nothing to draw in this scope.",
    });
    expect(await picture("nopin0001")).toMatchObject({ error: { code: "pin_not_found" } });
  });

  it("says what is left out where it would be too large to mail", () => {
    const text = "x".repeat(3 * 1024 * 1024);
    const part = (id: string) => ({
      pin: pin(id, "flows", "revision=1"),
      report: { blocks: [{ kind: "code" as const, title: "Text", text }], failure: null, check: null },
      picture: undefined,
    });
    const investigation = {
      id: "i",
      captureId: "c",
      title: "Big",
      status: "open" as const,
      notes: "",
      pins: [],
      edition: 0,
      createdAt: "",
      updatedAt: "",
    };
    const html = investigationHtml({
      investigation,
      captureName: "C",
      pins: [part("first0001"), part("second001")],
      madeAt: "2026-01-01T00:00:00Z",
    });
    expect(Buffer.byteLength(html)).toBeLessThan(MOST_BYTES);
    expect(html.split("<article").map((article) => article.includes("Left out"))).toEqual([
      false,
      false,
      true,
    ]);
  });
});

type Files = Map<string, Buffer>;

/** Changes the paper of a bundle, as text. */
const paperWith = (change: (text: string) => string) => (files: Files) =>
  files.set(EVIDENCE_NAME, Buffer.from(change(String(files.get(EVIDENCE_NAME)))));

/** Puts other records into a bundle, with a paper that agrees. */
const recordsOf = (content: string) => (files: Files) => {
  const before = files.get("flows/001.jsonl") ?? Buffer.alloc(0);
  const after = Buffer.from(content);
  const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  files.set("flows/001.jsonl", after);
  paperWith((text) =>
    text
      .replace(digest(before), digest(after))
      .replace(`"bytes": ${before.length}`, `"bytes": ${after.length}`),
  )(files);
};

/** Ways to spoil a bundle, and what is said of it. */
const SPOILED: readonly (readonly [change: (files: Files) => unknown, says: string])[] = [
  [
    (files) => files.set("flows/001.jsonl", Buffer.from(`${RECORDS[4]}\n`)),
    "flows/001.jsonl is not what its digest says",
  ],
  // As long as before.
  [
    (files) =>
      files.set("flows/001.jsonl", Buffer.from(String(files.get("flows/001.jsonl")).replace("web", "wab"))),
    "flows/001.jsonl is not what its digest says",
  ],
  [
    paperWith((text) => {
      const paper = JSON.parse(text);
      paper.flows[0].bytes++;
      return JSON.stringify(paper);
    }),
    "flows/001.jsonl is not what its digest says",
  ],
  [(files) => files.delete("flows/002.jsonl"), "flows/002.jsonl is missing in it"],
  // The paper comes first: what stands before it is not looked at.
  [
    (files) => {
      const paper = files.get(EVIDENCE_NAME) ?? Buffer.alloc(0);
      files.delete(EVIDENCE_NAME);
      files.set(EVIDENCE_NAME, paper);
    },
    "investigation.html is missing in it",
  ],
  [
    (files) =>
      files.set(
        "investigation.html",
        Buffer.from(String(files.get("investigation.html")).replace("<main", "<mein")),
      ),
    "investigation.html is not what its digest says",
  ],
  [(files) => files.delete("investigation.html"), "investigation.html is missing in it"],
  [(files) => files.delete(EVIDENCE_NAME), `it has no ${EVIDENCE_NAME}`],
  [(files) => files.set(EVIDENCE_NAME, Buffer.from("{")), "is not JSON"],
  [paperWith(() => '{"format":"eyepiece-evidence","version":1}'), "does not say what it should"],
  [paperWith((text) => text.replace("flows/001.jsonl", "../../catalogue.db")), "does not say what it should"],
  [paperWith(() => '{"version":2}'), "newer version"],
  [recordsOf("no record\n".repeat(3)), "flows/001.jsonl has 0 records that can be read, not 3"],
  [recordsOf(lines(...RECORDS.slice(0, 2))), "flows/001.jsonl has 2 records that can be read, not 3"],
];

describe("an evidence bundle", () => {
  it("holds the records behind each pin byte for byte, and says the digest of every file", async () => {
    const { engine, dataDir, investigation } = await withCase();
    const entries = entriesOf(await bundleOf(engine, investigation.id));
    expect([...entries.keys()]).toEqual([
      EVIDENCE_NAME,
      "investigation.html",
      "flows/001.jsonl",
      "flows/002.jsonl",
      "flows/003.jsonl",
    ]);
    expect(String(entries.get("flows/001.jsonl"))).toBe(lines(...RECORDS.slice(0, 3)));
    expect(String(entries.get("flows/002.jsonl"))).toBe(lines(...RECORDS.slice(2, 4)));
    expect(String(entries.get("flows/003.jsonl"))).toBe(lines(...RECORDS));
    const paper = JSON.parse(String(entries.get(EVIDENCE_NAME)));
    // Pins of the same scope share their records.
    expect(paper.flows.map(({ pins }: never) => pins)).toEqual([
      ["flows0001"],
      ["drops0001"],
      ["mapmap001", "again0001"],
    ]);
    expect(paper).toMatchObject({
      format: "eyepiece-evidence",
      version: 1,
      captureName: "Night",
      investigation: { title: investigation.title, pins: PINS },
    });
    for (const { name, sha256, bytes } of [paper.html, ...paper.flows]) {
      const content = entries.get(name) ?? Buffer.alloc(0);
      expect([sha256, bytes]).toEqual([createHash("sha256").update(content).digest("hex"), content.length]);
    }
    expect(paper.flows.map(({ records, whole, rewritten }: never) => [records, whole, rewritten])).toEqual([
      [3, true, "0"],
      [2, true, "0"],
      [5, true, "0"],
    ]);
    expect(readdirSync(path.join(dataDir, "evidence"))).toEqual([]);
  });

  it("shows the same rows in another Eyepiece, over a capture of what was pinned", async () => {
    const here = await withCase(PINS.slice(0, 2).concat(PINS.slice(4)));
    const bytes = await bundleOf(here.engine, here.investigation.id);
    const there = await start();
    const taken = await there.engine.bundles.takeIn(Readable.from([bytes]), bytes.length);
    if (!taken.ok) throw new Error(taken.failure.message);
    const { investigation, wasHere } = taken.value;
    expect(wasHere).toBe(false);
    const { title, status, pins, notes } = investigation;
    expect({ title, status }).toEqual({ title: here.investigation.title, status: "open" });
    expect(pins.map(({ id, note }) => [id, note])).toEqual(
      here.investigation.pins.map(({ id, note }) => [id, note]),
    );
    expect(notes).toContain("Since **five**.");
    expect(notes).toContain("That capture is not here");
    expect(await rowsOf(there.engine, investigation)).toEqual(await rowsOf(here.engine, here.investigation));
    const summary = await there.engine.ask(investigation.captureId, "summary", {});
    // Four of five records were pinned, one of them twice.
    expect(summary.ok && summary.value.events).toBe(4);
    expect(readdirSync(path.join(there.dataDir, "bundles"))).toEqual([]);
  });

  it("is put to the capture that it was made of, where that is what it was", async () => {
    const { engine, captureId, investigation } = await withCase();
    const bytes = await bundleOf(engine, investigation.id);
    await engine.investigations.remove(investigation.id);
    const taken = await engine.bundles.takeIn(Readable.from([bytes]), null);
    const placed = { investigation: { captureId, pins: PINS }, wasHere: false };
    expect(taken).toMatchObject({ ok: true, value: placed });
    expect(await engine.captures.list()).toHaveLength(1);
    const id = taken.ok ? taken.value.investigation.id : "";
    const report = await engine.investigations.pinReport(id, "drops0001");
    expect(report).toMatchObject({ ok: true, value: { check: { state: "same" } } });
  });

  it("is one case however often it is taken in, also where it was made", async () => {
    const { engine, captureId, investigation } = await withCase(PINS.slice(0, 2));
    const bytes = await bundleOf(engine, investigation.id);
    const take = async (into: Engine) => {
      const taken = await into.bundles.takeIn(Readable.from([bytes]), null);
      if (!taken.ok) throw new Error(taken.failure.message);
      return taken.value;
    };
    const own = await take(engine);
    expect([own.investigation.id, own.wasHere]).toEqual([investigation.id, true]);

    const there = await start();
    const [one, other] = await Promise.all([take(there.engine), take(there.engine)]);
    expect(one.investigation).toEqual(other.investigation);
    expect([one.wasHere, other.wasHere].sort()).toEqual([false, true]);
    // Its notes are changed: it is still the one that was taken in.
    const { id, edition } = one.investigation;
    await there.engine.investigations.change(id, { edition, notes: "Read.", pins: [] });
    expect(await take(there.engine)).toMatchObject({ investigation: { id, notes: "Read." }, wasHere: true });
    expect(await there.engine.investigations.list()).toHaveLength(1);
    expect(await there.engine.captures.list()).toHaveLength(1);

    // The capture itself has come since: the case is put to it.
    await engine.captures.copyTo(captureId, path.join(there.dataDir, "moved.db"));
    const moved = createReadStream(path.join(there.dataDir, "moved.db"));
    expect(await there.engine.moving.takeIn(moved, null)).toMatchObject({
      ok: true,
      value: { id: captureId },
    });
    expect(await take(there.engine)).toMatchObject({ investigation: { captureId }, wasHere: false });
    expect(await take(there.engine)).toMatchObject({ wasHere: true });
  });

  it("that is not what it says is refused, and leaves nothing behind", async () => {
    const { engine, investigation } = await withCase(PINS.slice(0, 2));
    const bytes = await bundleOf(engine, investigation.id);
    const there = await start();
    for (const [change, says] of SPOILED) {
      const files = entriesOf(bytes);
      change(files);
      const spoiled = zipOf([...files].map(([name, content]) => ({ name, content })));
      const refused = await there.engine.bundles.takeIn(Readable.from([spoiled]), null);
      expect(refused).toMatchObject({ ok: false, failure: { message: expect.stringContaining(says) } });
    }
    expect(await there.engine.captures.list()).toEqual([]);
    expect(await there.engine.investigations.list()).toEqual([]);
    expect(readdirSync(path.join(there.dataDir, "bundles"))).toEqual([]);
  });

  it("in which one byte of any file is another one, or that ends early, is refused, and leaves nothing behind", async () => {
    const { engine, investigation } = await withCase(PINS.slice(0, 2));
    const bytes = await bundleOf(engine, investigation.id);
    const heads: number[] = [];
    for (let at = bytes.indexOf("PK\x03\x04"); at >= 0; at = bytes.indexOf("PK\x03\x04", at + 1))
      heads.push(at);
    expect(heads).toHaveLength(entriesOf(bytes).size);
    const directory = bytes.indexOf("PK\x01\x02");
    const there = await start();
    const codeOf = async (spoiled: Buffer) => {
      const taken = await there.engine.bundles.takeIn(Readable.from([spoiled]), null);
      return taken.ok ? "taken" : taken.failure.code;
    };
    for (const [nth, head] of heads.entries()) {
      const data = head + 30 + bytes.readUInt16LE(head + 26) + bytes.readUInt16LE(head + 28);
      const end = heads[nth + 1] ?? directory;
      for (const at of [data, Math.floor((data + end) / 2)]) {
        const spoiled = Buffer.from(bytes);
        spoiled.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
        expect(await codeOf(spoiled), `byte ${at}`).toBe("evidence_not_read");
      }
    }
    for (const part of [0.25, 0.5, 0.9])
      expect(await codeOf(bytes.subarray(0, bytes.length * part))).toBe("evidence_not_read");
    expect(await codeOf(bytes.subarray(0, -1))).toBe("evidence_not_read");
    expect(await there.engine.captures.list()).toEqual([]);
    expect(await there.engine.investigations.list()).toEqual([]);
    expect(readdirSync(path.join(there.dataDir, "bundles"))).toEqual([]);
  });

  it("that is no zip, too large, or breaks off, is refused, and leaves nothing behind", async () => {
    const { engine, dataDir } = await start();
    const codeOf = async (bundles: BundleIntake, body: Readable, bytes: number | null = null) => {
      const taken = await bundles.takeIn(body, bytes);
      return taken.ok ? "taken" : taken.failure.code;
    };
    const { bundles, investigations, captures, ask } = engine;
    expect(await codeOf(bundles, Readable.from([Buffer.from("{}")]), 2)).toBe("evidence_not_read");
    expect(await codeOf(bundles, Readable.from([]), 2 ** 40)).toBe("too_large");
    const brokenOff = new Readable({ read: () => undefined });
    const broken = codeOf(bundles, brokenOff);
    const other = new Readable({ read: () => undefined });
    const second = codeOf(bundles, other);
    expect(await codeOf(bundles, Readable.from([]))).toBe("too_busy");
    brokenOff.destroy(new Error("gone"));
    other.destroy();
    expect([await broken, await second]).toEqual(["upload_incomplete", "upload_incomplete"]);

    const paper = { name: EVIDENCE_NAME, content: Buffer.alloc(3000, " ") };
    const unpacking = { ...PACKING_LIMITS, unpackedBytes: 4000, entries: 3, files: 3 };
    const small = new BundleIntake(dataDir, investigations, captures, ask, {
      ...{ bundleBytes: 2000, paperBytes: 2500, unpacking },
    });
    // A length that nobody stated.
    expect(await codeOf(small, Readable.from([Buffer.alloc(1500), Buffer.alloc(501)]))).toBe("too_large");
    const says = async (files: readonly { readonly name: string; readonly content: Buffer }[]) => {
      const taken = await small.takeIn(Readable.from([zipOf(files)]), null);
      return taken.ok ? "taken" : taken.failure.message;
    };
    expect(await says([paper])).toContain("larger than one can be");
    expect(await says([{ name: EVIDENCE_NAME, content: Buffer.alloc(9000, " ") }])).toContain(
      "unpacks to more than",
    );
    const many = ["a", "b", "c", "d"].map((name) => ({ name, content: Buffer.from("x") }));
    expect(await says(many)).toContain("more than 3 entries");
    expect(readdirSync(path.join(dataDir, "bundles"))).toEqual([]);
  });

  it("with entries that nobody asked for is taken without them, wherever their names lead", async () => {
    const { engine, investigation } = await withCase(PINS.slice(0, 1));
    const files = entriesOf(await bundleOf(engine, investigation.id));
    for (const name of ["../../catalogue.db", "/tmp/eyepiece-slip", "flows/../../x.jsonl", "flows/900.jsonl"])
      files.set(name, Buffer.from("x"));
    const there = await start();
    const before = readdirSync(there.dataDir, { recursive: true, encoding: "utf8" });
    const zip = zipOf([...files].map(([name, content]) => ({ name, content })));
    const taken = await there.engine.bundles.takeIn(Readable.from([zip]), null);
    const captureId = taken.ok ? taken.value.investigation.captureId : "";
    const after = readdirSync(there.dataDir, { recursive: true, encoding: "utf8" });
    const added = after.filter((name) => !before.includes(name) && !name.includes(captureId));
    expect(added.filter((name) => !/^(?:bundles|spool|captures)/.test(name))).toEqual([]);
    expect(existsSync("/tmp/eyepiece-slip")).toBe(false);
  });

  it("is not put to a capture of the same id that holds something else", async () => {
    const { engine, captureId, investigation } = await withCase(PINS.slice(0, 1));
    const bytes = await bundleOf(engine, investigation.id);
    await engine.investigations.remove(investigation.id);
    const database = openSqlite(engine.captures.fileOf(captureId));
    database.exec("UPDATE RawBlock SET data = CAST(data || x'00' AS BLOB)");
    database.close();
    const taken = await engine.bundles.takeIn(Readable.from([bytes]), null);
    if (!taken.ok) throw new Error(taken.failure.message);
    expect(taken.value.investigation.captureId).not.toBe(captureId);
    expect(taken.value.investigation.notes).toContain("That capture is not here");
  });
});

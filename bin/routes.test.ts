import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as getExport } from "@/app/api/v1/captures/[captureId]/export/route";
import { DELETE, PUT } from "@/app/api/v1/captures/[captureId]/files/[fileName]/route";
import { GET as getRaw } from "@/app/api/v1/captures/[captureId]/flows/[flowId]/raw/route";
import { GET as getFlows } from "@/app/api/v1/captures/[captureId]/flows/route";
import { GET as getProgress } from "@/app/api/v1/captures/[captureId]/progress/route";
import { GET as getReport } from "@/app/api/v1/captures/[captureId]/report/route";
import { POST } from "@/app/api/v1/captures/route";
import { GET as getMetrics } from "@/app/api/v1/metrics/route";
import { createLog } from "@/lib/base/log";
import { line, lines } from "@/lib/jobs/testing";
import { createEngine, type Engine } from "./engine";

const silent = createLog(
  () => undefined,
  () => new Date(0),
);

const dataDir = mkdtempSync(path.join(tmpdir(), "eyepiece-routes-"));
let engine: Engine;
/** For tests that need a capture and no more. */
let shared: string;
/** Of the next record, so that no two are alike. */
let seconds = 0;
beforeAll(async () => {
  engine = await createEngine(dataDir, silent);
  shared = await start();
});
afterAll(async () => {
  await engine.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A new capture. */
async function start(name = "One"): Promise<string> {
  const created = await POST(
    new Request("http://local/api/v1/captures", { method: "POST", body: JSON.stringify({ name }) }),
    // Next gives an address without parts no parameters.
    { params: Promise.resolve(undefined) },
  );
  const { id } = await created.json();
  return String(id);
}

const route = <Params extends object>(params: Params) => ({ params: Promise.resolve(params) });

/** As Next calls it: the parts of the address are decoded. */
async function put(
  captureId: string,
  fileName: string,
  body: string,
  query = "?wait=true",
): Promise<Response> {
  const request = new Request(`http://local/x${query}`, { method: "PUT", body });
  return PUT(request, route({ captureId, fileName }));
}

describe("the name of a file", () => {
  it.each([
    ["events.log", "events.log"],
    ["100%.log", "100%.log"],
    ["a%25b", "a%25b"],
    ["../../etc/passwd", "../../etc/passwd"],
    [" padded ", "padded"],
    ["tab\tnul\u0000del\u007f", "tab\u2423nul\u2423del\u2423"],
    ["\u202egol.stneve", "\u2423gol.stneve"],
    ["half \ud800", "half \ufffd"],
    ["名前.log", "名前.log"],
    ["x".repeat(255), "x".repeat(255)],
  ])("is kept as it is, to be shown: %j", async (fileName, file) => {
    const answer = await put(shared, fileName, lines(line(seconds++)));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ file, state: "done", accepted: 1 });
  });

  it.each(["", "   ", "x".repeat(256)])("is needed and bounded: %j", async (fileName) => {
    const answer = await put(shared, fileName, lines(line(seconds++)));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: "bad_request" } });
  });
});

describe("files by the interface", () => {
  it("answer 202 when they have arrived, and are removed by their number", async () => {
    const captureId = await start();
    const answer = await put(captureId, "a", lines(line(1)), "");
    expect(answer.status).toBe(202);
    const { id } = await answer.json();
    for (let tries = 0; engine.captures.progress(captureId).length > 0 && tries < 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const remove = (fileName: string) =>
      DELETE(new Request("http://local/x"), route({ captureId, fileName }));
    expect((await remove("a")).status).toBe(404);
    expect((await remove("99")).status).toBe(404);
    expect((await remove(String(id))).status).toBe(204);
    const report = await getReport(new Request("http://local/x"), route({ captureId }));
    expect(await report.json()).toMatchObject({ read: 0, accepted: 0, files: [] });
  });

  it("can have no body", async () => {
    const captureId = await start();
    const answer = await PUT(
      new Request("http://local/x?wait=true", { method: "PUT" }),
      route({ captureId, fileName: "a" }),
    );
    expect(await answer.json()).toMatchObject({ state: "done", read: 0 });
  });
});

describe("flows by the interface", () => {
  it("give the bytes of a record as a download that no browser runs", async () => {
    const captureId = await start();
    const record = line(1, { Summary: "<script>é</script>" });
    await put(captureId, "a", lines(record));
    const page = await getFlows(new Request("http://local/x?limit=1"), route({ captureId }));
    const { flows } = await page.json();
    const raw = await getRaw(
      new Request("http://local/x"),
      route({ captureId, flowId: String(flows[0].id) }),
    );
    expect(raw.headers.get("content-type")).toBe("application/octet-stream");
    expect(raw.headers.get("content-disposition")).toMatch(
      /^attachment; filename="flow-[0-9a-f]{16}\.json"$/,
    );
    expect(Buffer.from(await raw.arrayBuffer()).toString()).toBe(record);
  });

  it.each([
    ["limit=-1", "bad_request"],
    ["limit=501", "bad_request"],
    ["limit=x", "bad_request"],
    ["order=up", "bad_request"],
    ["position=1&at=2026-01-01T00:00:00Z", "bad_request"],
    ["nonsense=1", "bad_request"],
    ["q=a&q=b", "bad_request"],
    ["q=nonsense:1", "filter_invalid"],
    ["cursor=nonsense", "cursor_invalid"],
  ])("refuse %s: %s", async (query, code) => {
    const answer = await getFlows(new Request(`http://local/x?${query}`), route({ captureId: shared }));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code } });
  });
});

describe("an export by the interface", () => {
  it.each([
    ["incident 4711", "csv", "incident-4711.csv"],
    ['Störung: "Café"/../\r\nx', "jsonl", "Storung-Cafe-..-x.jsonl"],
    ["a".repeat(200), "csv", `${"a".repeat(80)}.csv`],
    ["夜", "jsonl", "capture.jsonl"],
  ])("of %j as %s is the file %s", async (name, format, fileName) => {
    const captureId = await start(name);
    const answer = await getExport(new Request(`http://local/x?format=${format}`), route({ captureId }));
    expect(answer.headers.get("content-disposition")).toBe(`attachment; filename="${fileName}"`);
    await answer.text();
  });

  it("of a capture that is not there is refused", async () => {
    const answer = await getExport(new Request("http://local/x"), route({ captureId: "nosuchcapture" }));
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: "capture_not_found" } });
  });
});

describe("metrics by the interface", () => {
  it("count files, records and questions, and name nothing that a log holds", async () => {
    const captureId = await start();
    const read = async () => {
      const answer = await getMetrics(new Request("http://local/x"), { params: Promise.resolve(undefined) });
      expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
      return answer.text();
    };
    const sampleOf = (text: string, sample: string): number =>
      Number(
        text
          .split("\n")
          .find((one) => one.startsWith(`${sample} `))
          ?.slice(sample.length) ?? 0,
      );
    const before = await read();
    await put(captureId, "secret-name.log", lines(line(1), line(2), "rubbish"));
    await getFlows(new Request("http://local/x?limit=1"), route({ captureId }));
    await getFlows(new Request("http://local/x?q=nonsense:1"), route({ captureId }));
    const after = await read();
    const grown = (sample: string): number => sampleOf(after, sample) - sampleOf(before, sample);
    expect(grown('eyepiece_files_total{state="done"}')).toBe(1);
    expect(grown('eyepiece_ingest_records_total{outcome="accepted"}')).toBe(2);
    expect(grown('eyepiece_ingest_records_total{outcome="refused"}')).toBe(1);
    expect(grown('eyepiece_questions_total{question="flows",outcome="answered"}')).toBe(1);
    expect(grown('eyepiece_questions_total{question="flows",outcome="filter_invalid"}')).toBe(1);
    expect(grown('eyepiece_question_seconds_count{question="flows"}')).toBe(2);
    expect(grown('eyepiece_question_seconds_bucket{question="flows",le="+Inf"}')).toBe(2);
    expect(sampleOf(after, "eyepiece_resident_bytes")).toBeGreaterThan(10_000_000);
    expect(after).not.toContain("secret-name");
    expect(after).not.toContain(captureId);
    for (const one of after.trimEnd().split("\n"))
      expect(one).toMatch(/^(?:# (?:HELP|TYPE) eyepiece_\w+ .+|eyepiece_\w+(?:\{[^}]*\})? [-+\dInfNae.]+)$/);
  });
});

describe("progress by the interface", () => {
  it("listens no longer when the reader has gone", async () => {
    const captureId = await start();
    const leaving = new AbortController();
    const answer = await getProgress(
      new Request("http://local/x", { signal: leaving.signal }),
      route({ captureId }),
    );
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    expect(Reflect.get(engine.captures, "listeners")).toHaveProperty("size", 1);
    leaving.abort();
    expect(Reflect.get(engine.captures, "listeners")).toHaveProperty("size", 0);
    expect((await reader.read()).done).toBe(true);
  });

  // Last in this file: the engine is stopped.
  it("is told at once and while files move, and ends with the server", async () => {
    const captureId = await start();
    const answer = await getProgress(new Request("http://local/x"), route({ captureId }));
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toBe('data: {"files":[],"flows":0}\n\n');
    await put(captureId, "a", lines(line(1)));
    let seen = "";
    for (let tries = 0; !seen.includes('"flows":1}') && tries < 10; tries++) seen = await next();
    expect(seen).toContain('"flows":1}');
    engine.stopping?.();
    for (let tries = 0; tries < 10; tries++) if ((await reader.read()).done) return;
    throw new Error("the stream went on");
  });
});

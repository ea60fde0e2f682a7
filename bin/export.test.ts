import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { projectRoot } from "@/lib/base/project-root";
import { line, lines, TestCapture, timeAt } from "@/lib/jobs/testing";
import { CSV_COLUMNS } from "@/lib/questions/export/csv";
import { type ExportPage, type ExportParameters, readExport } from "@/lib/questions/export/export";
import { OpenCapture } from "@/lib/questions/open-capture";
import { linesOf, REAL_LOGS } from "@/proof/captures";
import { streamExport } from "./export-stream";

const ALL = Object.keys(CSV_COLUMNS);
const JSONL: ExportParameters = { format: "jsonl", columns: ALL };

function open(capture: TestCapture): OpenCapture {
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  return opened.value;
}

async function exported(
  capture: TestCapture,
  parameters: Partial<ExportParameters> = {},
): Promise<{ text: string; rewritten: string; pages: ExportPage[] }> {
  const reader = open(capture);
  const pages: ExportPage[] = [];
  const made = await streamExport({ ...JSONL, ...parameters }, async (asked) => {
    const page = reader.ask((one) => readExport(one, asked));
    if (page.ok) pages.push(page.value);
    return page;
  });
  if (!made.ok) throw new Error(made.failure.message);
  const text = await new Response(made.value.body).text();
  return { text, rewritten: made.value.rewritten, pages };
}

describe("an export of records", () => {
  it.each(REAL_LOGS)("gives $name back byte for byte", async ({ name, text }) => {
    const capture = new TestCapture();
    capture.add(name, text);
    expect(await exported(capture)).toMatchObject({ text, rewritten: "0" });
  });

  it("gives a large file back in its own order, in several pages of bounded size", async () => {
    const file = path.join(projectRoot(), "public", "sample", "node-3-events.log.gz");
    const log = gunzipSync(readFileSync(file)).toString("utf8");
    const capture = new TestCapture();
    capture.add("node-3", log);
    const { text, rewritten, pages } = await exported(capture);
    // Lost events and the like are no flows.
    const flows = linesOf(log).filter((one) => one.startsWith('{"flow":'));
    expect(text === lines(...flows)).toBe(true);
    expect(rewritten).toBe("0");
    expect(pages.length).toBeGreaterThan(10);
    for (const { bytes } of pages) expect(bytes.length).toBeLessThan(1.1 * 2 ** 20);
  });

  it("goes by file and line, not by time, and by the scope", async () => {
    const capture = new TestCapture();
    const [late, early, drop] = [line(9), line(1), line(5, { verdict: "DROPPED" })];
    capture.add("b", lines(late, drop));
    capture.add("a", lines(early));
    expect((await exported(capture)).text).toBe(lines(late, drop, early));
    expect((await exported(capture, { q: "verdict:DROPPED" })).text).toBe(lines(drop));
    expect((await exported(capture, { from: timeAt(5), to: timeAt(9) })).text).toBe(lines(drop));
    expect((await exported(capture, { q: "verdict:AUDIT" })).text).toBe("");
  });

  it("gives each record once that two files have", async () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(1), line(2)));
    capture.add("b", lines(line(2), line(3)));
    expect((await exported(capture)).text).toBe(lines(line(1), line(2), line(3)));
  });

  it("puts pretty-printed records on one line, keeps every digit, and says how many", async () => {
    const capture = new TestCapture();
    const pretty = `{
      "flow": { "time": "2026-08-21T12:00:00Z", "verdict": "FORWARDED", "Summary": "a \\\\ \\" b\\tc  d",
        "unknown_member": 18446744073709551615, "uuid": "u1" }\r\n}`;
    capture.add("a", `${pretty}\n${pretty.replace("u1", "u2")}\n`);
    const { text, rewritten } = await exported(capture);
    const one =
      '{"flow":{"time":"2026-08-21T12:00:00Z","verdict":"FORWARDED","Summary":"a \\\\ \\" b\\tc  d","unknown_member":18446744073709551615,"uuid":"u1"}}';
    expect(text).toBe(lines(one, one.replace("u1", "u2")));
    expect(rewritten).toBe("2");
  });

  it("gives members of a JSON array one to a line, as they are", async () => {
    const capture = new TestCapture();
    capture.add("a", `[${line(1)} ,${line(2)}]`);
    expect(await exported(capture)).toMatchObject({ text: lines(line(1), line(2)), rewritten: "0" });
  });

  it("gives rows of a table with their columns", async () => {
    const capture = new TestCapture();
    const csv =
      'TimeGenerated [UTC],Verdict,SourceNamespace,Layer4\r\n2026-08-21T12:00:00Z,DROPPED,"a ""b"", c","{""TCP"":{}}"\r\n';
    capture.add("a.csv", csv);
    const { text, rewritten } = await exported(capture);
    expect(linesOf(text).map((one) => JSON.parse(one))).toEqual([
      {
        "TimeGenerated [UTC]": "2026-08-21T12:00:00Z",
        Verdict: "DROPPED",
        SourceNamespace: 'a "b", c',
        Layer4: '{"TCP":{}}',
      },
    ]);
    expect(rewritten).toBe("1");
  });

  it("can be read in again, and is the same capture", async () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(1), line(1), line(2, { verdict: "DROPPED" })));
    const again = new TestCapture();
    again.add("b", (await exported(capture)).text);
    expect(again.flowIds()).toEqual(capture.flowIds());
  });

  it("asks for the next page only when the one before was taken, and for none when the reader leaves", async () => {
    const capture = new TestCapture();
    const big = "x".repeat(400_000);
    capture.add("a", lines(...Array.from({ length: 12 }, (_, n) => line(n, { Summary: big }))));
    const reader = open(capture);
    let asked = 0;
    const made = await streamExport(JSONL, async (parameters) => {
      asked++;
      return reader.ask((one) => readExport(one, parameters));
    });
    if (!made.ok) throw new Error(made.failure.message);
    const stream = made.value.body.getReader();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBe(1);
    await stream.read();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBe(2);
    await stream.cancel();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBe(2);
  });

  it("breaks off when the capture changes under it", async () => {
    const capture = new TestCapture();
    const big = "x".repeat(400_000);
    capture.add("a", lines(...Array.from({ length: 6 }, (_, n) => line(n, { Summary: big }))));
    const reader = open(capture);
    const made = await streamExport(JSONL, async (parameters) =>
      reader.ask((one) => readExport(one, parameters)),
    );
    if (!made.ok) throw new Error(made.failure.message);
    capture.add("b", lines(line(100)));
    await expect(new Response(made.value.body).text()).rejects.toThrow(
      "export broke off: revision_not_found",
    );
  });
});

describe("an export as CSV", () => {
  it("has the chosen columns, in their order, under a head row", async () => {
    const capture = new TestCapture();
    capture.add("a", lines(line(1, { source: { namespace: "shop", pod_name: "web-0" } }), line(undefined)));
    const { text } = await exported(capture, {
      format: "csv",
      columns: ["sourcePod", "time", "events", "isReply"],
    });
    expect(text).toBe("sourcePod,time,events,isReply\r\nweb-0,2026-08-21T12:00:01.000000000Z,1,\r\n,,1,\r\n");
  });

  it.each([
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@x", "'@x"],
    ["\tx", "'\tx"],
    ["plain", "plain"],
    ['a "b", c', '"a ""b"", c"'],
    ["=1\r\n2", `"'=1\r\n2"`],
  ])("keeps a name from being a formula or a second cell: %j", async (name, cell) => {
    const capture = new TestCapture();
    capture.add("a", lines(line(1, { source: { namespace: name } })));
    const { text } = await exported(capture, { format: "csv", columns: ["sourceNamespace"] });
    expect(text).toBe(`sourceNamespace\r\n${cell}\r\n`);
  });

  it("has a row for each flow of a large file, over several pages", async () => {
    const capture = new TestCapture();
    capture.add("a", lines(...Array.from({ length: 9000 }, (_, n) => line(n / 10))));
    const { text } = await exported(capture, { format: "csv" });
    const rows = text.split("\r\n");
    expect(rows[0]).toBe(ALL.join(","));
    expect(rows.length).toBe(9002);
    expect(new Set(rows.slice(1, -1).map((row) => row.split(",")[0])).size).toBe(9000);
  });
});

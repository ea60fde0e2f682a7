/** One invented capture in every format: what the formats have in common is the same when it has been read. */

import { beforeAll, describe, expect, it } from "vitest";
import { TestCapture } from "@/lib/jobs/testing";
import type { FlowJson, LineJson } from "../flow-json";
import { generate, plan } from "../generate";
import { FORMATS, type Format, shapeOf } from "./shape";

const lines: string[] = [];
const flows: FlowJson[] = [];

beforeAll(async () => {
  // 4,000 records of a capture of 4 minutes reach into the incident.
  const settings = plan({ seed: 7, nodes: 3, minutes: 4, records: 4000, bytes: null });
  const sink = { write: (_node: number, line: string) => lines.push(line), ready: () => Promise.resolve() };
  await generate(settings, sink, () => []);
  for (const line of lines) {
    const { flow } = JSON.parse(line) as LineJson;
    if (flow !== undefined) flows.push(flow);
  }
});

function fileIn(format: Format): string {
  const shape = shapeOf(format);
  return (
    shape.begin() +
    lines.flatMap((line) => shape.lines(line).map((text) => `${text}\n`)).join("") +
    shape.end()
  );
}

type Counts = Readonly<Record<string, number>>;

function tally(values: readonly unknown[]): Counts {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}

interface Read {
  readonly report: ReturnType<TestCapture["add"]>;
  /** Events by the values of an expression over flow and kind. */
  count(expression: string): Counts;
}

function read(format: Format): Read {
  const capture = new TestCapture();
  const report = capture.add("events", fileIn(format));
  return {
    report,
    count: (expression) =>
      Object.fromEntries(
        capture.database
          .prepare(
            `SELECT ${expression} AS value, sum(f.events) AS n FROM Flow f JOIN Kind k ON k.id = f.kindId GROUP BY 1`,
          )
          .all([])
          .map(({ value, n }) => [String(value), Number(n)]),
      ),
  };
}

const others = (): number => lines.length - flows.length;
const lost = (): number => lines.filter((line) => line.startsWith('{"lost_events"')).length;
const verdicts = (): Counts => tally(flows.map(({ verdict }) => verdict));
const replies = (): Counts =>
  tally(flows.map(({ is_reply }) => (is_reply === undefined ? null : Number(is_reply))));
const rcodes = (): Counts =>
  tally(flows.map(({ l7 }) => (l7?.dns === undefined || l7.type === "REQUEST" ? null : (l7.dns.rcode ?? 0))));
const codes = (): Counts => tally(flows.map(({ l7 }) => l7?.http?.code ?? null));
const ports = (): Counts =>
  tally(flows.map(({ l4 }) => Object.values(l4 ?? {})[0]?.destination_port ?? null));
const seconds = (): Counts => tally(flows.map(({ time }) => Math.floor(Date.parse(time ?? "") / 1000)));

const SAME: readonly Format[] = [
  "hubble",
  "azure-jsonl",
  "azure-cli",
  "azure-rest",
  "azure-csv",
  "docker",
  "cri",
];

describe("the invented capture", () => {
  it("has what the formats could lose", () => {
    expect(Object.keys(FORMATS)).toHaveLength(SAME.length + 2);
    expect(verdicts()).toMatchObject({ DROPPED: expect.any(Number), REDIRECTED: expect.any(Number) });
    expect(lost()).toBeGreaterThan(0);
    expect(rcodes()["3"]).toBeGreaterThan(0);
  });

  it.each(SAME)("as %s is the same flows", (format) => {
    const { report, count } = read(format);
    const isAzure = format.startsWith("azure");
    expect(report).toMatchObject({ accepted: flows.length, refused: 0, otherKinds: isAzure ? 0 : others() });
    expect(count("k.verdict")).toEqual(verdicts());
    expect(count("k.isReply")).toEqual(replies());
    expect(count("k.dnsRcode")).toEqual(rcodes());
    expect(count("k.httpCode")).toEqual(codes());
    expect(count("f.destinationPort")).toEqual(ports());
    expect(count("f.timeNs / 1000000000")).toEqual(seconds());
    expect(count("k.eventType")).toEqual(tally(flows.map(({ event_type }) => event_type?.type)));
    expect(count("k.dropReason")).toEqual(
      tally(flows.map(({ drop_reason_desc }) => drop_reason_desc ?? null)),
    );
    expect(count("k.present & 2 <> 0")).toEqual({ [isAzure ? 0 : 1]: flows.length });
  });

  it("as compact is the same flows, but for what is printed alike and what is not printed", () => {
    const { report, count } = read("compact");
    expect(report).toMatchObject({
      accepted: flows.length,
      refused: 0,
      otherKinds: lost(),
      formats: { "hubble-compact": flows.length + lost() },
    });
    // A policy verdict is printed as ALLOWED, whether it was redirected or not.
    const printed = flows.map(({ verdict, event_type }) =>
      event_type?.type === 5 && verdict === "REDIRECTED" ? "FORWARDED" : verdict,
    );
    expect(count("k.verdict")).toEqual(tally(printed));
    expect(count("k.isReply")).toEqual(replies());
    expect(count("k.dnsRcode")).toEqual(rcodes());
    expect(count("k.httpCode")).toEqual(codes());
    expect(count("f.destinationPort")).toEqual(ports());
    expect(count("f.timeNs / 1000000000")).toEqual(seconds());
    expect(count("k.eventType")).toEqual(tally(flows.map(({ event_type }) => event_type?.type)));
    const drops = flows.map(({ event_type }) => (event_type?.type === 1 ? event_type.sub_type : null));
    expect(count("CASE k.eventType WHEN 1 THEN k.dropCode END")).toEqual(tally(drops));
  });

  it("as aggregated records stands for the same events", () => {
    const { report, count } = read("aggregated");
    expect(report).toMatchObject({ events: flows.length, refused: 0, otherKinds: others() });
    expect(report.accepted).toBeLessThan(flows.length / 2);
    expect(count("k.verdict")).toEqual(verdicts());
    expect(count("k.isReply")).toEqual(replies());
    expect(count("k.httpCode")).toEqual(codes());
    expect(count("k.aggregated")).toEqual({ 1: flows.length });
  });
});

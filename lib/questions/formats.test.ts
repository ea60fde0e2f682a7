/** The same ten rows of Log Analytics in every shape in which they are exported are the same ten flows. */

import { describe, expect, it, onTestFinished } from "vitest";
import { parseTime } from "@/lib/base/time";
import { TestCapture } from "@/lib/jobs/testing";
import type { FlowDetailAnswer } from "./answers";
import { flowAnswerSchema } from "./answers";
import { readFlow, readFlowBytes } from "./flow";
import { readFlows } from "./flows";
import { lossRange } from "./gaps";
import { OpenCapture } from "./open-capture";

type Value = string | number | boolean | null | object;
type Row = Readonly<Record<string, Value | undefined>>;

const tcp = (port: number): object => ({ TCP: { destination_port: port } });
const web = {
  SourceNamespace: "shop",
  SourceWorkloads: [{ name: "web", kind: "Deployment" }],
  SourceIdentity: 31876,
};
const policies = JSON.stringify([{ name: "deny-bank", namespace: "shop", kind: "CiliumNetworkPolicy" }]);

/** Ten rows as they stand in the table: numbers are numbers, dynamic columns objects, the rest null. */
const TEN: readonly Row[] = [
  {
    ...web,
    Verdict: "FORWARDED",
    Layer4: tcp(443),
    Reply: false,
    EgressFlowCount: 40,
    UnknownDirectionFlowCount: 2,
  },
  { ...web, Verdict: "DROPPED", DropReason: "POLICY_DENIED", Layer4: tcp(5432), EgressFlowCount: 3 },
  {
    ...web,
    Verdict: "DROPPED",
    DropReason: "POLICY_DENY",
    EgressFlowCount: 1,
    Policies: { egress_denied_by: policies },
  },
  {
    ...web,
    Verdict: "FORWARDED",
    Reply: true,
    IngressFlowCount: 7,
    IP: { ipVersion: "IPv4", encrypted: true },
  },
  {
    ...web,
    Verdict: "FORWARDED",
    FlowType: "L7",
    IngressFlowCount: 5,
    Layer7: { type: "RESPONSE", dns: { rcode: 3 } },
  },
  {
    ...web,
    Verdict: "FORWARDED",
    FlowType: "L7",
    IngressFlowCount: 6,
    Layer7: { type: "RESPONSE", http: { code: 503 } },
  },
  { ...web, Verdict: "AUDIT", DestinationIdentity: 2, DestinationClusterName: "prod" },
  {
    Verdict: "FORWARDED",
    SourceNamespace: "shop",
    SourcePodName: "web-0",
    NodeName: "aks-np-01",
    EventType: { type: 4, sub_type: 3 },
    TraceObservationPoint: "TO_STACK",
    TrafficDirection: "EGRESS",
    IP: { source: "10.0.0.1", destination: "10.0.0.2", ipVersion: "IPv4" },
    Layer4: { TCP: { source_port: 44916, destination_port: 80, flags: { SYN: true } } },
  },
  {
    Verdict: "FORWARDED",
    DestinationNamespace: "shop",
    Service: { DestinationService: "api", DestinationServiceNamespace: "shop" },
    AdditionalFlowData: { SourceLabels: ["k8s:app=web", 'k8s:note=a "b", c'], Summary: "TCP Flags:\nSYN" },
    IngressFlowCount: 1,
  },
  { Verdict: "FORWARDED", SourceNamespace: "naïve,shop", EgressFlowCount: 2 },
].map((row, index) => ({
  TenantId: "t",
  TimeGenerated: `2026-08-21T22:12:3${index}.123Z`,
  UUID: `2b6ac1a6-6a9a-4b9b-8d8f-6b41e2a3c00${index}`,
  ...row,
  Type: "ContainerNetworkLogs",
}));

/** Columns in the order of the table. */
const COLUMNS = [...new Set(TEN.flatMap((row) => Object.keys(row)))].sort();

const text = (value: Value | undefined): string | null => {
  if (value === undefined || value === null) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
};
/** Python's spelling. */
const word = (value: Value | undefined): string =>
  typeof value === "boolean" ? (value ? "True" : "False") : (text(value) ?? "None");
const cell = (value: string): string => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

function cli(): string {
  const rows = TEN.map((row) => ({
    TableName: "PrimaryResult",
    ...Object.fromEntries(COLUMNS.map((name) => [name, word(row[name])])),
  }));
  return JSON.stringify(rows, null, 2);
}

function table(): object {
  const columns = COLUMNS.map((name) => ({ name, type: "dynamic" }));
  const cells = (row: Row): (Value | null)[] =>
    COLUMNS.map((name) => (typeof row[name] === "object" ? text(row[name]) : (row[name] ?? null)));
  return { tables: [{ name: "PrimaryResult", columns, rows: TEN.map(cells) }] };
}

function csv(time: (text: string) => string, zone: string, separator = ","): string {
  const header = COLUMNS.map((name) => (name === "TimeGenerated" ? `${name}${zone}` : name)).join(separator);
  const rows = TEN.map((row) =>
    COLUMNS.map((name) =>
      cell(name === "TimeGenerated" ? time(String(row[name])) : (text(row[name]) ?? "")),
    ).join(separator),
  );
  return `\ufeff${header}\r\n${rows.join("\r\n")}\r\n`;
}

/** Cells padded to the longest of their column, below a rule of hyphens. */
function ruled(): string {
  const names = ["TableName", ...COLUMNS];
  const rows = TEN.map((row) => ["PrimaryResult", ...COLUMNS.map((name) => word(row[name]))]);
  const widths = names.map((name, at) =>
    Math.max(name.length + 2, ...rows.map((cells) => cells[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((value, at) => value.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(names), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const american = (time: string): string => `8/21/2026, 10:12:${time.slice(17, 23)} PM`;

const jsonLines = (): string => TEN.map((row) => `${JSON.stringify(row)}\n`).join("");

const SHAPES: readonly (readonly [string, string])[] = [
  ["data export, JSON lines", jsonLines()],
  ["az monitor log-analytics query -o json", cli()],
  ["REST answer on one line", JSON.stringify(table())],
  ["REST answer over many lines", JSON.stringify(table(), null, 1)],
  ["portal CSV, times in UTC", csv(american, " [UTC]")],
  [
    "portal CSV, times two hours east",
    csv((time) => `22.8.2026, 00:12:${time.slice(17, 23)}`, " [UTC+02:00]"),
  ],
  ["CSV with RFC 3339", csv((time) => time, "")],
  ["CSV of a spreadsheet", csv((time) => time, "", ";")],
  ["cells parted by tabs", csv((time) => time, "", "\t")],
  ["az monitor log-analytics query -o table", `${ruled()}\n`],
  [
    "CSV whose names are written apart",
    csv((time) => time, "").replace(/^.*/, (names) =>
      names.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase(),
    ),
  ],
  [
    "Event Hub batches",
    `${JSON.stringify({ records: TEN.slice(0, 4) })}\n${JSON.stringify({ records: TEN.slice(4) })}`,
  ],
  ["lines of a shipper", TEN.map((row) => JSON.stringify({ message: JSON.stringify(row) })).join("\n")],
  ["a REST answer in a log line", JSON.stringify({ log: JSON.stringify(table()) })],
];

interface Read {
  readonly report: ReturnType<TestCapture["add"]>;
  readonly flows: readonly FlowDetailAnswer[];
  readonly bytes: readonly string[];
}

function readBack(...files: readonly string[]): Read {
  const capture = new TestCapture();
  const reports = files.map((file, index) => capture.add(`file-${index}`, file));
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  const open = opened.value;
  onTestFinished(() => open.close());
  const page = open.ask((it) => readFlows(it, { limit: 500, order: "asc", total: false }));
  if (!page.ok) throw new Error(page.failure.message);
  const details = page.value.flows.map(({ id }) => {
    const answer = open.ask((it) => readFlow(it, id));
    const raw = open.ask((it) => readFlowBytes(it, id));
    if (!answer.ok || !raw.ok) throw new Error(`flow ${id}`);
    return { flow: flowAnswerSchema.parse(answer.value), bytes: Buffer.from(raw.value).toString("utf8") };
  });
  const report = reports.at(-1);
  if (report === undefined) throw new Error("no file");
  return { report, flows: details.map(({ flow }) => flow), bytes: details.map(({ bytes }) => bytes) };
}

/** What must be equal in all shapes: everything but the id. */
const content = ({ flow }: FlowDetailAnswer): object => ({
  ...(JSON.parse(JSON.stringify(flow)) as object),
  id: undefined,
});

describe("ten rows of ContainerNetworkLogs", () => {
  it("are what the table says", () => {
    const { flows } = readBack(jsonLines());
    expect(flows.map(({ flow }) => [flow.verdict, flow.events, flow.eventsAtLeast])).toEqual([
      ["FORWARDED", 42, false],
      ["DROPPED", 3, false],
      ["DROPPED", 1, false],
      ["FORWARDED", 7, false],
      ["FORWARDED", 5, false],
      ["FORWARDED", 6, false],
      ["AUDIT", 1, true],
      ["FORWARDED", 1, false],
      ["FORWARDED", 1, false],
      ["FORWARDED", 2, false],
    ]);
    expect(flows.map(({ flow }) => flow.time)).toEqual(
      TEN.map((_, index) => `2026-08-21T22:12:3${index}.123000000Z`),
    );
    expect(flows[2]?.flow.egressDeniedBy).toEqual([
      { name: "deny-bank", namespace: "shop", kind: "CiliumNetworkPolicy" },
    ]);
    expect(flows[4]?.flow.l7).toEqual({ type: "RESPONSE", dns: { rcode: 3 } });
    expect(flows[8]?.flow.source?.labels).toEqual(["k8s:app=web", 'k8s:note=a "b", c']);
    expect(flows[9]?.row.source.namespace).toBe("naïve,shop");
    expect(flows.every(({ raw }) => raw.format === "log-analytics" && !raw.lossy)).toBe(true);
  });

  it.each(SHAPES)("are the same ten flows: %s", (_name, file) => {
    const expected = readBack(jsonLines()).flows.map(content);
    const { report, flows } = readBack(file);
    expect(report).toMatchObject({
      read: 10,
      accepted: 10,
      refused: 0,
      otherKinds: 0,
      duplicate: 0,
      formats: { "log-analytics": 10 },
    });
    expect(flows.map(content)).toEqual(expected);
  });

  it.each(SHAPES.slice(0, 12))("each keep the bytes of their row: %s", (_name, file) => {
    const { bytes, flows } = readBack(file);
    expect(new Set(bytes).size).toBe(10);
    for (const [index, row] of bytes.entries()) {
      expect(file).toContain(row);
      expect(row).toContain(String(TEN[index]?.UUID));
      expect(flows[index]?.raw.line).toBe(file.slice(0, file.indexOf(row)).split("\n").length);
    }
  });

  it("are not counted again when the shipper gave them other UUIDs, and keep what differs", () => {
    const again = jsonLines().replaceAll("2b6ac1a6", "ffffffff");
    expect(readBack(jsonLines(), again).report).toMatchObject({
      state: "nothing-new",
      read: 10,
      duplicate: 10,
    });
    expect(
      readBack(jsonLines(), again.replace('"EgressFlowCount":40', '"EgressFlowCount":41')).report,
    ).toMatchObject({
      accepted: 1,
      duplicate: 9,
    });
  });
});

describe("what other formats keep", () => {
  it("a record in columns, in a text with others, in a list beside others, over lines of Python, in an open list", () => {
    const time = "2026-08-21T12:12:18Z";
    const flow = (n: number): object => ({ verdict: "DROPPED", time, Summary: `flow ${n}` });
    const record = (n: number): string => JSON.stringify({ flow: flow(n) });
    const lost = { source: "HUBBLE_RING_BUFFER", num_events_lost: "5" };
    const file = [
      JSON.stringify({ message: `${record(1)}\n${record(2)}` }),
      JSON.stringify({ flows: [flow(3)], lost_events: lost, more: [flow(4), { count: 1 }] }),
      JSON.stringify({ flow: flow(5), lost_events: lost }),
      "flow.verdict,flow.time,flow.Summary",
      `DROPPED,${time},flow 6`,
      `{'flow': {'Summary': 'flow '\n                     '7',\n          'verdict': 'DROPPED'}}`,
      `[${record(8)},`,
    ].join("\n");
    const { report, flows } = readBack(file);
    expect(report).toMatchObject({ read: 12, accepted: 8, otherKinds: 2, refused: 2, duplicate: 0 });
    const shown = flows.map((each) => [each.flow.summary, each.flow.verdict, each.raw.line]);
    expect(shown.sort()).toEqual([
      ["flow 1", "DROPPED", 1],
      ["flow 2", "DROPPED", 1],
      ["flow 3", "DROPPED", 2],
      ["flow 4", "DROPPED", 2],
      ["flow 5", "DROPPED", 3],
      ["flow 6", "DROPPED", 5],
      ["flow 7", "DROPPED", 6],
      ["flow 8", "DROPPED", 9],
    ]);
  });

  it("a record in parts, with lines of another stream between them", () => {
    const record = '{"flow":{"verdict":"DROPPED","time":"2026-08-21T12:12:18Z","Summary":"x"}}';
    const cri = (stream: string, rest: string): string => `2026-08-21T12:12:19Z ${stream} ${rest}`;
    const [first, between, last] = [
      cri("stdout", `P ${record.slice(0, 30)}`),
      cri("stderr", "F level=info"),
      cri("stdout", `F ${record.slice(30)}`),
    ];
    const { report, flows, bytes } = readBack(`${first}\n${between}\n${last}\n`);
    expect(report).toMatchObject({ read: 2, accepted: 1, refused: 1 });
    expect(flows[0]?.flow.summary).toBe("x");
    expect(bytes).toEqual([`${first}\n${last}`]);
  });

  it("printed flows, marked as lossy, with the time as it was printed", () => {
    const printed =
      "Aug 21 12:12:18.510: shop/web-0:5 (ID:7777) -> 10.0.0.2:80 (world) to-stack FORWARDED (TCP Flags: SYN)";
    const dict =
      "TIMESTAMP: 2026-08-21T12:12:18Z\n     SOURCE: shop/web-0:5\nDESTINATION: 10.0.0.2:80\n       TYPE: to-stack\n    VERDICT: FORWARDED\n    SUMMARY: UDP";
    const { flows, bytes } = readBack(`${printed}\n  ${dict}\n------------\n`);
    expect(flows.map(({ raw, flow, row }) => [raw.format, raw.lossy, flow.timeText, row.time])).toEqual([
      ["hubble-compact", true, "Aug 21 12:12:18.510", null],
      ["hubble-dict", true, undefined, "2026-08-21T12:12:18.000000000Z"],
    ]);
    expect(bytes).toEqual([printed, dict]);
  });

  it("the range of a loss, however its record was written", () => {
    const lost =
      '{"lost_events":{"num_events_lost":"5","first":"2026-08-21T12:12:18Z","last":"2026-08-21T12:12:20Z"},"time":"2026-08-21T12:12:21Z"}';
    const cri = (rest: string): string => `2026-08-21T12:12:22Z stdout ${rest}`;
    const files = [
      lost,
      `${cri(`P ${lost.slice(0, 40)}`)}\n${cri(`F ${lost.slice(40)}`)}`,
      JSON.stringify({
        message: JSON.stringify({ records: [JSON.parse(lost.replace("5", "6")) as object] }),
      }),
      "EVENTS LOST: HUBBLE_RING_BUFFER CPU(0) 5",
    ];
    const capture = new TestCapture();
    for (const [index, file] of files.entries())
      expect(capture.add(`file-${index}`, file).otherKinds).toBe(1);
    const opened = OpenCapture.open(capture.file);
    if (!opened.ok) throw new Error(opened.failure.message);
    const open = opened.value;
    onTestFinished(() => open.close());
    const ids = capture.database.prepare("SELECT id FROM OtherRecord ORDER BY id").all([]);
    const range = { from: parseTime("2026-08-21T12:12:18Z"), to: parseTime("2026-08-21T12:12:20Z") };
    expect(
      ids.map(({ id }) => open.ask((it) => ({ ok: true as const, value: lossRange(it, Number(id)) }))),
    ).toEqual([
      { ok: true, value: range },
      { ok: true, value: range },
      { ok: true, value: range },
      { ok: true, value: undefined },
    ]);
  });
});

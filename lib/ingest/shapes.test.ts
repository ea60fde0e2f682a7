/** How files of every layout are cut into records: places, lines, what is counted. */

import { describe, expect, it } from "vitest";
import { openBytes } from "@/lib/capture/likeness";
import { findPlace } from "@/lib/capture/raw";
import type { FlowBatch } from "@/lib/flow/batch";
import { LIMITS } from "./limits";
import { batchesOf, recordsOf } from "./testing";

interface Cut {
  /** Original texts of all records, in order, with their lines. */
  readonly records: readonly string[];
  readonly lines: readonly number[];
  readonly formats: Record<string, number>;
  readonly refusedBy: Record<string, number>;
  readonly flows: number;
}

function cutOf(batches: readonly FlowBatch[]): Cut {
  const records: string[] = [];
  const lines: number[] = [];
  const formats: Record<string, number> = {};
  const refusedBy: Record<string, number> = {};
  let flows = 0;
  for (const batch of batches) {
    for (const { bytes, line } of recordsOf(batch, { findPlace, openBytes })) {
      records.push(bytes.toString("utf8"));
      lines.push(line);
    }
    for (const [name, count] of Object.entries(batch.formats)) formats[name] = (formats[name] ?? 0) + count;
    for (const [name, count] of Object.entries(batch.refusedBy))
      refusedBy[name] = (refusedBy[name] ?? 0) + count;
    flows += batch.flows;
  }
  return { records, lines, formats, refusedBy, flows };
}

/** The same, however the bytes are portioned and blocks are cut. */
function cut(file: string): Cut {
  const whole = cutOf(batchesOf(file, 65_536, LIMITS));
  const small = { ...LIMITS, blockBytes: 256, scannedFrom: 128 };
  for (const [step, limits] of [
    [1, LIMITS],
    [7, small],
    [100, { ...small, blockDocuments: 2 }],
  ] as const)
    expect(cutOf(batchesOf(file, step, limits))).toEqual(whole);
  return whole;
}

const FLOW = '{"flow":{"verdict":"DROPPED","time":"2026-08-21T12:12:18Z"},"node_name":"n1"}';
const ROW = { TimeGenerated: "2026-08-21T12:12:18Z", Verdict: "DROPPED", SourceNamespace: "shop" };

describe("a document that holds records", () => {
  const rows = [
    ["2026-08-21T12:12:18Z", "DROPPED", '{"TCP":{"destination_port":443}}'],
    ["2026-08-21T12:12:19Z", "FORWARDED", null],
    ["2026-08-21T12:12:20Z", "AUDIT", '[]{}"\\'],
  ];
  const table = {
    name: "PrimaryResult",
    columns: ["TimeGenerated", "Verdict", "Layer4"].map((name) => ({ name, type: "string" })),
    rows,
  };

  it.each([
    ["on one line", JSON.stringify({ tables: [table] })],
    ["over many", JSON.stringify({ tables: [table] }, null, 2)],
    [
      "behind other members",
      JSON.stringify({ statistics: { a: [1] }, tables: [{ kind: null, ...table }], render: {} }, null, 1),
    ],
  ])("gives each row of a query answer its own stretch: %s", (_name, file) => {
    const { records, refusedBy, formats, flows } = cut(file);
    expect(records.map((text) => JSON.parse(text) as unknown)).toEqual(rows);
    expect(formats).toEqual({ "log-analytics": 2 });
    // The third row's Layer4 is no JSON.
    expect([flows, refusedBy]).toEqual([2, { field_invalid: 1 }]);
  });

  it("reads the rows of each table with its own columns", () => {
    const other = {
      columns: [{ name: "Verdict" }, { name: "TimeGenerated" }],
      rows: [["DROPPED", "2026-08-21T12:12:18Z"]],
    };
    const { formats, refusedBy } = cut(
      JSON.stringify({ tables: [{ ...table, rows: rows.slice(0, 2) }, other] }),
    );
    expect([formats, refusedBy]).toEqual([{ "log-analytics": 3 }, {}]);
  });

  it("reads the tables of Kusto, in both of its forms", () => {
    const kusto = {
      Columns: ["TimeGenerated", "Verdict", "Layer4"].map((ColumnName) => ({
        ColumnName,
        DataType: "String",
      })),
      Rows: rows.slice(0, 2),
    };
    const frames = [{ FrameType: "DataSetHeader" }, { FrameType: "DataTable", ...kusto }];
    for (const document of [{ Tables: [{ TableName: "Table_0", ...kusto }] }, frames]) {
      const { formats, records } = cut(`${JSON.stringify(document)}\n${FLOW}\n`);
      expect(formats).toEqual({ "log-analytics": 2, hubble: 1 });
      expect(records).toContain(JSON.stringify(rows[0]));
    }
  });

  it("may be one table by itself, as libraries for Log Analytics give it", () => {
    const { formats, refusedBy } = cut(JSON.stringify({ ...table, rows: rows.slice(0, 2) }));
    expect([formats, refusedBy]).toEqual([{ "log-analytics": 2 }, {}]);
  });

  it("whose rows have no columns holds no record, and that is said", () => {
    expect(cut('{"Rows":[["2026-08-21T12:12:18Z","DROPPED"]]}').refusedBy).toEqual({ not_a_flow: 1 });
  });

  it("may hold lists of records in its list: all are at the place of the document", () => {
    const { formats, refusedBy, lines } = cut(`{"records":[[${FLOW},${FLOW}],\n[${FLOW}]]}\n${FLOW}`);
    expect([formats, refusedBy, lines]).toEqual([{ hubble: 4 }, {}, [1, 1, 1, 3]]);
  });

  it("is read from a list that stands in a text", () => {
    const message = JSON.stringify([JSON.parse(FLOW), FLOW, [JSON.parse(FLOW)]]);
    const { formats, refusedBy } = cut(JSON.stringify({ message }));
    expect([formats, refusedBy]).toEqual([{ hubble: 3 }, {}]);
  });

  it("is not looked for in lists that lie deeper than three levels", () => {
    const { formats, refusedBy } = cut(`[[[${FLOW}]]]\n[[[[${FLOW}]]]]\n${FLOW}`);
    expect([formats, refusedBy]).toEqual([{ hubble: 2 }, { too_deep: 1 }]);
  });

  it("gives each record of a batch its own stretch, and goes on with the next line", () => {
    const batch = `{"records":[${JSON.stringify(ROW)}, ${FLOW},\n"not a record",7]}`;
    const { records, lines, formats, refusedBy } = cut(`${FLOW}\n${batch}\n${FLOW}\n`);
    expect(records).toEqual([FLOW, JSON.stringify(ROW), FLOW, '"not a record"', "7", FLOW]);
    expect(lines).toEqual([1, 2, 2, 3, 3, 4]);
    expect([formats, refusedBy]).toEqual([{ hubble: 3, "log-analytics": 1 }, { not_a_record: 2 }]);
  });

  it("cuts out of lists of other names what may be a record, and what stands by the name of its kind", () => {
    const lost = '{"num_events_lost":"5","source":"HUBBLE_RING_BUFFER"}';
    const strange = '{"count":5}';
    const text = JSON.stringify(lost);
    const rest = `"lost":[${lost}, 7,"a",[[${FLOW}]],\n${strange},${text}]`;
    const flows = Array.from({ length: 900 }, () => FLOW);
    const kept = [lost, FLOW, strange, text];
    for (const many of [flows.slice(0, 2), flows])
      for (const [before, behind, expected] of [
        [`${rest},"lost_events":${lost},`, "", [...kept, lost, ...many]],
        [
          "",
          `,${rest},"nodeStatus":{"state_change":"NODE_GONE"}`,
          [...many, ...kept, '{"state_change":"NODE_GONE"}'],
        ],
      ] as const) {
        const { records, refusedBy, formats } = cut(
          `{${before}"flows":[${many.join(",")}]${behind}}\n${FLOW}\n`,
        );
        expect(records).toEqual([...expected, FLOW]);
        expect(refusedBy).toEqual({ not_a_flow: 1 });
        expect(formats).toEqual({ hubble: many.length + 2, "hubble-bare": 3 });
      }
  });

  it("is none when only lists of other names hold records, and may break off in one", () => {
    const { records, refusedBy } = cut(`{"lost":[${FLOW},"`);
    expect([records.length, refusedBy]).toEqual([1, { torn: 1 }]);
    const broken = cut(`{"flows":[${FLOW}],"lost":[${FLOW},"`);
    expect([broken.records, broken.refusedBy]).toEqual([[FLOW, FLOW, ""], { torn: 1 }]);
  });

  it("finds the hits of an answer", () => {
    const { records, formats } = cut(
      JSON.stringify({ took: 1, hits: { total: 1, hits: [{ _source: JSON.parse(FLOW) as object }] } }),
    );
    expect(records).toEqual([`{"_source":${FLOW}}`]);
    expect(formats).toEqual({ hubble: 1 });
  });

  it("gives each line of an answer of Loki its own stretch, of every stream", () => {
    const values = (...lines: string[]): object => ({
      stream: {},
      values: lines.map((line) => ["17", line]),
    });
    const answer = {
      status: "success",
      data: { result: [values(FLOW, "no record"), values(FLOW)], stats: {} },
    };
    for (const file of [JSON.stringify(answer), JSON.stringify(answer, null, 1)]) {
      const { records, formats, refusedBy } = cut(file);
      expect(records.map((text) => (JSON.parse(text) as string[])[1])).toEqual([FLOW, "no record", FLOW]);
      expect([formats, refusedBy]).toEqual([{ hubble: 2 }, { not_a_record: 1 }]);
    }
  });

  it("may hold its lists in lists, and goes on with what comes behind", () => {
    const record = { body: { stringValue: FLOW } };
    const batch = JSON.stringify({
      resourceLogs: [{ scopeLogs: [{ logRecords: [record] }, { logRecords: [record] }] }],
    });
    const { records, formats } = cut(`${batch}\n${FLOW}\n`);
    expect(records).toEqual([JSON.stringify(record), JSON.stringify(record), FLOW]);
    expect(formats).toEqual({ hubble: 3 });
  });

  it("that is held in a text shares its stretch among its records", () => {
    const line = JSON.stringify({ message: `{"records":[${FLOW},${JSON.stringify(ROW)},{"a":1}]}` });
    const { records, formats, refusedBy } = cut(`${FLOW}\n${line}\n${FLOW}\n`);
    expect(records).toEqual([FLOW, line, line, line, FLOW]);
    expect([formats, refusedBy]).toEqual([{ hubble: 3, "log-analytics": 1 }, { not_a_flow: 1 }]);
  });

  it("may be a text with records on lines, which share its stretch", () => {
    const line = JSON.stringify({ message: `${FLOW}\n${FLOW}\n` });
    const row = `x,"${`${FLOW}\n${FLOW}`.replaceAll('"', '""')}"`;
    const { records, formats, refusedBy } = cut(`${line}\n@timestamp,message\n${row}\n${FLOW}\n`);
    expect(records).toEqual([line, line, row, row, FLOW]);
    expect([formats, refusedBy]).toEqual([{ hubble: 5 }, {}]);
  });

  it("that breaks off refuses what breaks and reads what came before and comes behind", () => {
    const { formats, refusedBy } = cut(`{"records":[${FLOW},{"flow":{"verd\n${FLOW}\n`);
    expect([formats, refusedBy]).toEqual([{ hubble: 2 }, { torn: 1 }]);
  });

  it("whose list the file does not close is told of once", () => {
    const reasons = (text: string): string[] =>
      batchesOf(text).flatMap(({ refusals }) => refusals.map(({ code, reason }) => `${code}: ${reason}`));
    const many = Array.from({ length: 900 }, () => FLOW).join(",");
    for (const text of [`[${FLOW},`, `[${FLOW}\n`, `{"flows":[${many},`, `{"flows":[${many}]`])
      expect(reasons(text)).toEqual([expect.stringMatching(/^torn: The file ends inside a list of records/)]);
    expect(reasons(`{"records":[${FLOW},${FLOW}`)).toEqual([expect.stringMatching(/^torn: /)]);
    expect(reasons(`[${FLOW},{"flow":{"verd`)).toEqual([
      expect.stringMatching(/^torn: The record breaks off/),
    ]);
    expect(reasons(`[${FLOW}]\n[]\n{"records":[${FLOW}]}\n`)).toEqual([]);
    const two = cut(`[${FLOW},\n${FLOW},\n`);
    expect([two.records, two.lines, two.refusedBy]).toEqual([[FLOW, FLOW, ""], [1, 2, 3], { torn: 1 }]);
  });

  it("loses only the member that is too deep or too large", () => {
    const deep = `{"a":${"[".repeat(70)}${"]".repeat(70)}}`;
    const inBatch = cut(`{"records":[\n${FLOW},${deep},${FLOW}]}`);
    expect([inBatch.formats, inBatch.refusedBy]).toEqual([{ hubble: 2 }, { too_deep: 1 }]);
    const inArray = cut(`[${FLOW},${deep},${FLOW}]`);
    expect([inArray.formats, inArray.refusedBy]).toEqual([{ hubble: 2 }, { too_deep: 1 }]);
  });
});

describe("CSV", () => {
  const header = "TimeGenerated [UTC],Verdict,AdditionalFlowData";

  it("is read by its header, which is no record; cells may hold line breaks", () => {
    const rows = [
      "2026-08-21T12:12:18Z,DROPPED,",
      '2026-08-21T12:12:18Z,FORWARDED,"{""Summary"":\n""a,b""}"',
      '"8/21/2026, 12:12:18 PM",AUDIT,',
    ];
    const { records, lines, formats } = cut(`\ufeff${header}\r\n${rows.join("\r\n")}\r\n`);
    expect(records).toEqual(rows);
    expect(lines).toEqual([2, 3, 5]);
    expect(formats).toEqual({ "log-analytics": 3 });
  });

  it.each([
    [",", "sep=,"],
    [";", "sep=;"],
    ["\t", "sep="],
    ["\t", "SEP=\t"],
    ["|", "sep=|"],
  ])("parted by %j may say so to Excel first", (separator, said) => {
    const row = ["2026-08-21T12:12:18Z", "DROPPED", ""].join(separator);
    const { records, lines, formats, refusedBy } = cut(
      `\ufeff${said}\r\n${header.replaceAll(",", separator)}\r\n${row}\r\n`,
    );
    expect([records, lines]).toEqual([[row], [3]]);
    expect([formats, refusedBy]).toEqual([{ "log-analytics": 1 }, {}]);
  });

  it("of a log store has the record as a cell", () => {
    const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const rows = [`"Aug 21, 2026 @ 12:12:18.000",n1,${cell(FLOW)}`, `x,n1,${cell("level=info")}`];
    const { records, formats, refusedBy } = cut(`"@timestamp",host.name,Message\n${rows.join("\n")}\n`);
    expect(records).toEqual(rows);
    expect([formats, refusedBy]).toEqual([{ hubble: 1 }, { not_a_record: 1 }]);
  });

  it("is not begun by a line of a log that holds such a word", () => {
    const { records, formats, refusedBy } = cut(`level=info, event, started: 1\n${FLOW}\n`);
    expect(records).toHaveLength(2);
    expect([formats, refusedBy]).toEqual([{ hubble: 1 }, { not_a_record: 1 }]);
  });

  it("with a quote that is never closed loses that row alone", () => {
    const { records, refusedBy, formats } = cut(
      `${header}\n2026-08-21T12:12:18Z,DROPPED,"torn\n2026-08-21T12:12:18Z,DROPPED,\n${FLOW}\n`,
    );
    expect(records).toHaveLength(3);
    expect([formats, refusedBy]).toEqual([{ "log-analytics": 1, hubble: 1 }, { not_a_record: 1 }]);
  });

  it("may have columns without a name: numbers of rows before, nothing behind", () => {
    const { records, lines, formats, refusedBy } = cut(
      `\ufeff,flow.time,flow.verdict\n0,2026-08-21T12:12:18Z,DROPPED\n1,2026-08-21T12:12:19Z,AUDIT,\n`,
    );
    expect(records).toEqual(["0,2026-08-21T12:12:18Z,DROPPED", "1,2026-08-21T12:12:19Z,AUDIT,"]);
    expect([lines, formats, refusedBy]).toEqual([[2, 3], { hubble: 2 }, {}]);
    const line = cut(`,"@timestamp",message\n0,x,"${FLOW.replaceAll('"', '""')}"\n`);
    expect([line.formats, line.refusedBy]).toEqual([{ hubble: 1 }, {}]);
  });

  it("may be a table for people, whose rules are no records", () => {
    const { records, formats, refusedBy } = cut(
      "| verdict | time | source_namespace |\n|---|:--:|---|\n| DROPPED | 2026-08-21T12:12:18Z | shop |\n",
    );
    expect(records).toEqual(["| DROPPED | 2026-08-21T12:12:18Z | shop |"]);
    expect([formats, refusedBy]).toEqual([{ "hubble-bare": 1 }, {}]);
  });

  it("says why a line is no row", () => {
    const row = "2026-08-21T12:12:18Z,DROPPED";
    const reasons = (text: string): string[] =>
      batchesOf(text).flatMap((batch) => batch.refusals.map(({ code, reason }) => `${code}: ${reason}`));
    expect(reasons(`${header}\n${row}\n${row},"x\nhello\n`)).toEqual([
      "not_a_record: A row of 2 cells below a header of 3.",
      "not_a_record: A row that does not fit its header.",
      "not_a_record: No JSON object in this line.",
    ]);
    expect(reasons(`"2026-08-21T12:12:18Z","DROPPED","shop"\n`)).toEqual([
      expect.stringMatching(/^known_not_read: Row of a table without its header/),
    ]);
    expect(reasons("2026-08-21T12:12:18Z,ERROR,shop failed\n")).toEqual([
      "not_a_record: No JSON object in this line.",
    ]);
  });

  it("changes its columns with the next header", () => {
    const { formats, refusedBy } = cut(
      `${header}\n2026-08-21T12:12:18Z,DROPPED,\nVerdict,Timestamp\nDROPPED,2026-08-21T12:12:18Z\n`,
    );
    expect([formats, refusedBy]).toEqual([{ "log-analytics": 2 }, {}]);
  });
});

describe("a table with a rule below its header", () => {
  const header = "AdditionalFlowData   TimeGenerated          Verdict";
  const rule = "-------------------  ---------------------  ---------";
  const rows = [
    '{"Summary":"a  b"}   2026-08-21T12:12:18Z   DROPPED',
    "                     2026-08-21T12:12:19Z   FORWARDED",
  ] as const;

  it("is read by the places of its columns; header and rule are no records", () => {
    const { records, lines, formats, refusedBy } = cut(
      `${FLOW}\n${header}\r\n${rule}\r\n${rows.join("\r\n")}\r\n${FLOW}\n`,
    );
    expect(records).toEqual([FLOW, ...rows, FLOW]);
    expect(lines).toEqual([1, 4, 5, 6]);
    expect([formats, refusedBy]).toEqual([{ hubble: 2, "log-analytics": 2 }, {}]);
  });

  it("reads no row whose cells stand elsewhere, and no header without its rule", () => {
    const moved = "x                   2026-08-21T12:12:18Z   DROPPED";
    expect(cut(`${header}\n${rule}\n${moved}\nhello\n`).refusedBy).toEqual({ not_a_record: 2 });
    const bare = cut(`${header}\n${rows[1]}\n${FLOW}\n`);
    expect([bare.formats, bare.refusedBy]).toEqual([{ hubble: 1 }, { not_a_record: 2 }]);
    expect(cut(header).refusedBy).toEqual({ not_a_record: 1 });
  });

  it("may have members as columns", () => {
    const { formats } = cut(
      "flow.verdict  flow.time\n------------  --------------------\nDROPPED       2026-08-21T12:12:18Z\n",
    );
    expect(formats).toEqual({ hubble: 1 });
  });

  it("without a header is refused row by row, with what to do", () => {
    const row = 'PrimaryResult\t{"source":"10.0.0.1"}\t2026-08-21T12:12:18Z\tDROPPED';
    const refusals = batchesOf(`${row}\n${row}\n`).flatMap((batch) => batch.refusals);
    expect(refusals.map(({ code }) => code)).toEqual(["known_not_read", "known_not_read"]);
    expect(refusals[0]?.reason).toContain("-o json in place of -o tsv");
  });
});

describe("cells parted by tabs", () => {
  it("may have their types below the header, as ClickHouse writes them", () => {
    const { formats, refusedBy } = cut(
      "flow.time\tflow.verdict\tflow.source.labels\nString\tString\tArray(String)\n2026-08-21T12:12:18Z\tDROPPED\t['k8s:a=b']\n",
    );
    expect([formats, refusedBy]).toEqual([{ hubble: 1 }, {}]);
  });

  it("may be JSON without quotes, also the first one", () => {
    const row = `${JSON.stringify(JSON.parse(FLOW).flow)}\tn1\t2026-08-21T12:12:18Z`;
    const { records, formats, refusedBy } = cut(`flow\tnode_name\ttime\n${row}\n${FLOW}\n${row}\n`);
    expect(records).toEqual([row, FLOW, row]);
    expect([formats, refusedBy]).toEqual([{ hubble: 3 }, {}]);
  });
});

describe("dictionaries that pprint printed", () => {
  const record = [
    "{'flow': {'IP': {'destination': '10.0.0.2', 'source': '10.0.0.1'},",
    "          'Summary': 'TCP Flags: '",
    "                     'a } and {',",
    "          'is_reply': True,",
    "          'source_names': [\"it's\", 'b\\\\'],",
    "          'verdict': 'DROPPED'},",
    " 'node_name': 'n1'}",
  ].join("\n");

  it("are one record each, alone, in a list, and beside others", () => {
    const indented = record.replaceAll("\n", "\n ");
    const { records, lines, formats, refusedBy } = cut(
      `${record}\n${FLOW}\n${record}\r\n[${indented},\n ${indented}]\n{'flow': {'verdict': 'AUDIT'}}\n`,
    );
    expect(records).toEqual([record, FLOW, record, indented, indented, "{'flow': {'verdict': 'AUDIT'}}"]);
    expect(lines).toEqual([1, 8, 9, 16, 23, 30]);
    expect([formats, refusedBy]).toEqual([{ hubble: 6 }, {}]);
  });

  it("that break off are refused, and take no record with them", () => {
    const torn = record.slice(0, 100);
    const { formats, refusedBy } = cut(`${torn}\n${FLOW}\n${record}\n${torn}`);
    expect(formats).toEqual({ hubble: 2 });
    expect(refusedBy).toEqual({ torn: 2, not_a_record: 2 });
    expect(cut(`{'a\n{'b': [\n {'c': (\n`).formats).toEqual({});
  });
});

describe("printed records", () => {
  const dict = (verdict: string): string =>
    `  TIMESTAMP: Aug 21 12:12:18.510\n     SOURCE: 1.1.1.1:1\nDESTINATION: 2.2.2.2:2\n       TYPE: to-stack\n    VERDICT: ${verdict}\n    SUMMARY: UDP`;

  it("over several lines are one record each, without what parts them", () => {
    const { records, lines, formats, refusedBy } = cut(
      `${dict("FORWARDED")}\n------------\n${dict("DROPPED")}\n${FLOW}\n`,
    );
    expect(records).toEqual([dict("FORWARDED").trim(), dict("DROPPED").trim(), FLOW]);
    expect(lines).toEqual([1, 8, 14]);
    expect([formats, refusedBy]).toEqual([{ "hubble-dict": 2, hubble: 1 }, {}]);
  });

  it("of agent and debug events are known and not read, one refusal for each", () => {
    const agent = "  TIMESTAMP: Aug 21 12:12:18.510\n       TYPE: POLICY_UPDATED\n    DETAILS: labels: []";
    const debug =
      "  TIMESTAMP: Aug 21 12:12:18.510\n       TYPE: DBG_GENERIC\n       FROM: N/A\n       MARK: 0x0\n        CPU: 01\n    MESSAGE: x";
    const table =
      "TIMESTAMP             TYPE               DETAILS\nAug 21 12:12:18.510   IPCACHE_DELETED   cidr: ::/0";
    const { refusedBy, lines } = cut(`${agent}\n------------\n${debug}\n------------\n${table}\n`);
    expect([refusedBy, lines]).toEqual([{ known_not_read: 3 }, [1, 5, 13]]);
  });

  it("in tables and lines are one record a line", () => {
    const { formats, refusedBy } = cut(
      "TIMESTAMP             SOURCE          DESTINATION    TYPE       VERDICT     SUMMARY\n" +
        "Jan  1 00:20:34.567   1.1.1.1:31793   2.2.2.2:8080   to-stack   FORWARDED   TCP Flags: SYN\n" +
        "Jan  1 00:20:34.567: 1.1.1.1:31793 (host) -> 2.2.2.2:8080 (world) to-stack FORWARDED (UDP)\n",
    );
    expect([formats, refusedBy]).toEqual([{ "hubble-table": 1, "hubble-compact": 1 }, {}]);
  });
});

describe("parts of container runtimes", () => {
  const cri = (stream: string, flag: string, text: string): string =>
    `2026-08-21T12:12:19.1Z ${stream} ${flag} ${text}`;
  const docker = (log: string): string =>
    JSON.stringify({ log, stream: "stdout", time: "2026-08-21T12:12:19Z" });

  it("are one record, from the first to the last", () => {
    const parts = [
      cri("stdout", "P", FLOW.slice(0, 20)),
      cri("stdout", "P", FLOW.slice(20, 40)),
      cri("stdout", "F", FLOW.slice(40)),
    ];
    const { records, lines, formats } = cut(`${cri("stdout", "F", FLOW)}\n${parts.join("\n")}\n${FLOW}\n`);
    expect(records).toEqual([cri("stdout", "F", FLOW), parts.join("\n"), FLOW]);
    expect(lines).toEqual([1, 2, 5]);
    expect(formats).toEqual({ hubble: 3 });
  });

  it("leave lines of the other stream between them alone", () => {
    const out = [cri("stdout", "P", FLOW.slice(0, 20)), cri("stdout", "F", FLOW.slice(20))] as const;
    const between = cri("stderr", "F", FLOW);
    const { records, lines, formats } = cut(`${out[0]}\n${between}\n${out[1]}\n`);
    expect(records).toEqual([`${out[0]}\n${out[1]}`, between]);
    expect(lines).toEqual([1, 2]);
    expect(formats).toEqual({ hubble: 2 });
  });

  it("without their end are torn, and no other line with them", () => {
    const { records, formats, refusedBy } = cut(
      `${cri("stdout", "P", FLOW.slice(0, 20))}\n${cri("stderr", "F", FLOW)}\n${FLOW}\n`,
    );
    expect(records).toHaveLength(3);
    expect([formats, refusedBy]).toEqual([{ hubble: 2 }, { torn: 1 }]);
  });

  it("without their end are torn, and not the record that the same stream begins behind them", () => {
    for (const rest of [
      [cri("stdout", "F", FLOW)],
      [cri("stdout", "P", FLOW.slice(0, 30)), cri("stdout", "F", FLOW.slice(30))],
    ]) {
      const torn = cri("stdout", "P", FLOW.slice(0, 20));
      const { records, formats, refusedBy, lines } = cut(`${torn}\n${rest.join("\n")}\n${FLOW}\n`);
      expect(records).toEqual([torn, rest.join("\n"), FLOW]);
      expect(lines).toEqual([1, 2, 2 + rest.length]);
      expect([formats, refusedBy]).toEqual([{ hubble: 2 }, { torn: 1 }]);
    }
  });

  it("of Docker are joined where the line break is missing", () => {
    const parts = [docker(FLOW.slice(0, 20)), docker(`${FLOW.slice(20)}\n`)];
    const { records, formats } = cut(`${docker(`${FLOW}\n`)}\n${parts.join("\n")}\n${docker(`${FLOW}\n`)}\n`);
    expect(records).toEqual([docker(`${FLOW}\n`), parts.join("\n"), docker(`${FLOW}\n`)]);
    expect(formats).toEqual({ hubble: 3 });
  });
});

describe("a file that is no log", () => {
  const reasonsOf = (text: string): string[] =>
    batchesOf(text).flatMap(({ refusals }) => refusals.map(({ line, reason }) => `${line}: ${reason}`));
  const script = '<script>\n{\n  "a": 1\n}\nvar x = {"a":1};\n[{}]\n</script>';

  it.each([
    ["a web page", `<!DOCTYPE html>\n<html>\n${script}\n</html>\n`, "web page, probably a sign-in page"],
    ["a web page behind a comment", `\ufeff\n<!-- (C) -->\r\n<HTML>\r\n${script}`, "web page"],
    ["a web page in one line", `<html><body>{"a":1}</body></html>`, "web page"],
    ["XML", '<?xml version="1.0"?>\n<Error>\n<Code>AuthenticationFailed</Code></Error>', "This is XML"],
    ["YAML", 'apiVersion: v1\nitems:\n- kind: Pod\n  a: |\n    {"apiVersion":"v1"}\n', "This is YAML"],
    ["YAML behind its mark", "---\nkind: List\nitems: []\n", "This is YAML"],
    ["YAML of gcloud", "---\ninsertId: a\njsonPayload:\n  flow:\n    verdict: DROPPED\n", "--format=json"],
    ["YAML of az", "- DropReason: POLICY_DENIED\n  Verdict: DROPPED\n", "az with -o json"],
    ["YAML of flows", "flow:\n  verdict: DROPPED\nnode_name: n1\n---\nflow:\n", "This is YAML"],
    ["protobuf's text", 'flow {\n  time {\n    seconds: 1\n  }\n}\nnode_name: "n1"\n', "write JSON instead"],
    ["what console.log prints", "{\n  flow: {\n    verdict: 'DROPPED'\n  }\n}\n", "console.log"],
    ["JSON in colours", '\u001b[1;39m[\n  \u001b[1;39m{\n  "a": 1\n', "colours of a terminal"],
  ])("is one refusal that says what it is: %s", (_name, text, words) => {
    const { refusedBy, formats } = cut(text);
    expect([refusedBy, formats]).toEqual([{ not_a_record: 1 }, {}]);
    expect(reasonsOf(text)).toEqual([expect.stringContaining(words)]);
  });

  it("is searched for records all the same", () => {
    const text = `<html>\n<body><pre>\n${FLOW}\n${FLOW}\n</pre>\n</body>\n${FLOW}\n`;
    const { refusedBy, formats, lines } = cut(text);
    expect([refusedBy, formats]).toEqual([{ not_a_record: 2 }, { hubble: 3 }]);
    expect(lines).toEqual([1, 3, 4, 5, 7]);
  });

  it("is refused in parts when it is long", () => {
    const { refusedBy } = cutOf(batchesOf(`<html>\n${`${"x".repeat(999)}\n`.repeat(200)}`));
    // 65 lines of 1000 bytes are within 64 KiB; the first part has the line before, too.
    expect(refusedBy).toEqual({ not_a_record: 4 });
  });

  it.each(["---\n", "<134>1 2026-08-21T12:12:18Z n1 hubble - - -\n", "kind of a log\n", "apiVersion\n"])(
    "is not what begins with %j",
    (line) => {
      const { refusedBy, formats } = cut(`${line}${FLOW}\nhello\n`);
      expect([refusedBy, formats]).toEqual([{ not_a_record: 2 }, { hubble: 1 }]);
    },
  );
});

describe("a file of everything", () => {
  it("is read record by record", () => {
    const file = [
      FLOW,
      '{"verdict":"DROPPED","IP":{"source":"10.0.0.1"}}',
      '{"flow":{"verdict":15}}',
      `{"records":[${JSON.stringify(ROW)}]}`,
      "TimeGenerated,Verdict",
      "2026-08-21T12:12:18Z,DROPPED",
      "N/A: 10.0.0.1 (host) -> 10.0.0.2 (world) to-stack FORWARDED (UDP)",
      '{"process_exec":{},"node_name":"n"}',
      '{"lost_events":{"num_events_lost":"5"}}',
      "level=info msg=started",
    ].join("\n");
    const { formats, refusedBy, records } = cut(file);
    expect(formats).toEqual({
      hubble: 2,
      "hubble-bare": 1,
      retina: 1,
      "log-analytics": 2,
      "hubble-compact": 1,
    });
    expect(refusedBy).toEqual({ known_not_read: 1, not_a_record: 1 });
    expect(records).toHaveLength(9);
  });
});

/** The beginning of the flows table; with a flow open, that one with its record. */

import { formatQuantity } from "@/lib/base/count";
import { SORT_COLUMNS, type SortColumn } from "@/lib/questions/flow-order";
import type { Answer } from "@/lib/questions/questions";
import { type Asker, type Pinned, ROWS, scopeText } from "../ask";
import type { Block, Cell } from "../block";

type Row = Answer<"flows">["flows"][number];

export async function flowsReport(ask: Asker, { scope, view }: Pinned): Promise<Block[]> {
  const text = scopeText(scope);
  if (view.flow !== undefined)
    return flowBlocks(await ask("flow", { flowId: view.flow, revision: text.revision }));
  const sort = SORT_COLUMNS.find((column) => column === view.sort);
  const order = view.order ?? (sort !== undefined && AMOUNTS.has(sort) ? "desc" : "asc");
  const page = await ask("flows", { ...text, limit: ROWS, order, total: true, ...(sort && { sort }) });
  const { flows, total, meta } = page;
  const left = (total?.records ?? flows.length) - flows.length;
  const table: Block = {
    kind: "table",
    title: sort === undefined ? "Flows" : `Flows by ${sort}`,
    notes: meta.notes,
    columns: FLOW_COLUMNS.map(({ label, type }) => ({ label, type })),
    rows: flows.map((row) => ({ cells: FLOW_COLUMNS.map(({ cell }) => cell(row)) })),
    more: left > 0 ? `And ${formatQuantity(left, "more record")}.` : null,
  };
  return [table];
}

const AMOUNTS: ReadonlySet<SortColumn> = new Set(["events", "latency"]);

interface FlowColumn {
  readonly label: string;
  readonly type: "text" | "time" | "count";
  readonly cell: (row: Omit<Row, "sameDropAs">) => Cell;
}

const FLOW_COLUMNS: readonly FlowColumn[] = [
  { label: "Time", type: "time", cell: ({ time }) => time },
  { label: "Node", type: "text", cell: ({ node }) => node },
  { label: "Verdict", type: "text", cell: ({ verdict }) => verdict },
  { label: "Source", type: "text", cell: ({ source }) => partyText(source) },
  { label: "Destination", type: "text", cell: ({ destination }) => partyText(destination) },
  { label: "Port", type: "text", cell: ({ destinationPort }) => portText(destinationPort) },
  { label: "Protocol", type: "text", cell: ({ protocol }) => protocol },
  { label: "Type", type: "text", cell: ({ event, type }) => event ?? type },
  { label: "Reason or request", type: "text", cell: saysText },
];

/** Workload, else pod, else the first DNS name, else the address: as everywhere. */
function partyText({ namespace, workload, pod, names, ip }: Row["source"]): string | null {
  const name = workload?.name ?? pod;
  if (name !== null) return namespace === null ? name : `${namespace}/${name}`;
  return names[0] ?? ip;
}

function portText(port: number | null): string | null {
  return port === null ? null : String(port);
}

/** Empty where a record has neither: it is no gap in what is known. */
function saysText({ dropReason, l7 }: Pick<Row, "dropReason" | "l7">): string {
  if (dropReason !== null && dropReason !== "DROP_REASON_UNKNOWN") return dropReason;
  if (l7 === null) return "";
  const parts = [l7.status, l7.rcode?.name, l7.method, l7.qtypes.join(","), l7.text];
  return parts.filter((part) => part !== null && part !== undefined && part !== "").join(" ");
}

/** One flow: what it says, what became of its connection, and the record as it was received. */
function flowBlocks({ row, raw, story, cause, connection, connectionNote }: Answer<"flow">): Block[] {
  const blocks: Block[] = [
    {
      kind: "table",
      title: "The flow",
      notes: [],
      columns: FLOW_COLUMNS.map(({ label, type }) => ({ label, type })),
      rows: [{ cells: FLOW_COLUMNS.map(({ cell }) => cell(row)) }],
      more: null,
    },
  ];
  if (cause !== null)
    blocks.push({ kind: "text", title: "Why it was dropped", sentences: [cause.sentence, cause.remedy] });
  if (connection.length > 1) {
    const steps = connection.filter(({ samePacketAs }) => samePacketAs === null).slice(0, ROWS);
    blocks.push({
      kind: "table",
      title: "The story of its connection",
      notes: [story?.attempt?.text, connectionNote].filter((note) => note !== null && note !== undefined),
      columns: [
        { label: "Time", type: "time" },
        { label: "Node", type: "text" },
        { label: "From", type: "text" },
        { label: "Verdict", type: "text" },
        { label: "What", type: "text" },
        { label: "Reason or request", type: "text" },
      ],
      rows: steps.map((step) => ({
        cells: [
          step.time,
          step.node,
          step.fromClient ? "client" : "server",
          step.verdict,
          step.event ?? step.step,
          saysText(step),
        ],
      })),
      more:
        connection.length > steps.length
          ? `And ${formatQuantity(connection.length - steps.length, "more record")}.`
          : null,
    });
  }
  blocks.push({
    kind: "record",
    file: raw.file,
    line: raw.line,
    text: raw.text.slice(0, 20_000),
    exact: raw.exact,
  });
  return blocks;
}

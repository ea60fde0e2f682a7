/** Flows as rows of CSV (RFC 4180), one column each for what a reader sorts and counts by. */

import type { FlowRow, Party } from "../answers";

type Cell = string | number | boolean | null;

const sideColumns = (side: "source" | "destination") =>
  ({
    [`${side}Namespace`]: (row) => row[side].namespace,
    [`${side}Pod`]: (row) => row[side].pod,
    [`${side}Workload`]: (row) => workload(row[side]),
    [`${side}Ip`]: (row) => row[side].ip,
    [`${side}Port`]: (row) => (side === "source" ? row.sourcePort : row.destinationPort),
    [`${side}Names`]: (row) => row[side].names.join(" "),
    [`${side}Service`]: ({ [side]: { service } }) =>
      service === null ? null : [service.namespace, service.name].filter(Boolean).join("/"),
    [`${side}Identity`]: (row) => row[side].identity,
    [`${side}Cluster`]: (row) => row[side].cluster,
    [`${side}Labels`]: (row) => row[side].labels?.join(" ") ?? null,
  }) satisfies Record<string, (row: FlowRow) => Cell>;

/** By name, in the order in which they stand when none are chosen. Unknown and absent values are empty cells. */
export const CSV_COLUMNS: Readonly<Record<string, (row: FlowRow) => Cell>> = {
  time: ({ time }) => time,
  id: ({ id }) => id,
  node: ({ node }) => node,
  verdict: ({ verdict }) => verdict,
  dropReason: ({ dropReason }) => dropReason,
  dropCode: ({ dropCode }) => dropCode,
  trafficDirection: ({ trafficDirection }) => trafficDirection,
  isReply: ({ isReply }) => isReply,
  client: ({ client }) => client,
  type: ({ type }) => type,
  event: ({ event }) => event,
  ...sideColumns("source"),
  ...sideColumns("destination"),
  protocol: ({ protocol }) => protocol,
  tcpFlags: ({ tcpFlags }) => tcpFlags.join(" "),
  l7Protocol: ({ l7 }) => l7?.protocol ?? null,
  l7Type: ({ l7 }) => l7?.type ?? null,
  l7Text: ({ l7 }) => l7?.text ?? null,
  httpMethod: ({ l7 }) => l7?.method ?? null,
  httpStatus: ({ l7 }) => l7?.status ?? null,
  dnsRcode: ({ l7 }) => l7?.rcode?.name ?? null,
  latencyNs: ({ l7 }) => l7?.latencyNs ?? null,
  allowedBy: ({ policies }) => policies?.allowedBy.join("; ") ?? null,
  deniedBy: ({ policies }) => policies?.deniedBy.join("; ") ?? null,
  events: ({ events }) => events,
  aggregated: ({ aggregated }) => aggregated,
};

function workload({ workload }: Party): string | null {
  return workload === null ? null : [workload.kind, workload.name].filter(Boolean).join("/");
}

export function csvHeader(columns: readonly string[]): string {
  return csvLine(columns);
}

export function csvRow(row: FlowRow, columns: readonly string[]): string {
  return csvLine(columns.map((name) => CSV_COLUMNS[name]?.(row) ?? null));
}

function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(toCell).join(",")}\r\n`;
}

/** A spreadsheet takes these at the beginning of a cell for a formula, whoever wrote the name. */
const FORMULA = /^[=+\-@\t\r\n]/;

function toCell(value: Cell): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const guarded = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

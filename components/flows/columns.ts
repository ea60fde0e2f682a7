/** The columns of the flows table: what they are called and how wide they are. What they show is in row-text.ts. */

import type { Dated } from "@/components/ui/clock";
import type { Preference } from "@/components/ui/use-stored";

export const COLUMNS = [
  { id: "time", label: "Time", width: 104, isShown: true },
  { id: "node", label: "Node", width: 86, isShown: true },
  { id: "verdict", label: "Verdict", width: 126, isShown: true },
  { id: "direction", label: "Direction", width: 82, isShown: true },
  { id: "client", label: "Client", width: 158, grow: 5, isShown: true },
  { id: "server", label: "Server", width: 174, grow: 5, isShown: true },
  { id: "port", label: "Port", width: 64, isShown: true },
  { id: "protocol", label: "Protocol", width: 104, isShown: true },
  { id: "type", label: "Type", width: 126, isShown: true },
  { id: "reason", label: "Reason", width: 120, grow: 4, isShown: true },
  { id: "policy", label: "Policy", width: 116, grow: 3, isShown: true },
  { id: "l7", label: "L7", width: 106, grow: 5, isShown: true },
  { id: "source-ip", label: "Source IP", width: 120, isShown: false },
  { id: "destination-ip", label: "Destination IP", width: 120, isShown: false },
  { id: "flags", label: "TCP flags", width: 100, isShown: false },
  { id: "events", label: "Events", width: 76, isShown: false },
  { id: "latency", label: "Latency", width: 84, isShown: false },
] as const;

export type ColumnId = (typeof COLUMNS)[number]["id"];

export interface Column {
  readonly id: ColumnId;
  readonly label: string;
  /** Pixels; the least, for a column that grows. */
  readonly width: number;
  /** Share of the room that is left; none once the width was set by hand. */
  readonly grow: number;
}

const NARROWEST = 44;
const WIDEST = 900;

/** Widths that differ from the first ones, columns shown or hidden by hand, and the order where it was changed. */
export interface ColumnChoice {
  readonly order?: readonly ColumnId[];
  readonly widths: Readonly<Partial<Record<ColumnId, number>>>;
  readonly shown: Readonly<Partial<Record<ColumnId, boolean>>>;
}

const UNCHANGED: ColumnChoice = { widths: {}, shown: {} };

export const COLUMN_CHOICE: Preference<ColumnChoice> = {
  name: "flow-columns",
  fallback: UNCHANGED,
  read: (stored) => {
    if (!isRecord(stored)) return undefined;
    const order = readOrder(stored.order);
    return {
      ...(order !== undefined && { order }),
      widths: picked(
        stored.widths,
        (value) => typeof value === "number" && value >= NARROWEST && value <= WIDEST,
      ),
      shown: picked(stored.shown, (value) => typeof value === "boolean"),
    };
  },
};

/** `dated`: what of the date times have before them, as those of a capture over several days. */
export function shownColumns(choice: ColumnChoice, dated: Dated = "time"): readonly Column[] {
  return inOrder(choice)
    .filter(({ id, isShown }) => choice.shown[id] ?? isShown)
    .map((column) => {
      const { id, label } = column;
      const chosen = choice.widths[id];
      return {
        id,
        label,
        width: chosen ?? column.width + (id === "time" ? DATE_WIDTHS[dated] : 0),
        grow: chosen === undefined && "grow" in column ? column.grow : 0,
      };
    });
}

const DATE_WIDTHS: Readonly<Record<Dated, number>> = { time: 0, day: 42, date: 76 };

/** What is left out first where there is not room for all: what is told elsewhere in the row, or seldom asked. */
const SPARED: readonly ColumnId[] = ["type", "direction", "node", "protocol", "policy"];

/**
 * The columns that fit into the room, and those left out. A column that was shown by hand always stays, and then the
 * table scrolls sideways.
 */
export function fittingColumns(
  columns: readonly Column[],
  choice: ColumnChoice,
  room: number,
): { readonly columns: readonly Column[]; readonly left: readonly Column[] } {
  let shown = columns;
  for (const id of SPARED) {
    if (shown.reduce((sum, { width }) => sum + width, 0) <= room) break;
    if (choice.shown[id] !== true) shown = shown.filter((column) => column.id !== id);
  }
  return { columns: shown, left: columns.filter((column) => !shown.includes(column)) };
}

function inOrder({ order = [] }: ColumnChoice): readonly (typeof COLUMNS)[number][] {
  const place = (id: ColumnId) => {
    const at = order.indexOf(id);
    return at < 0 ? COLUMNS.findIndex((column) => column.id === id) : at;
  };
  return order.length === 0 ? COLUMNS : [...COLUMNS].sort((a, b) => place(a.id) - place(b.id));
}

/** Moves a column to the place of another. */
export function withPlace(choice: ColumnChoice, id: ColumnId, target: ColumnId): ColumnChoice {
  const all = inOrder(choice).map((column) => column.id);
  const [from, to] = [all.indexOf(id), all.indexOf(target)];
  if (from < 0 || to < 0 || from === to) return choice;
  const order = all.filter((one) => one !== id);
  order.splice(to, 0, id);
  return { ...choice, order };
}

export function withWidth(choice: ColumnChoice, id: ColumnId, width: number): ColumnChoice {
  const bounded = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
  return { ...choice, widths: { ...choice.widths, [id]: bounded } };
}

export function withShown(choice: ColumnChoice, id: ColumnId, isShown: boolean): ColumnChoice {
  return { ...choice, shown: { ...choice.shown, [id]: isShown } };
}

export function isChanged(choice: ColumnChoice): boolean {
  return (
    choice.order !== undefined || Object.keys(choice.widths).length + Object.keys(choice.shown).length > 0
  );
}

export { UNCHANGED as FIRST_CHOICE };

const CSV: Readonly<Record<ColumnId, readonly string[]>> = {
  time: ["time"],
  node: ["node"],
  verdict: ["verdict"],
  direction: ["trafficDirection"],
  // Source and destination are the packet's: which of them is the client is a column of its own.
  client: ["sourceNamespace", "sourceWorkload", "sourcePod", "sourceNames", "sourceIp", "client"],
  server: [
    "destinationNamespace",
    "destinationWorkload",
    "destinationPod",
    "destinationNames",
    "destinationIp",
  ],
  port: ["sourcePort", "destinationPort"],
  protocol: ["protocol"],
  type: ["type", "event"],
  reason: ["dropReason", "dropCode"],
  policy: ["allowedBy", "deniedBy"],
  l7: ["l7Protocol", "l7Type", "httpMethod", "httpStatus", "dnsRcode", "l7Text", "latencyNs"],
  "source-ip": ["sourceIp"],
  "destination-ip": ["destinationIp"],
  flags: ["tcpFlags"],
  events: ["events", "aggregated"],
  latency: ["latencyNs"],
};

/** Columns of the export (docs/interface.md) that hold what the shown ones do, each once; the id leads back to the record. */
export function csvColumns(columns: readonly Column[]): string[] {
  return [...new Set([...columns.flatMap(({ id }) => CSV[id]), "id"])];
}

/** The value of `grid-template-columns`. When no other column grows, the last one takes what is left. */
export function gridTemplate(columns: readonly Column[]): string {
  const grows = columns.some(({ grow }) => grow > 0);
  return columns
    .map(({ width, grow }, index) => {
      const share = grow > 0 ? grow : !grows && index === columns.length - 1 ? 1 : 0;
      return share > 0 ? `minmax(${width}px, ${share}fr)` : `${width}px`;
    })
    .join(" ");
}

/** Every column once; a stored order without a column that came later is not used. */
function readOrder(stored: unknown): ColumnId[] | undefined {
  if (!Array.isArray(stored) || stored.length !== COLUMNS.length) return undefined;
  const ids = COLUMNS.map(({ id }) => id).filter((id) => stored.includes(id));
  return ids.length === COLUMNS.length ? (stored as ColumnId[]) : undefined;
}

function picked<Value>(
  stored: unknown,
  isGood: (value: unknown) => boolean,
): Partial<Record<ColumnId, Value>> {
  if (!isRecord(stored)) return {};
  const known = COLUMNS.filter(({ id }) => isGood(stored[id])).map(({ id }) => [id, stored[id]]);
  return Object.fromEntries(known) as Partial<Record<ColumnId, Value>>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

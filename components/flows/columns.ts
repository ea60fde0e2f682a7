/** The columns of the flows table: what they are called and how wide they are. What they show is in row-text.ts. */

import type { Preference } from "@/components/ui/use-stored";

export const COLUMNS = [
  { id: "time", label: "Time", width: 104, isShown: true },
  { id: "node", label: "Node", width: 86, isShown: true },
  { id: "verdict", label: "Verdict", width: 114, isShown: true },
  { id: "direction", label: "Direction", width: 74, isShown: true },
  { id: "client", label: "Client", width: 180, grow: 3, isShown: true },
  { id: "server", label: "Server", width: 202, grow: 3, isShown: true },
  { id: "port", label: "Port", width: 54, isShown: true },
  { id: "protocol", label: "Protocol", width: 80, isShown: true },
  { id: "type", label: "Type", width: 126, isShown: true },
  { id: "reason", label: "Reason", width: 116, grow: 2, isShown: true },
  { id: "policy", label: "Policy", width: 128, grow: 3, isShown: true },
  { id: "l7", label: "L7", width: 220, grow: 8, isShown: true },
  { id: "source-ip", label: "Source IP", width: 120, isShown: false },
  { id: "destination-ip", label: "Destination IP", width: 120, isShown: false },
  { id: "flags", label: "TCP flags", width: 100, isShown: false },
  { id: "events", label: "Events", width: 70, isShown: false },
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

/** Widths that differ from the first ones, and columns shown or hidden by hand. */
export interface ColumnChoice {
  readonly widths: Readonly<Partial<Record<ColumnId, number>>>;
  readonly shown: Readonly<Partial<Record<ColumnId, boolean>>>;
}

const UNCHANGED: ColumnChoice = { widths: {}, shown: {} };

export const COLUMN_CHOICE: Preference<ColumnChoice> = {
  name: "flow-columns",
  fallback: UNCHANGED,
  read: (stored) => {
    if (!isRecord(stored)) return undefined;
    return {
      widths: picked(
        stored.widths,
        (value) => typeof value === "number" && value >= NARROWEST && value <= WIDEST,
      ),
      shown: picked(stored.shown, (value) => typeof value === "boolean"),
    };
  },
};

export function shownColumns(choice: ColumnChoice): readonly Column[] {
  return COLUMNS.filter(({ id, isShown }) => choice.shown[id] ?? isShown).map((column) => {
    const { id, label } = column;
    const chosen = choice.widths[id];
    return {
      id,
      label,
      width: chosen ?? column.width,
      grow: chosen === undefined && "grow" in column ? column.grow : 0,
    };
  });
}

export function withWidth(choice: ColumnChoice, id: ColumnId, width: number): ColumnChoice {
  const bounded = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
  return { ...choice, widths: { ...choice.widths, [id]: bounded } };
}

export function withShown(choice: ColumnChoice, id: ColumnId, isShown: boolean): ColumnChoice {
  return { ...choice, shown: { ...choice.shown, [id]: isShown } };
}

export function isChanged(choice: ColumnChoice): boolean {
  return Object.keys(choice.widths).length + Object.keys(choice.shown).length > 0;
}

export { UNCHANGED as FIRST_CHOICE };

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

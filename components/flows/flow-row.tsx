"use client";

import { ArrowLeft, ArrowRight, Check, X } from "lucide-react";
import { memo } from "react";
import { toneOf, Verdict } from "@/components/frame/verdicts";
import { classes } from "@/components/ui/classes";
import type { Dated, Zone } from "@/components/ui/clock";
import { formatCount } from "@/components/ui/format";
import { visible } from "@/components/ui/text";
import type { FlowRow, Party } from "@/lib/questions/answers";
import type { Column, ColumnId } from "./columns";
import styles from "./flow-grid.module.css";
import { partyName, partyTitle } from "./party";
import {
  type CellText,
  directionText,
  eventText,
  isL7Error,
  latencyText,
  layer7Text,
  nodeText,
  noneText,
  noPolicyText,
  policyMarks,
  portText,
  protocolText,
  reasonText,
  timeText,
  unknownText,
} from "./row-text";
import { clientOf, serverOf } from "./value-terms";

export interface RowLook {
  readonly zone: Zone;
  readonly dated: Dated;
  /** Times are shown as time since then. */
  readonly since: bigint | undefined;
}

export interface FlowRowViewProps {
  readonly index: number;
  readonly row: FlowRow | undefined;
  /** Where the row stands that tells of the same drop; absent when this is a row of its own. */
  readonly sameDrop?: "above" | "below" | "elsewhere";
  readonly columns: readonly Column[];
  readonly look: RowLook;
  /** The row the keys are on. */
  readonly isActive: boolean;
  /** The column the keys are on, where this is the active row. */
  readonly activeColumn: number;
  /** The row in the drawer. */
  readonly isOpen: boolean;
}

/** Only the cells of the row that the keys are on have one: it is what the grid names as active. */
export function cellId(index: number, column: ColumnId): string {
  return `flow-${index}-${column}`;
}

/** One row. Clicks are read by the grid, from the attributes of what was clicked. */
export const FlowRowView = memo(function FlowRowView(props: FlowRowViewProps) {
  const { index, row, columns, isActive, isOpen } = props;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active cell
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are not in the document
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      aria-busy={row === undefined ? true : undefined}
      className={classes(
        styles.row,
        isActive && styles.active,
        isOpen && styles.open,
        row === undefined ? styles.awaited : styles[`edge-${toneOf(row.verdict)}`],
      )}
      data-index={index}
    >
      {columns.map(({ id }, at) => (
        // biome-ignore lint/a11y/useFocusableInteractive: as above
        // biome-ignore lint/a11y/useSemanticElements: as above
        <div
          key={id}
          id={isActive ? cellId(index, id) : undefined}
          role="gridcell"
          data-column={id}
          className={classes(
            styles.cell,
            styles[id],
            isActive && at === props.activeColumn && styles.current,
          )}
        >
          {row !== undefined && <Cell column={id} row={row} look={props.look} sameDrop={props.sameDrop} />}
        </div>
      ))}
    </div>
  );
});

interface CellProps {
  readonly column: ColumnId;
  readonly row: FlowRow;
  readonly look: RowLook;
  readonly sameDrop: FlowRowViewProps["sameDrop"];
}

function Cell({ column, row, look, sameDrop }: CellProps) {
  switch (column) {
    case "verdict":
      return (
        <span data-value className={styles.value}>
          <Verdict verdict={row.verdict} />
        </span>
      );
    case "client":
      return <PartyCell party={clientOf(row)} />;
    case "server":
      return (
        <>
          <Arrow row={row} />
          <PartyCell party={serverOf(row)} />
        </>
      );
    case "policy":
      return <PolicyCell row={row} />;
    case "l7":
      return <TextCell cell={layer7Text(row)} isValue isBad={isL7Error(row)} />;
    case "reason":
      if (sameDrop !== undefined) return <SameDrop where={sameDrop} />;
      return <TextCell cell={reasonText(row)} isValue isBad={row.verdict === "DROPPED"} />;
    default:
      return <TextCell cell={plainCell(column, row, look)} isValue={VALUES.has(column)} />;
  }
}

/** Columns whose text opens the menu of the value; a click on other text opens the row. */
const VALUES: ReadonlySet<ColumnId> = new Set([
  "node",
  "direction",
  "port",
  "protocol",
  "type",
  "source-ip",
  "destination-ip",
  "flags",
]);

function plainCell(
  column: Exclude<ColumnId, "verdict" | "client" | "server" | "l7" | "reason" | "policy">,
  row: FlowRow,
  look: RowLook,
): CellText {
  switch (column) {
    case "time":
      return timeText(row, look.zone, look.dated, look.since);
    case "node":
      return nodeText(row);
    case "direction":
      return directionText(row);
    case "port":
      return portText(row);
    case "protocol":
      return protocolText(row);
    case "type":
      return eventText(row);
    case "source-ip":
      return addressText(row.source);
    case "destination-ip":
      return addressText(row.destination);
    case "flags":
      return row.tcpFlags.length > 0
        ? { text: row.tcpFlags.join(" ") }
        : noneText("No TCP flags in the record");
    case "events":
      return {
        text: formatCount(row.events),
        title: row.aggregated ? "Aggregated: one record stands for these events" : undefined,
      };
    case "latency":
      return latencyText(row);
  }
}

const SAME_DROP = { above: "↑", below: "↓", elsewhere: "" } as const;

/** A denial is logged twice, by the policy and by the packet's drop: one drop in two rows. Short, because the column is narrow. */
function SameDrop({ where }: { readonly where: NonNullable<FlowRowViewProps["sameDrop"]> }) {
  const place = where === "elsewhere" ? "another row" : `the row ${where}`;
  return (
    <span
      className={styles.quiet}
      title={`Same drop as ${place}: a denied packet is logged twice, by the policy that decided and by its drop. It counts as one drop`}
    >
      same drop <span aria-hidden>{SAME_DROP[where]}</span>
      <span className="spoken">as {place}</span>
    </span>
  );
}

function addressText({ ip }: Party): CellText {
  return ip === null ? unknownText() : { text: visible(ip) };
}

interface TextCellProps {
  readonly cell: CellText;
  readonly isValue?: boolean;
  readonly isBad?: boolean;
}

function TextCell({ cell, isValue = false, isBad = false }: TextCellProps) {
  const hasMenu = isValue && cell.state !== "none";
  return (
    <span
      {...(hasMenu && { "data-value": "" })}
      className={classes(
        hasMenu && styles.value,
        cell.state && styles.quiet,
        isBad && cell.state === undefined && styles.bad,
      )}
      title={cell.title ?? cell.text}
    >
      {cell.text}
    </span>
  );
}

function PartyCell({ party }: { readonly party: Party }) {
  const { kind, namespace, name, beside } = partyName(party);
  return (
    <span
      data-value
      className={classes(styles.value, kind === "unknown" && styles.quiet)}
      title={partyTitle(party)}
    >
      {namespace !== undefined && <span className={styles.namespace}>{namespace}/</span>}
      {name}
      {beside !== undefined && <span className={styles.beside}> {beside}</span>}
    </span>
  );
}

function PolicyCell({ row }: { readonly row: FlowRow }) {
  const marks = policyMarks(row);
  if (marks.length === 0) return <TextCell cell={noPolicyText(row)} />;
  return (
    <span
      data-value
      className={styles.value}
      title={marks.map(({ decision, title }) => `${decision} by ${title}`).join("\n")}
    >
      {marks.map(({ decision, name, title }) => (
        <span key={`${decision} ${title}`} className={styles.policyMark}>
          {decision === "denied" ? (
            <X size={12} strokeWidth={2.6} className={styles.bad} aria-label="denied by" />
          ) : (
            <Check size={12} strokeWidth={2.6} className={styles.good} aria-label="allowed by" />
          )}{" "}
          {name}
        </span>
      ))}
    </span>
  );
}

/** Three values: the packet goes to the server, comes from it, or nobody knows who asked. */
function Arrow({ row: { client } }: { readonly row: FlowRow }) {
  const { Icon, says, title } = ARROWS[client ?? "unknown"];
  return (
    <span className={styles.arrow} title={title}>
      <Icon size={13} aria-hidden />
      <span className="spoken">{says} </span>
    </span>
  );
}

/** The packet's own direction, where it is not known who asked. */
function DashedArrow({ size }: { readonly size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={2}
      aria-hidden
    >
      <path d="M2 12h18" strokeDasharray="4 3" />
      <path d="m13 5 7 7-7 7" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

const ARROWS = {
  source: { Icon: ArrowRight, says: "to", title: "The packet went from client to server" },
  destination: { Icon: ArrowLeft, says: "reply from", title: "Reply: the packet went from server to client" },
  unknown: {
    Icon: DashedArrow,
    says: "sent a packet to",
    title: "It is not known who asked: source and destination of the packet as recorded",
  },
} as const;

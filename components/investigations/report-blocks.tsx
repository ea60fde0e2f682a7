"use client";

import type { ReactNode } from "react";
import { actorName } from "@/components/frame/actors";
import { formatInstantText } from "@/components/frame/instant-text";
import { classes } from "@/components/ui/classes";
import { formatCount, formatSpan } from "@/components/ui/format";
import { keyed } from "@/components/ui/keyed";
import { Link } from "@/components/ui/link";
import { ScrollRegion, ScrollText } from "@/components/ui/scroll";
import tables from "@/components/ui/table.module.css";
import { visible, visibleLines } from "@/components/ui/text";
import { Tile, Tiles } from "@/components/ui/tile";
import type { Block, Cell, Column, Figure, TableBlock } from "@/lib/report/block";
import styles from "./report-blocks.module.css";

/** The address of what a number counts; undefined for who cannot go there. */
export type FilterAddress = (filter: string) => string | undefined;

type Of<Kind extends Block["kind"]> = Extract<Block, { kind: Kind }>;

interface ReportBlocksProps {
  readonly blocks: readonly Block[];
  readonly addressOf: FilterAddress;
}

/** What a pin shows, for reading and for print: nothing folds away, nothing has to be pointed at. */
export function ReportBlocks({ blocks, addressOf }: ReportBlocksProps) {
  return keyed(blocks, (block) => `${block.kind} ${"title" in block ? block.title : ""}`).map(
    ({ key, thing }) => <BlockOf key={key} block={thing} addressOf={addressOf} />,
  );
}

function BlockOf({ block, addressOf }: { readonly block: Block; readonly addressOf: FilterAddress }) {
  switch (block.kind) {
    case "figures":
      return <Figures block={block} addressOf={addressOf} />;
    case "table":
      return <Table block={block} addressOf={addressOf} />;
    case "causes":
      return <Causes block={block} addressOf={addressOf} />;
    case "text":
      return (
        <section className={styles.block}>
          <h3>{visible(block.title)}</h3>
          <ul className={styles.sentences}>
            {keyed(block.sentences, (sentence) => sentence).map(({ key, thing }) => (
              <li key={key}>{visible(thing)}</li>
            ))}
          </ul>
        </section>
      );
    case "code":
      return (
        <section className={styles.block}>
          <h3>{visible(block.title)}</h3>
          <ScrollText className={styles.code}>{visibleLines(block.text)}</ScrollText>
        </section>
      );
    case "record":
      return <RecordAsReceived block={block} />;
  }
}

interface CountedProps {
  readonly count: number;
  readonly filter: string | null | undefined;
  readonly addressOf: FilterAddress;
}

/** A number, as a link to what it counts where there is one. */
function Counted({ count, filter, addressOf }: CountedProps) {
  const address = filter === null || filter === undefined || count === 0 ? undefined : addressOf(filter);
  return address === undefined ? formatCount(count) : <Link href={address}>{formatCount(count)}</Link>;
}

function Figures({ block, addressOf }: { readonly block: Of<"figures">; readonly addressOf: FilterAddress }) {
  const { figures, look, notes } = block;
  const textOf = ({ value, unit, filter }: Figure) => {
    if (value === null) return "unknown";
    if (unit === "span") return formatSpan(BigInt(value));
    return <Counted count={value} filter={filter} addressOf={addressOf} />;
  };
  return (
    <>
      <Notes notes={notes} />
      {look === "line" ? (
        <ul className={styles.line} aria-label="Numbers">
          {figures.map((figure) => (
            <li key={figure.label}>
              {figure.label} <strong>{textOf(figure)}</strong>
              {figure.says !== null && <span className={styles.quiet}> {figure.says}</span>}
            </li>
          ))}
        </ul>
      ) : (
        <Tiles label="More numbers">
          {figures.map((figure) => (
            <Tile
              key={figure.label}
              label={figure.label}
              value={textOf(figure)}
              note={figure.says ?? undefined}
            />
          ))}
        </Tiles>
      )}
    </>
  );
}

function Table({ block, addressOf }: { readonly block: TableBlock; readonly addressOf: FilterAddress }) {
  const { title, notes, columns, rows, more } = block;
  // The first number of a row leads to what the row counts, others where it is said.
  const counted = columns.findIndex(({ type }) => type === "count");
  const filterAt = ({ filter, filters }: TableBlock["rows"][number], at: number) =>
    filters?.[at] ?? (at === counted ? filter : undefined);
  return (
    <section className={styles.block}>
      <h3>{visible(title)}</h3>
      <Notes notes={notes} />
      {rows.length === 0 ? (
        <p className={styles.quiet}>There is nothing of it in this scope.</p>
      ) : (
        <ScrollRegion label={title} className={styles.scroll}>
          <table className={tables.table}>
            <thead>
              <tr>
                {columns.map(({ label, type }) => (
                  <th key={label} scope="col" className={isNumber(type) ? tables.number : undefined}>
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {keyed(rows, (row) => JSON.stringify(row)).map(({ key, thing: row }) => (
                <tr key={key}>
                  {columns.map(({ label, type }, at) => (
                    <td key={label} className={isNumber(type) ? tables.number : styles.cell}>
                      <CellOf
                        cell={row.cells[at] ?? null}
                        type={type}
                        filter={filterAt(row, at)}
                        addressOf={addressOf}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      {more !== null && <p className={styles.quiet}>{more}</p>}
    </section>
  );
}

interface CellProps extends Omit<CountedProps, "count"> {
  readonly cell: Cell;
  readonly type: Column["type"];
}

function CellOf({ cell, type, ...leads }: CellProps) {
  if (type === "count" && typeof cell === "number") return <Counted count={cell} {...leads} />;
  return cellText(cell, type);
}

function isNumber(type: Column["type"]): boolean {
  return type === "count" || type === "span";
}

function cellText(cell: Cell, type: Column["type"]): ReactNode {
  if (cell === null) return <span className={styles.quiet}>unknown</span>;
  switch (type) {
    case "time":
      return <span className={styles.time}>{timeText(String(cell))}</span>;
    case "span":
      return formatSpan(BigInt(cell));
    case "actor":
      return cell === "" ? "" : actorName(String(cell));
    case "count":
    case "text":
      return visible(String(cell));
  }
}

/** A report is read without a pointer: milliseconds stand in it. */
function timeText(time: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d{3})?/.exec(time);
  return match === null ? visible(time) : `${match[1]} ${match[2]}${match[3] ?? ""}`;
}

function Causes({ block, addressOf }: { readonly block: Of<"causes">; readonly addressOf: FilterAddress }) {
  const { title, notes, causes, more } = block;
  return (
    <section className={styles.block}>
      <h3>{visible(title)}</h3>
      <Notes notes={notes} />
      {causes.length === 0 && <p className={styles.quiet}>Nothing is wrong in this scope.</p>}
      <ol className={styles.causes}>
        {causes.map(({ sentence, remedy, count, unit, first, last, filter }) => (
          <li key={`${sentence} ${filter}`}>
            <p className={styles.sentence}>{visible(sentence)}</p>
            <p>
              <Counted count={count} filter={filter} addressOf={addressOf} /> {visible(unit)}, first{" "}
              {formatInstantText(first)}, last {formatInstantText(last)}
            </p>
            {remedy !== null && <p className={styles.remedy}>What to do: {visible(remedy)}</p>}
          </li>
        ))}
      </ol>
      {more !== null && <p className={styles.quiet}>{more}</p>}
    </section>
  );
}

function RecordAsReceived({ block }: { readonly block: Of<"record"> }) {
  const { file, line, text, exact } = block;
  return (
    <section className={styles.block}>
      <h3>Record as received</h3>
      <p className={styles.quiet}>
        <bdi>{visible(file)}</bdi>, line {formatCount(line)}
        {!exact && ". Not all of it, or not letter for letter: open the flow to have its bytes."}
      </p>
      <ScrollText className={classes(styles.code, styles.record)}>{visibleLines(text)}</ScrollText>
    </section>
  );
}

function Notes({ notes }: { readonly notes: readonly string[] }) {
  return notes.map((note) => (
    <p key={note} className={styles.quiet}>
      {visible(note)}
    </p>
  ));
}

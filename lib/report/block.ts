/** What a pin's report consists of. Values stay values (numbers, times, ids): whoever draws them knows how they are written. */

import { z } from "zod";

const text = z.string();

/** How a cell is written. `actor`: the id of a side, as on the map. `time`: RFC 3339. `span`: nanoseconds. */
const COLUMN_TYPES = ["text", "code", "count", "time", "span", "actor"] as const;

const columnSchema = z.object({ label: text, type: z.enum(COLUMN_TYPES) });

const cellSchema = z.union([z.string(), z.number()]).nullable().describe("null: not known.");

const notes = z.array(text).describe("What the numbers are worth.");

/** Leads to what is counted, beside the terms of the pin; null: nothing more than the pin. */
const filter = z.string().nullable();

const figuresBlock = z.object({
  kind: z.literal("figures"),
  /** `line`: the numbers of the scope, above what is read. */
  look: z.enum(["tiles", "line"]),
  notes,
  figures: z.array(
    z.object({
      label: text,
      value: z.number().nullable(),
      unit: z.enum(["count", "span"]),
      /** Stands below it. */
      says: text.nullable(),
      filter: filter.optional(),
    }),
  ),
});

const tableBlock = z.object({
  kind: z.literal("table"),
  title: text,
  notes,
  columns: z.array(columnSchema),
  rows: z.array(
    z.object({
      cells: z.array(cellSchema),
      /** Of the first number. */
      filter: filter.optional(),
      /** Where more numbers lead somewhere: one for each cell, from the first. */
      filters: z.array(filter).optional(),
    }),
  ),
  /** What is not in the rows, as a sentence; null: nothing. */
  more: text.nullable(),
});

const causesBlock = z.object({
  kind: z.literal("causes"),
  title: text,
  notes,
  causes: z.array(
    z.object({
      sentence: text,
      remedy: text.nullable(),
      count: z.number(),
      unit: text,
      first: text.nullable(),
      last: text.nullable(),
      filter: filter.optional(),
    }),
  ),
  more: text.nullable(),
});

const textBlock = z.object({ kind: z.literal("text"), title: text, sentences: z.array(text) });

const codeBlock = z.object({ kind: z.literal("code"), title: text, text });

const recordBlock = z.object({
  kind: z.literal("record"),
  file: text,
  line: z.number(),
  text,
  /** False: the bytes are not the text, letter for letter. */
  exact: z.boolean(),
});

export const blockSchema = z.discriminatedUnion("kind", [
  figuresBlock,
  tableBlock,
  causesBlock,
  textBlock,
  codeBlock,
  recordBlock,
]);

export type Block = z.infer<typeof blockSchema>;
export type TableBlock = z.infer<typeof tableBlock>;
export type Column = z.infer<typeof columnSchema>;
export type Cell = z.infer<typeof cellSchema>;
export type Figure = z.infer<typeof figuresBlock>["figures"][number];

/** For who cannot follow them: the workplace is closed to visitors. */
export function withoutFilters(block: Block): Block {
  const bare = <Item extends { readonly filter?: unknown }>({ filter: _, ...item }: Item) => item;
  const bareRow = ({ filters: _, ...row }: TableBlock["rows"][number]) => bare(row);
  switch (block.kind) {
    case "figures":
      return { ...block, figures: block.figures.map(bare) };
    case "table":
      return { ...block, rows: block.rows.map(bareRow) };
    case "causes":
      return { ...block, causes: block.causes.map(bare) };
    default:
      return block;
  }
}

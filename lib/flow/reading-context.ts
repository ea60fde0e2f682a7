/**
 * What a record needs from the file around it to be read: the columns of a table.
 *
 * A row of a CSV file or of a query answer says nothing alone. The splitter reads the columns once, and they are kept
 * beside the row's original bytes, so that the row can be decoded anew from these two (docs/adr/0016).
 */
export interface ReadingContext {
  /** Names of the columns, in order, as the file wrote them. */
  readonly columns: readonly string[];
  /** What parts the cells of a row of text; absent when rows are JSON lists, or columns have places. */
  readonly separator?: Separator;
  /** Where each column begins in a row of text that has no separators, in characters. */
  readonly starts?: readonly number[];
}

export type Separator = "," | ";" | "\t" | "|";

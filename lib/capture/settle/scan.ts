/**
 * Reads flows for the steps of settling: in chunks, as columns.
 *
 * The driver hands over about three values a microsecond when they come as rows; a list that SQLite writes as JSON
 * comes four times as fast, so a chunk is one row of such lists. Values must be integers below 2^53, texts or NULL:
 * cast what is larger to text. Memory is that of one chunk.
 */

import type { Sqlite, SqlValue } from "../driver";
import type { Neighbourhood } from "./neighbourhood";

const CHUNK_ROWS = 16_384;

export interface FlowChunk<Name extends string> {
  readonly rows: number;
  readonly ids: readonly number[];
  readonly columns: Readonly<Record<Name, readonly (number | string | null)[]>>;
}

export interface FlowScan<Name extends string> {
  /** Name -> SQL over `f` (the table Flow) and what `joins` adds. */
  readonly columns: Readonly<Record<Name, string>>;
  readonly joins?: string;
  /** In file and line order only; Flow when it is not given. */
  readonly table?: "Flow" | "DuplicateFlow";
  /** A condition, without parameters. */
  readonly where?: string;
}

/** The time in two columns, both exact: `seconds` since the epoch, rounded towards 0, and `nanos`, of the same sign. */
export const TIME_COLUMNS = { seconds: "f.timeNs / 1000000000", nanos: "f.timeNs % 1000000000" } as const;

/** In file and line order. */
export function* scanInFileOrder<Name extends string>(
  database: Sqlite,
  scan: FlowScan<Name>,
): Generator<FlowChunk<Name>> {
  const sql = chunkSql(scan, `${scan.table ?? "Flow"} f`, "f.id > ?", "f.id");
  let last = -1;
  for (;;) {
    const { chunk } = readChunk(database, sql, scan, [last]);
    if (chunk.rows === 0) return;
    yield chunk;
    last = chunk.ids[chunk.rows - 1] as number;
  }
}

const BY_TIME = 'Flow f INDEXED BY "Flow_timeNs_id_kindId_events_idx"';
const SMALLEST = -(2n ** 63n);

/** In the order of time, then of file and line. Flows without a time come last: all of them, whatever the neighbourhood. */
export function* scanInTimeOrder<Name extends string>(
  database: Sqlite,
  scan: FlowScan<Name>,
  { fromNs, toNs }: Neighbourhood,
): Generator<FlowChunk<Name>> {
  // No limit is not the same as the largest one: a record can have that very time.
  const [until, limit] = toNs === null ? ["", []] : ["AND f.timeNs < ?", [toNs]];
  const sql = chunkSql(scan, BY_TIME, `(f.timeNs, f.id) > (?, ?) ${until}`, "f.timeNs, f.id");
  let [time, id]: [bigint, number] = [fromNs ?? SMALLEST, -1];
  for (;;) {
    const { chunk, lastTime } = readChunk(database, sql, scan, [time, id, ...limit]);
    if (chunk.rows === 0) break;
    yield chunk;
    [time, id] = [lastTime, chunk.ids[chunk.rows - 1] as number];
  }
  const untimed = scan.where === undefined ? "f.timeNs IS NULL" : `f.timeNs IS NULL AND (${scan.where})`;
  yield* scanInFileOrder(database, { ...scan, where: untimed });
}

function chunkSql(scan: FlowScan<string>, table: string, which: string, order: string): string {
  const names = Object.keys(scan.columns);
  const selected = names.map((name) => `, ${scan.columns[name]} AS "${name}"`).join("");
  const lists = names.map((name) => `, json_group_array("${name}")`).join("");
  const where = scan.where === undefined ? which : `${which} AND (${scan.where})`;
  return `SELECT CAST(max(chunkTime) AS TEXT), json_group_array(chunkId)${lists} FROM (
    SELECT f.timeNs AS chunkTime, f.id AS chunkId${selected} FROM ${table} ${scan.joins ?? ""}
    WHERE ${where} ORDER BY ${order} LIMIT ${CHUNK_ROWS})`;
}

function readChunk<Name extends string>(
  database: Sqlite,
  sql: string,
  scan: FlowScan<Name>,
  parameters: readonly SqlValue[],
): { chunk: FlowChunk<Name>; lastTime: bigint } {
  const [lastTime, ...lists] = database.prepare(sql).rows(parameters)[0] ?? [];
  const [ids = [], ...values] = lists.map((list) => JSON.parse(String(list)) as (number | string | null)[]);
  const columns = {} as Record<Name, (number | string | null)[]>;
  (Object.keys(scan.columns) as Name[]).forEach((name, at) => {
    columns[name] = values[at] ?? [];
  });
  return {
    chunk: { rows: ids.length, ids: ids as number[], columns },
    lastTime: typeof lastTime === "string" ? BigInt(lastTime) : 0n,
  };
}

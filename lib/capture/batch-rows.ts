/** A batch's columns as rows: of flows, and of the extras that few of them have. Dictionary ids become those of the capture. */

import {
  EXTRA_HAS,
  EXTRA_WORDS,
  type FlowBatch,
  NO_KEY,
  NO_LATENCY,
  NONE,
  PLACES_PER_BLOCK,
  UNTIMED,
} from "@/lib/flow/batch";
import { EXTRA_COLUMNS } from "./columns";
import { type IdMaps, translated, translatedOrNull } from "./dictionary-store";
import type { Sqlite } from "./driver";
import { LONGEST_BLOB, type TableImage } from "./table-image";

/** In the order of FLOW_COLUMNS; load.test.ts holds both against each other. */
export function putFlows(
  image: TableImage,
  block: number,
  { columns, flows }: FlowBatch,
  maps: IdMaps,
): void {
  const timeNs = new Int64s(columns.timeNs, UNTIMED);
  const latencyNs = new Int64s(columns.latencyNs, NO_LATENCY);
  const hash = new Int64s(columns.hash, undefined);
  const exchangeKey = new Int64s(columns.exchangeKey, NO_KEY);
  for (let row = 0; row < flows; row++) {
    image.begin(block * PLACES_PER_BLOCK + (columns.place[row] as number));
    timeNs.put(image, row);
    image.integer(translated(maps.kind, columns.kind[row]));
    image.integer(translated(maps.observer, columns.observer[row]));
    image.integer(translated(maps.endpoint, columns.source[row]));
    image.integer(translated(maps.endpoint, columns.destination[row]));
    putOrNone(image, numberOrNull(columns.sourcePort[row]));
    putOrNone(image, numberOrNull(columns.destinationPort[row]));
    putOrNone(image, translatedOrNull(maps.text, columns.l7Text[row]));
    putOrNone(image, translatedOrNull(maps.text, columns.dnsAnswer[row]));
    putOrNone(image, translatedOrNull(maps.text, columns.policies[row]));
    latencyNs.put(image, row);
    image.integer(columns.events[row] as number);
    hash.put(image, row);
    image.integer(0);
    exchangeKey.put(image, row);
    image.integer(translated(maps.pair, columns.pair[row]));
    image.end();
  }
}

/** What few flows have. One with more headers than a row of the image holds is handed over by itself. */
export function putExtras(
  database: Sqlite,
  image: TableImage,
  block: number,
  { extras: { words, varied } }: FlowBatch,
  maps: IdMaps,
): void {
  let end = 0;
  for (let row = 0; row < words.length; row += EXTRA_WORDS) {
    const start = end;
    end += words[row + 7] as number;
    const id = block * PLACES_PER_BLOCK + (words[row] as number);
    const headers = translatedOrNull(maps.text, words[row + 2]);
    if (end - start > LONGEST_BLOB)
      insertExtra(database, id, words, row, headers, varied.subarray(start, end));
    else putExtra(image, id, words, row, headers, varied, start, end);
  }
}

/** In the order of EXTRA_COLUMNS. */
function putExtra(
  image: TableImage,
  id: number,
  words: Int32Array,
  row: number,
  headers: number | null,
  varied: Uint8Array,
  start: number,
  end: number,
): void {
  const has = words[row + 1] as number;
  image.begin(id, end - start);
  putInt64(image, words, row + 3, (has & EXTRA_HAS.trace) !== 0);
  putInt64(image, words, row + 5, (has & EXTRA_HAS.ipTrace) !== 0);
  putOrNone(image, headers);
  image.blob(varied, start, end, (has & EXTRA_HAS.headers) === 0);
  image.end();
}

function insertExtra(
  database: Sqlite,
  id: number,
  words: Int32Array,
  row: number,
  headers: number | null,
  varied: Uint8Array,
): void {
  const has = words[row + 1] as number;
  const int64 = (what: number, at: number): bigint | null =>
    (has & what) === 0
      ? null
      : (BigInt(words[at] as number) << 32n) | BigInt((words[at + 1] as number) >>> 0);
  database
    .prepare(`INSERT INTO FlowExtra (${EXTRA_COLUMNS.join(", ")}) VALUES (?, ?, ?, ?, ?)`)
    .run([id, int64(EXTRA_HAS.trace, row + 3), int64(EXTRA_HAS.ipTrace, row + 5), headers, varied]);
}

/** Which of two neighbouring 32-bit words is the high half of a 64-bit one on this machine. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** A column of 64-bit numbers, read in halves: a bigint for each value would cost more than writing it. */
class Int64s {
  private readonly words: Int32Array;
  private readonly none: Int32Array | undefined;

  constructor(column: BigInt64Array, none: bigint | undefined) {
    this.words = new Int32Array(column.buffer, column.byteOffset, column.length * 2);
    if (none !== undefined) this.none = new Int32Array(BigInt64Array.of(none).buffer);
  }

  put(image: TableImage, row: number): void {
    const high = this.words[row * 2 + HIGH] as number;
    const low = this.words[row * 2 + 1 - HIGH] as number;
    if (this.none !== undefined && high === this.none[HIGH] && low === this.none[1 - HIGH]) image.none();
    else image.int64(high, low);
  }
}

function putInt64(image: TableImage, words: Int32Array, at: number, isThere: boolean): void {
  if (isThere) image.int64(words[at] as number, words[at + 1] as number);
  else image.none();
}

function putOrNone(image: TableImage, value: number | null): void {
  if (value === null) image.none();
  else image.integer(value);
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || value === NONE ? null : value;
}

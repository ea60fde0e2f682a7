/** Lines of a container runtime's log that belong together: where the parts of each record lie. */

import { readRuntimeLine } from "@/lib/formats/container-log";
import { RECORD_BEGINS } from "./line-pieces";

/** A line without its line break. */
export interface Part {
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * The lines from `start` to `end`, put together to records: parts of one stream follow each other, and lines of the
 * other stream may stand between them. In the order in which the records begin. A line of no runtime is a record.
 */
export function partsOf(bytes: Buffer, start: number, end: number, firstLine: number): Part[][] {
  const records: Part[][] = [];
  const open = new Map<string, Part[]>();
  let line = firstLine;
  for (let at = start; at < end; line++) {
    const lineFeed = bytes.subarray(at, end).indexOf(LINE_FEED);
    const behind = lineFeed < 0 ? end : at + lineFeed;
    const part = { start: at, end: bytes[behind - 1] === CARRIAGE_RETURN ? behind - 1 : behind, line };
    at = behind + 1;
    if (part.end <= part.start) continue;
    const read = readRuntimeLine(bytes.toString("utf8", part.start, part.end));
    // The parts before a new record are torn: the runtime was stopped within them.
    const begun =
      read === undefined || read.text.startsWith(RECORD_BEGINS) ? undefined : open.get(read.stream);
    const parts = begun ?? [];
    parts.push(part);
    if (begun === undefined) records.push(parts);
    if (read?.goesOn) open.set(read.stream, parts);
    else if (read !== undefined) open.delete(read.stream);
  }
  return records;
}

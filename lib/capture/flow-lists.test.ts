import { expect, test } from "vitest";
import { ListWriter } from "./byte-lists";
import { FlowLists } from "./flow-lists";

/** An entry as it is written: the combination, records, events, first flow behind the start, and last behind the first. */
type Entry = readonly [combination: number, records: number, events: number, behind: number, length: number];

function written(entries: readonly Entry[]): { readonly sums: Uint8Array; readonly times: Uint8Array } {
  const [sums, times] = [new ListWriter(), new ListWriter()];
  let before = 0;
  for (const [combination, records, events, behind, length] of entries) {
    sums.signed(combination - before);
    sums.varint(records);
    sums.signed(events - records);
    times.wide(behind);
    times.wide(length);
    before = combination;
  }
  return { sums: Uint8Array.from(sums.written()), times: Uint8Array.from(times.written()) };
}

function read(lists: FlowLists, entries: readonly Entry[], first: number): Entry[] {
  const { sums, times } = written(entries);
  lists.readSums(sums, first);
  lists.readTimes(times);
  return Array.from({ length: lists.size }, (_, at): Entry => {
    const { combinations, records, events, behind, lengths } = lists;
    return [combinations[at] ?? -1, records[at] ?? -1, events[at] ?? -1, behind[at] ?? -1, lengths[at] ?? -1];
  });
}

/** Numbers of one byte, of two, of three and more; fewer events than records; times in one byte of high bits, and in two (beyond 128 * 2^32). */
const ENTRIES: readonly Entry[] = [
  [0, 1, 1, 0, 0],
  [63, 127, 127, 255, 2 ** 32],
  [3, 128, 200, 65_536, 2 ** 32 - 1],
  [8_000, 16_383, 16_384, 127 * 2 ** 32 + 1, 128 * 2 ** 32],
  [1, 16_384, 16_384, 129 * 2 ** 32 + 7, 5],
  [2_000_000, 3_000_000, 5_000_000_000, 600_000_000_000, 1],
  [1_999_999, 9, 4, 12, 900_000_000_000],
];

test("entries come out as they were written, whatever bytes their numbers take", () => {
  expect(read(new FlowLists(), ENTRIES, 0)).toEqual(ENTRIES);
});

test("combinations are counted from the first of the bucket", () => {
  expect(read(new FlowLists(), [[2, 1, 1, 0, 0]], 40).map(([combination]) => combination)).toEqual([42]);
});

test("a list that is longer than all before, and a shorter one behind it", () => {
  const lists = new FlowLists();
  const many = Array.from({ length: 10_000 }, (_, at): Entry => [at % 3_000, at, at + 1, at, at]);
  expect(read(lists, many, 0)).toEqual(many);
  expect(read(lists, ENTRIES, 0)).toEqual(ENTRIES);
});

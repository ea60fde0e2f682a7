import { expect, test } from "vitest";
import { BucketRows } from "./bucket-rows";
import { FlowLists } from "./flow-lists";

/** A flow of a combination, or several: how far behind the start of the bucket the first comes, and the last. */
type Seen = readonly [combination: number, first: number, last: number];

/** Buckets a second long; the second and the third are of the same time, as when a file was added. */
const BUCKETS: readonly { readonly order: number; readonly seen: readonly Seen[] }[] = [
  { order: 0, seen: [[1, 700, 900]] },
  {
    order: 1,
    seen: [
      [1, 300, 800],
      [2, 400, 400],
    ],
  },
  {
    order: 1,
    seen: [
      [3, 100, 600],
      [1, 200, 500],
    ],
  },
  { order: 2, seen: [[1, 50, 60]] },
];
const STARTS = { of: [null], own: [0n, 1000n, 2000n] };
/** Combinations 2 and 3 are not told apart. */
const GROUPS = { groupOf: Int32Array.from([-1, 0, 1, 1]), keys: [[1], [2]] };

function listsOf(seen: readonly Seen[]): FlowLists {
  const lists = new FlowLists();
  lists.size = seen.length;
  for (const [at, [combination, first, last]] of seen.entries()) {
    lists.combinations[at] = combination;
    lists.records[at] = 1;
    lists.events[at] = 2;
    lists.behind[at] = first;
    lists.lengths[at] = last - first;
  }
  return lists;
}

/** Group 1: from 700 ns to 2060, four records; group 2: from 1100 to 1600, two. */
const EXPECTED = "[[1,null,4,8,700,2060],[2,null,2,4,1100,1600]]";
const WISH = { hasTimes: true, hasAnchored: false };

test("times are added with the sums", () => {
  const rows = new BucketRows(GROUPS, STARTS);
  for (const { order, seen } of BUCKETS) {
    rows.addSums(listsOf(seen), { order, place: 0 });
    rows.addTimes(listsOf(seen), { order, place: 0 });
  }
  expect(rows.json(WISH)).toBe(EXPECTED);
});

test("times are added when all sums are there, from the buckets in which rows begin or end", () => {
  const rows = new BucketRows(GROUPS, STARTS);
  const buckets = [...BUCKETS, { order: 3, seen: [] }];
  for (const { order, seen } of buckets) rows.addSums(listsOf(seen), { order, place: 0 });
  const isOuter = rows.outerBuckets();
  expect([...isOuter]).toEqual([1, 1, 1]);
  for (const { order, seen } of buckets)
    if (isOuter[order] === 1) rows.addTimes(listsOf(seen), { order, place: 0 });
  expect(rows.json(WISH)).toBe(EXPECTED);
});

test("a bucket in which no row begins or ends is none of those", () => {
  const rows = new BucketRows(GROUPS, STARTS);
  for (const order of [0, 1, 2]) rows.addSums(listsOf([[1, 10, 20]]), { order, place: 0 });
  expect([...rows.outerBuckets()]).toEqual([1, 0, 1]);
});

test("more rows than there was room for at first", () => {
  const groups = 300;
  const rows = new BucketRows(
    {
      groupOf: Int32Array.from({ length: groups }, (_, at) => at),
      keys: Array.from({ length: groups }, (_, at) => [at]),
    },
    STARTS,
  );
  const all = Array.from({ length: groups }, (_, at): Seen => [at, at, at]);
  rows.addSums(listsOf(all), { order: 0, place: 0 });
  rows.addTimes(listsOf(all), { order: 0, place: 0 });
  expect(rows.json(WISH)).toBe(`[${all.map(([at]) => `[${at},null,1,2,${at},${at}]`).join(",")}]`);
});

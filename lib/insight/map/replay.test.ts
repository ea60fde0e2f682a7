import { expect, it } from "vitest";
import { FOLD_LIMITS } from "./fold";
import { buildGraph } from "./graph";
import { momentOf, toReplay } from "./replay";
import { edge, nodesOf } from "./testing";

const EDGES = [
  {
    ...edge("a/a", "a/b", 7, { drops: 2 }),
    trend: [
      ["100", 5, 0],
      ["130", 2, 2],
    ] as [string, number, number][],
  },
  { ...edge("a/a", "a/b", 1, { port: 9 }), trend: [["100", 1, 0]] as [string, number, number][] },
  edge("a/b", "a/c", 1),
];

it("says what a line had at each moment, buckets without anything included", () => {
  const replay = toReplay(EDGES, "10");
  const { lines } = buildGraph(nodesOf(EDGES), EDGES, FOLD_LIMITS);
  const [both, untimed] = lines;
  if (replay === undefined || both === undefined || untimed === undefined) throw new Error("no replay");
  expect(replay.starts).toEqual([100n, 110n, 120n, 130n]);
  const moments = replay.starts.map((_, bucket) => momentOf(replay, both, bucket));
  expect(moments.map(({ events, drops, tone }) => [events, drops, tone])).toEqual([
    [6, 0, "good"],
    [0, 0, "calm"],
    [0, 0, "calm"],
    [2, 2, "bad"],
  ]);
  expect(momentOf(replay, untimed, 0).events).toBe(0);
});

it("is nothing where nothing has a time", () => {
  expect(toReplay([edge("a/a", "a/b", 1)], "10")).toBeUndefined();
});

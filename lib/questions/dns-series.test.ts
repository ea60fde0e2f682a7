import { expect, it } from "vitest";
import { lines, TestCapture } from "@/lib/jobs/testing";
import { asked, captureOf } from "@/lib/jobs/testing-dns";
import { readDnsSeries } from "./dns-series";
import { reader } from "./dns-testing";
import { readFlows } from "./flows";

/** Of node 1 one failure, of node 2 two, and so on: 1 + 2 + ... + 8 = 36. */
const FAILURES = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((node) =>
  Array.from({ length: node }, (_, n) =>
    asked(node * 20 + n, `${node}-${n}.example`, { rcode: 2 }).map((text) =>
      text.replaceAll('"n1"', `"n${node}"`),
    ),
  ).flat(),
);

it("errors by node: the five nodes with most, all others as one, and what each lists", () => {
  const open = reader(
    captureOf(
      ...FAILURES,
      ...asked(500, "good.example"),
      ...asked(510, "lost.example", { after: null }),
      // An attempt of the search list is no error.
      ...asked(520, "good.example.shop.svc.cluster.local", { rcode: 3 }),
      ...asked(520.1, "good.example"),
    ),
  );
  const answer = open.ask((capture) => readDnsSeries(capture, { by: "node", buckets: 500 }));
  if (!answer.ok) throw new Error(answer.failure.message);
  const { queries, responses } = answer.value;
  expect(responses.map(({ key, total }) => [key, total])).toEqual([
    ["n8", 8],
    ["n7", 7],
    ["n6", 6],
    ["n5", 5],
    ["n4", 4],
    ["others", 1 + 2 + 3],
  ]);
  expect(queries.map(({ key, total }) => [key, total])).toEqual([["n1", 1]]);
  for (const { key, filter, total, points } of [...queries, ...responses]) {
    const flows = open.ask((capture) =>
      readFlows(capture, { q: filter, limit: 1, order: "asc", total: true }),
    );
    expect([key, flows.ok && flows.value.total?.events]).toEqual([key, total]);
    expect(points.reduce((sum, [, n]) => sum + n, 0)).toBe(total);
  }
});

it.each([
  ["none has a time", []],
  ["others have", asked(1, "a.example")],
])("questions without a time are in the totals where %s", (_name, timed) => {
  const untimed = asked(5, "b.example").map((text) => text.replace(/"time":"[^"]*"/g, '"time":"?"'));
  const capture = new TestCapture();
  capture.add("a", lines(...timed, ...untimed));
  const open = reader(capture);
  const answer = open.ask((own) => readDnsSeries(own, { by: "outcome", buckets: 60 }));
  if (!answer.ok) throw new Error(answer.failure.message);
  const sums = [answer.value.queries, answer.value.responses].map((list) =>
    list.reduce((sum, { total }) => sum + total, 0),
  );
  expect(sums).toEqual([1 + timed.length / 2, 1 + timed.length / 2]);
  expect(answer.value.fromNs === null).toBe(timed.length === 0);
});

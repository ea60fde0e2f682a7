/** The first page of a scope that begins late in a capture of many flows, and ends early. */

import { describe, expect, it, onTestFinished } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { readFlows } from "./flows";
import { OpenCapture } from "./open-capture";

/** More than are looked through before it is asked where the scope begins. */
const EACH = 5000;

/** Two pods, a record each in turn, each second one of the first pod's dropped, in a stretch of its own: the second one's begins later and ends earlier. */
function dropped(n: number): boolean {
  const [from, to] = n % 2 === 0 ? [EACH, 3 * EACH] : [2 * EACH, 2.5 * EACH];
  return n >= from && n < to;
}

function record(n: number): string {
  return line(n, {
    uuid: String(n),
    verdict: dropped(n) ? "DROPPED" : "FORWARDED",
    ...(dropped(n) && { event_type: { type: 1 }, drop_reason_desc: "POLICY_DENIED" }),
    source: { namespace: "shop", pod_name: `web-${n % 2}` },
    IP: { source: `10.0.0.${n % 2}`, destination: "10.0.1.1" },
    l4: { TCP: { source_port: 1000 + (n % 50_000), destination_port: 80 } },
  });
}

describe("the first page of a scope that begins late", () => {
  it("has the first of its flows, both ways", () => {
    const capture = new TestCapture();
    const numbers = Array.from({ length: 4 * EACH }, (_, n) => n);
    capture.add("a", lines(...numbers.map(record)));
    const opened = OpenCapture.open(capture.file);
    if (!opened.ok) throw new Error(opened.failure.message);
    const open = opened.value;
    onTestFinished(() => open.close());
    const drops = numbers.filter(dropped);
    for (const q of ["verdict:DROPPED", "drop:yes", "verdict:DROPPED type:drop"])
      for (const order of ["asc", "desc"] as const) {
        const page = open.ask((one) => readFlows(one, { q, order, limit: 40, total: false }));
        if (!page.ok) throw new Error(page.failure.message);
        const wanted = (order === "asc" ? drops : drops.toReversed()).slice(0, 40);
        expect([q, order, page.value.flows.map(({ sourcePort }) => sourcePort)]).toEqual([
          ...[q, order, wanted.map((n) => 1000 + n)],
        ]);
      }
  });
});

import { describe, expect, it, onTestFinished } from "vitest";
import { formatTime } from "@/lib/base/time";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { type FlowsParameters, readFlows } from "./flows";
import { OpenCapture } from "./open-capture";

const START = BigInt(Date.UTC(2026, 7, 21, 12)) * 1_000_000n;

interface Drawn {
  /** Microseconds behind the start. */
  readonly at: number;
  /** The drop record, the verdict record of one, or something else. */
  readonly what: "drop" | "verdict" | "other";
  /** Of the connection: records of one are joined when they are at most a millisecond apart. */
  readonly port: number;
}

function record({ at, what, port }: Drawn): string {
  return line(undefined, {
    time: formatTime(START + BigInt(at) * 1000n),
    uuid: `${what} ${port}`,
    verdict: what === "other" ? "FORWARDED" : "DROPPED",
    event_type: what === "other" ? undefined : { type: what === "drop" ? 1 : 5, sub_type: 133 },
    drop_reason_desc: what === "other" ? undefined : "POLICY_DENIED",
    traffic_direction: "EGRESS",
    IP: { source: "10.0.0.1", destination: "10.0.0.2" },
    l4: { TCP: { source_port: port, destination_port: 80, flags: { SYN: true } } },
  });
}

/** Drops a second apart, whose verdicts come up to a millisecond before or behind them, or not at all; every other record is none. */
const drawn: readonly Drawn[] = Array.from({ length: 60 }, (_, n): Drawn[] => {
  const at = Math.floor(n / 3) * 1_000_000 + (n % 3) * 400;
  const apart = [undefined, undefined, -1000, 300, 999][n % 5];
  return [
    { at, what: "drop", port: 1000 + n },
    ...(apart === undefined ? [] : [{ at: at + apart, what: "verdict", port: 1000 + n } as const]),
    { at: at + 100, what: "other", port: 5000 + n },
  ];
}).flat();

function reader(): OpenCapture {
  const capture = new TestCapture();
  capture.add("a", lines(...drawn.map(record)));
  const opened = OpenCapture.open(capture.file);
  if (!opened.ok) throw new Error(opened.failure.message);
  onTestFinished(() => opened.value.close());
  return opened.value;
}

/** The source port and the microsecond of each row. */
function rows(open: OpenCapture, parameters: Partial<FlowsParameters>): string[] {
  const answer = open.ask((capture) =>
    readFlows(capture, { limit: 10, order: "asc", total: false, q: "drop:yes", ...parameters }),
  );
  if (!answer.ok) throw new Error(answer.failure.message);
  return answer.value.flows.map(({ time, sourcePort }) => `${time} ${sourcePort}`);
}

/** By time, then in the order of the file. */
const expected = drawn
  .filter(({ what }) => what !== "other")
  .map((one, place) => ({ ...one, place }))
  .sort((a, b) => a.at - b.at || a.place - b.place)
  .map(({ at, port }) => `${formatTime(START + BigInt(at) * 1000n)} ${port}`);

describe("the first rows of all drops", () => {
  it("are both records of each in the order of time, from either end, however many are asked for", () => {
    const open = reader();
    for (const limit of [1, 2, 3, 7, 40, 59, 60, 200]) {
      expect(rows(open, { limit })).toEqual(expected.slice(0, limit));
      expect(rows(open, { limit, order: "desc" })).toEqual(expected.toReversed().slice(0, limit));
    }
  });

  it("come with their count, and the count comes without them", () => {
    const answer = reader().ask((capture) =>
      readFlows(capture, { limit: 0, order: "asc", total: true, q: "drop:yes" }),
    );
    if (!answer.ok) throw new Error(answer.failure.message);
    expect(answer.value).toMatchObject({ flows: [], next: null, previous: null });
    expect(answer.value.total).toMatchObject({
      records: expected.length,
      events: expected.length,
      drops: 60,
    });
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byTime, type DnsMessage } from "./message";
import { type PairedExchange, Pairing } from "./pairing";
import { messages } from "./testing";

function pair(list: readonly DnsMessage[]): PairedExchange[] {
  const pairing = new Pairing();
  for (const message of [...list].sort(byTime)) pairing.add("one", message);
  return pairing.takeRest();
}

/** `request-response latency` by the numbers of the lines; `-` for none, `late` behind an answer past the time-out. */
function drawn(exchanges: readonly PairedExchange[]): string[] {
  return exchanges.map(({ request, response, latencyNs, isLate }) =>
    [
      `${request?.id ?? ""}-${response?.id ?? ""}`,
      latencyNs === undefined ? "" : `${Number(latencyNs) / 1e6}ms`,
      isLate ? "late" : "",
    ]
      .join(" ")
      .trim(),
  );
}

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ["a question and its answer", "0 ask\n3 answer", ["1-2 3ms"]],
  ["a question and its answer at one instant, whichever was written first", "0 answer\n0 ask", ["2-1 0ms"]],
  ["a question without an answer", "0 ask", ["1-"]],
  ["an answer whose question is not in the log", "0 answer", ["-1"]],
  ["an answer exactly at the time-out", "0 ask\n5000 answer", ["1-2 5000ms"]],
  ["an answer behind the time-out: late, and with its question", "0 ask\n5001 answer", ["1-2 5001ms late"]],
  ["an answer to nothing, after ten seconds", "0 ask\n10001 answer", ["1-", "-2"]],
  [
    "questions at once from a shared socket: in order",
    "0 ask\n0.5 ask\n3 answer\n4 answer",
    ["1-3 3ms", "2-4 3.5ms"],
  ],
  [
    "a question asked again: its answer is the newest one's",
    "0 ask\n2500 ask\n2503 answer",
    ["1-", "2-3 3ms"],
  ],
  [
    "a lost answer does not shift those that follow",
    "0 ask\n4000 ask\n4002 answer\n8000 ask\n8002 answer",
    ["1-", "2-3 2ms", "4-5 2ms"],
  ],
  ["a refused question gets no answer", "0 refused\n1 ask\n2 answer", ["1-", "2-3 1ms"]],
  [
    "both proxies of two nodes: the server's side counts",
    "0 ask\n0.4 ask n2 ingress\n2 answer n2 ingress\n2.5 answer",
    ["2-3 1.6ms"],
  ],
  [
    "both proxies, the server's clock half a second behind",
    "-500 ask n2 ingress\n-498 answer n2 ingress\n0 ask\n2.5 answer",
    ["1-2 2ms"],
  ],
  [
    "two questions at both proxies",
    "0 ask\n1 ask n2 ingress\n2 answer n2 ingress\n3 answer\n20 ask\n21 ask n2 ingress\n22 answer n2 ingress\n23 answer",
    ["2-3 1ms", "6-7 1ms"],
  ],
  [
    "two questions at once at both proxies",
    "0 ask\n0.1 ask\n1 ask n2 ingress\n1.1 ask n2 ingress\n2 answer n2 ingress\n2.1 answer n2 ingress\n3 answer\n3.1 answer",
    ["3-5 1ms", "4-6 1ms"],
  ],
  [
    "one side lost the second question",
    "0 ask\n1 ask n2 ingress\n2 answer n2 ingress\n3 answer\n2000 ask\n2003 answer",
    ["2-3 1ms", "5-6 3ms"],
  ],
  ["no latency from two clocks", "0 ask\n3 answer n2 ingress", ["1-2"]],
  [
    "one packet at two points of a node within a millisecond",
    "0 ask wire\n0.9 ask wire\n3 answer wire\n3.5 answer wire",
    ["1-3 3ms"],
  ],
  [
    "the same words to two servers at once: two questions",
    "0 ask >7\n0.2 ask >8\n3 answer >7\n4 answer >8",
    ["1-3 3ms", "2-4 3.8ms"],
  ],
];

describe("questions and answers of one channel", () => {
  it.each(cases)("%s", (_name, drawing, expected) => {
    expect(drawn(pair(messages(drawing)))).toEqual(expected);
  });

  it("stay apart from those of another channel", () => {
    const pairing = new Pairing();
    const [ask, answer] = messages("0 ask\n1 answer") as [DnsMessage, DnsMessage];
    pairing.add("port 1", ask);
    pairing.add("port 2", answer);
    expect(drawn(pairing.takeRest())).toEqual(["1-", "-2"]);
  });

  it("are handed out once nothing can belong to them any more, and not before", () => {
    const pairing = new Pairing();
    for (const message of messages("0 ask\n3 answer\n9000 ask")) pairing.add("one", message);
    expect(pairing.takeClosed(11_000_000_000n)).toEqual([]);
    expect(drawn(pairing.takeClosed(11_000_000_001n))).toEqual(["1-2 3ms"]);
    expect(drawn(pairing.takeRest())).toEqual(["3-"]);
  });
});

/** Any mixture of messages: every one belongs to one exchange, or was one more sighting of its message. */
const message = fc.record({
  ms: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20_000 })),
  what: fc.constantFrom("ask", "ask", "answer", "answer", "refused"),
  node: fc.constantFrom("n1", "n1", "n2 ingress"),
});

describe("any messages", () => {
  const drawing = fc
    .array(message, { minLength: 1, maxLength: 40 })
    .map((list) => messages(list.map(({ ms, what, node }) => `${ms} ${what} ${node}`).join("\n")));

  it("are used at most once, answers behind their questions, latency within the bounds", () => {
    fc.assert(
      fc.property(drawing, (list) => {
        const exchanges = pair(list);
        const used = exchanges.flatMap(({ request, response }) =>
          [request?.id, response?.id].filter((id) => id !== undefined),
        );
        expect(new Set(used).size).toBe(used.length);
        for (const { request, response, latencyNs, isLate } of exchanges) {
          expect(request?.isResponse ?? false).toBe(false);
          expect(response?.isResponse ?? true).toBe(true);
          if (latencyNs === undefined) continue;
          expect(request?.node).toBe(response?.node);
          expect(latencyNs >= 0n && latencyNs <= 12_000_000_000n).toBe(true);
          if (latencyNs > 6_000_000_000n) expect(isLate).toBe(true);
        }
        // From one place nothing is a second sighting: each question begins an exchange of its own.
        if (list.every(({ node }) => node === "1"))
          expect(used.filter((id) => list.some((one) => one.id === id && !one.isResponse))).toHaveLength(
            list.filter(({ isResponse }) => !isResponse).length,
          );
      }),
      { seed: 20260304, numRuns: 500 },
    );
  });

  it("give the same exchanges in whatever order they stand in files", () => {
    fc.assert(
      fc.property(drawing, fc.infiniteStream(fc.nat()), (list, random) => {
        const shuffled = [...list]
          .map((one) => [random.next().value, one] as const)
          .sort(([a], [b]) => a - b)
          .map(([, one]) => one);
        expect(drawn(pair(shuffled))).toEqual(drawn(pair(list)));
      }),
      { seed: 20260304, numRuns: 300 },
    );
  });

  it("do not depend on when exchanges are handed out", () => {
    fc.assert(
      fc.property(drawing, (list) => {
        const pairing = new Pairing();
        const found: PairedExchange[] = [];
        for (const one of [...list].sort(byTime)) {
          found.push(...pairing.takeClosed(one.timeNs));
          pairing.add("one", one);
        }
        found.push(...pairing.takeRest());
        expect(drawn(found).sort()).toEqual(drawn(pair(list)).sort());
      }),
      { seed: 20260304, numRuns: 300 },
    );
  });
});

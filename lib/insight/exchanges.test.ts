import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Exchange, ExchangePairer, type ExchangeRow, type Side } from "./exchanges";

/** Client 7 calls server 3, port 80, unless a row says otherwise. */
const row = (id: number, at: number, members: Partial<ExchangeRow> = {}): ExchangeRow => ({
  ...{ id, second: Math.floor(at), nano: Math.round((at % 1) * 1e9), isRequest: true, isDenied: false },
  mayRefuse: false,
  ...{ side: "INGRESS", node: 1, client: 7, clientPort: 40000, server: 3, serverPort: 80 },
  ...{ key: undefined, subject: "GET /a" },
  isForAllTopics: false,
  ...members,
});
const request = row;
const response = (id: number, at: number, members: Partial<ExchangeRow> = {}): ExchangeRow =>
  row(id, at, { isRequest: false, ...members });

function pair(rows: readonly ExchangeRow[], limit?: number): Exchange[] {
  const exchanges: Exchange[] = [];
  const pairer = new ExchangePairer((exchange) => exchanges.push(exchange), limit);
  for (const one of rows) pairer.add(one);
  pairer.end();
  return exchanges;
}

/** `1-2` a request and its answer, `1-` without, `-2` an answer alone; in brackets when the other side counts. */
const drawn = (rows: readonly ExchangeRow[]): string =>
  pair(rows)
    .map(({ request: asked, response: answer, isCounted }) => {
      const text = `${asked?.id ?? ""}-${answer?.id ?? ""}`;
      return isCounted ? text : `(${text})`;
    })
    .sort()
    .join(" ");

const egress = { side: "EGRESS", node: 2 } as const;

describe("an answer", () => {
  it.each<readonly [string, readonly ExchangeRow[], string]>([
    ["follows its request on the connection", [request(1, 0), response(2, 0.1)], "1-2"],
    [
      "belongs to the oldest open request",
      [request(1, 0), request(2, 1), response(3, 2), response(4, 3)],
      "1-3 2-4",
    ],
    [
      "belongs to the request with its id, whatever the order",
      [
        request(1, 0, { key: 5n }),
        request(2, 1, { key: 6n }),
        response(3, 2, { key: 6n }),
        response(4, 3, { key: 5n }),
      ],
      "1-4 2-3",
    ],
    [
      "with an id that no open request has is not given to one with another id",
      [request(1, 0, { key: 5n }), response(2, 1, { key: 6n })],
      "-2 1-",
    ],
    ["with an id may answer a request that has none", [request(1, 0), response(2, 1, { key: 6n })], "1-2"],
    ["without an id answers a request that has one", [request(1, 0, { key: 5n }), response(2, 1)], "1-2"],
    [
      "belongs to the request for the same, when several are open",
      [
        request(1, 0),
        request(2, 1, { subject: "GET /b" }),
        response(3, 2, { subject: "GET /b" }),
        response(4, 3),
      ],
      "1-4 2-3",
    ],
    [
      "without a URL answers the oldest",
      [request(1, 0), request(2, 1, { subject: "GET /b" }), response(3, 2, { subject: undefined })],
      "1-3 2-",
    ],
    ["for something else is alone", [request(1, 0), response(2, 1, { subject: "GET /b" })], "-2 1-"],
    ["on another connection is alone", [request(1, 0), response(2, 1, { clientPort: 40001 })], "-2 1-"],
    ["to another client's request is alone", [request(1, 0), response(2, 1, { client: 8 })], "-2 1-"],
    ["may come 65 s later", [request(1, 0), response(2, 65)], "1-2"],
    ["that comes later than that is alone", [request(1, 0), response(2, 65.1)], "-2 1-"],
    ["before its request is alone", [response(1, 0), request(2, 1)], "-1 2-"],
    ["is given once", [request(1, 0), response(2, 1), response(3, 2)], "-3 1-2"],
    [
      "of the proxy to a request that it refused is its answer",
      [request(1, 0, { isDenied: true }), response(2, 0.1, { mayRefuse: true })],
      "1-2",
    ],
    [
      "that is no refusal belongs to no request that a proxy refused",
      [request(1, 0, { isDenied: true }), request(2, 1), response(3, 1.1)],
      "1- 2-3",
    ],
    [
      "that is no refusal belongs to none that was refused with the same id",
      [request(1, 0, { isDenied: true, key: 5n }), request(2, 1, { key: 5n }), response(3, 1.1, { key: 5n })],
      "1- 2-3",
    ],
    [
      "that may be a refusal is the server's where something was asked since",
      [request(1, 0, { isDenied: true }), request(2, 1), response(3, 1.1, { mayRefuse: true })],
      "1- 2-3",
    ],
    [
      "that may be a refusal is the proxy's where the refused request is the newest",
      [
        ...[request(1, 0), request(2, 1, { isDenied: true }), response(3, 1.1, { mayRefuse: true })],
        response(4, 1.2),
      ],
      "1-4 2-3",
    ],
    [
      "that may be a refusal looks at requests for the same only",
      [
        ...[request(1, 0, { isDenied: true }), request(2, 0.1, { subject: "GET /b" })],
        response(3, 0.2, { mayRefuse: true }),
      ],
      "1-3 2-",
    ],
  ])("%s", (_name, rows, expected) => {
    expect(drawn(rows)).toBe(expected);
  });
});

describe("an answer of Kafka that names no topic", () => {
  const topic = (id: number, at: number, name: string, members: Partial<ExchangeRow> = {}) =>
    request(id, at, { key: 7n, subject: `produce ${name}`, ...members });
  const answer = (id: number, at: number, members: Partial<ExchangeRow> = {}) =>
    response(id, at, { key: 7n, subject: undefined, isForAllTopics: true, ...members });

  it.each<readonly [string, readonly ExchangeRow[], string]>([
    [
      "is that of all topics of its request",
      [topic(1, 0, "a"), topic(2, 0.0001, "b"), topic(3, 0.0002, "c"), answer(4, 0.1)],
      "1-4 2-4 3-4",
    ],
    [
      "is not that of another request of the connection",
      [topic(1, 0, "a"), topic(2, 0, "b"), topic(3, 0.001, "c", { key: 8n }), answer(4, 0.1)],
      "1-4 2-4 3-",
    ],
    [
      "is not that of a later request with the same id",
      [topic(1, 0, "a"), topic(2, 0.02, "b"), answer(3, 0.1), answer(4, 0.2)],
      "1-3 2-4",
    ],
    [
      "is not that of a second request for the same topic",
      [topic(1, 0, "a"), topic(2, 0, "a"), answer(3, 0.1), answer(4, 0.2)],
      "1-3 2-4",
    ],
    [
      "counts once for each topic where both proxies log it",
      [
        ...[topic(1, 0, "a", egress), topic(2, 0, "b", egress), topic(3, 0.001, "a"), topic(4, 0.001, "b")],
        ...[answer(5, 0.1), answer(6, 0.101, egress)],
      ],
      "(1-6) (2-6) 3-5 4-5",
    ],
    [
      "is one of several where each names its topic",
      [
        ...[topic(1, 0, "a"), topic(2, 0, "b")],
        ...[answer(3, 0.1, { subject: "produce b", isForAllTopics: false })],
        ...[answer(4, 0.1, { subject: "produce a", isForAllTopics: false })],
      ],
      "1-4 2-3",
    ],
  ])("%s", (_name, rows, expected) => {
    expect(drawn(rows)).toBe(expected);
  });
});

describe("a request that both proxies log", () => {
  const both = (members: Partial<ExchangeRow> = {}) => [
    request(1, 0, { ...egress, ...members }),
    request(2, 0.001, members),
    response(3, 0.1, members),
    response(4, 0.101, { ...egress, ...members }),
  ];

  it.each<readonly [string, readonly ExchangeRow[], string]>([
    ["counts at the server's side, by its id", both({ key: 9n }), "(1-4) 2-3"],
    ["counts at the server's side, by method and URL", both(), "(1-4) 2-3"],
    [
      "counts there when the client's proxy opens its own connection",
      both().map((one) => ({ ...one, clientPort: one.side === "EGRESS" ? 40000 : 51000 })),
      "(1-4) 2-3",
    ],
    [
      "counts there when the server's clock is behind",
      [request(2, 0), request(1, 0.05, egress), response(3, 0.1), response(4, 0.2, egress)],
      "(1-4) 2-3",
    ],
    [
      "counts at the client's side when it alone logged it",
      [request(1, 0, egress), response(2, 1, egress)],
      "1-2",
    ],
    [
      "counts once for each of two requests",
      [...[request(1, 0, egress), request(2, 0.001), request(3, 0.3, egress), request(4, 0.301)]],
      "(1-) (3-) 2- 4-",
    ],
    [
      "is another one more than 5 s later, even with the same id",
      [request(1, 0, { ...egress, key: 9n }), request(2, 5.1, { key: 9n })],
      "1- 2-",
    ],
    ["is another one more than 1 s later without an id", [request(1, 0, egress), request(2, 1.1)], "1- 2-"],
    [
      "is another one when the id travelled on to the next service",
      [
        request(1, 0, { ...egress, key: 9n }),
        request(2, 0.01, { key: 9n, client: 3, server: 5, subject: "GET /b" }),
      ],
      "1- 2-",
    ],
    [
      "is another one when the client's proxy refused it",
      [request(1, 0, { ...egress, isDenied: true }), request(2, 0.5)],
      "1- 2-",
    ],
    [
      "is not looked for where the side of one alone is unknown",
      [request(1, 0, { side: "unknown" }), request(2, 0.1)],
      "1- 2-",
    ],
    [
      "counts at the node that logged it later, where the records name no side",
      both().map((one) => ({ ...one, side: "unknown" as const })),
      "(1-4) 2-3",
    ],
    [
      "cannot be told from two requests, where they name no node either: both count",
      [request(1, 0, { side: "unknown", node: 0 }), request(2, 0.1, { side: "unknown", node: 0 })],
      "1- 2-",
    ],
    [
      "is another one for another URL, whatever the node",
      [request(1, 0, { side: "unknown" }), request(2, 0, { side: "unknown", node: 2, subject: "GET /b" })],
      "1- 2-",
    ],
    [
      "is another one when the first proxy refused it, where they name no side",
      [request(1, 0, { side: "unknown", isDenied: true }), request(2, 0, { side: "unknown", node: 2 })],
      "1- 2-",
    ],
    ["is one for its answers alone, too", [response(1, 0), response(2, 0.01, egress)], "(-2) -1"],
  ])("%s", (_name, rows, expected) => {
    expect(drawn(rows)).toBe(expected);
  });

  it("names the other record on each side, and so does what may be the same", () => {
    const [first, second] = pair(both());
    expect([first?.twin, second?.twin]).toEqual([2, 1]);
    const twins = (node: number) =>
      pair(
        [
          ...[request(1, 0), request(2, 0.9), response(3, 0.91), response(4, 0.92)],
          // By the clock of one node it began when the one before was over.
          ...[request(5, 3), response(6, 3.1), request(7, 3.2), response(8, 3.3), request(9, 4.3)],
        ].map((one) => ({ ...one, side: "unknown" as const, node })),
      ).map(({ twin }) => twin);
    expect(twins(1)).toEqual([2, 1, undefined, undefined, undefined]);
    expect(twins(0)).toEqual([2, 1, 7, 5, undefined]);
  });
});

describe("pairing", () => {
  const sides: readonly Side[] = ["INGRESS", "EGRESS", "unknown"];
  const item = fc.record({
    step: fc.constantFrom(0.001, 0.3, 0.9, 2, 6, 64, 70),
    isRequest: fc.boolean(),
    side: fc.constantFrom(...sides),
    clientPort: fc.constantFrom(1, 2),
    key: fc.constantFrom(undefined, undefined, 1n, 2n),
    subject: fc.constantFrom("a", "b", undefined),
    isDenied: fc.boolean(),
  });

  it("gives every record out once, never pairs what differs, and counts one of twins", () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 50 }), (items) => {
        let at = 0;
        const rows = items.map(({ step, isRequest, isDenied, ...members }, i) => {
          at += step;
          return row(i + 1, at, { ...members, isRequest, isDenied: isRequest && isDenied });
        });
        const exchanges = pair(rows);
        const given = exchanges.flatMap(({ request: asked, response: answer }) => [asked, answer]);
        expect(
          given
            .filter((one) => one !== undefined)
            .map(({ id }) => id)
            .sort((a, b) => a - b),
        ).toEqual(rows.map(({ id }) => id));
        for (const { request: asked, response: answer } of exchanges) {
          if (asked === undefined || answer === undefined) continue;
          expect(asked.id).toBeLessThan(answer.id);
          expect([asked.side, asked.clientPort]).toEqual([answer.side, answer.clientPort]);
          expect(asked.key === undefined || answer.key === undefined || asked.key === answer.key).toBe(true);
        }
        const byId = new Map(exchanges.map((one) => [(one.request ?? one.response)?.id, one]));
        for (const one of exchanges) {
          if (one.twin === undefined) expect(one.isCounted).toBe(true);
          else {
            const side = (one.request ?? one.response)?.side;
            expect(byId.get(one.twin)?.isCounted).toBe(side === "unknown" || !one.isCounted);
          }
        }
      }),
      { seed: 20261125, numRuns: 2000 },
    );
  });

  it("holds no more than allowed and takes time that grows with the rows only", () => {
    const rows: ExchangeRow[] = [];
    for (let i = 0; i < 200_000; i++) {
      rows.push(request(2 * i + 1, i * 1e-4, { subject: "GET /" }));
      // One in two is answered, on the same few connections.
      if (i % 2 === 0) rows.push(response(2 * i + 2, i * 1e-4, { subject: "GET /" }));
    }
    // Comparing each with each would outlast the test.
    const exchanges = pair(rows, 1000);
    expect(exchanges.filter(({ request: asked }) => asked !== undefined).length).toBe(200_000);
  });
});

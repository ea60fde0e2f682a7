/**
 * Requests and connections of real logs, counted apart from the program by thirty lines of Python: requests and statuses
 * from the L7 records, connections by 5-tuple with the flags that were seen on either side.
 */

import { describe, expect, it } from "vitest";
import { ProofCapture, REAL_LOGS } from "./captures";

interface Expected {
  readonly requests: number;
  readonly status: Readonly<Record<string, number>>;
  /** URL -> requests. */
  readonly urls: Readonly<Record<string, number>>;
  /** 5-tuples with a SYN, all of which were answered; those without; those of both with a FIN. None was reset. */
  readonly attempts: number;
  readonly before: number;
  readonly closed: number;
}

const NONE = { requests: 0, status: {}, urls: {} } as const;

const EXPECTED: Readonly<Record<string, Expected>> = {
  "bookinfo-kind-tcp.jsonl": {
    requests: 33,
    status: { "200": 32 },
    urls: {
      "http://reviews:9080/reviews/0": 10,
      "http://productpage:9080/productpage": 9,
      "http://details:9080/details/0": 9,
      "http://ratings:9080/ratings/0": 5,
    },
    ...{ attempts: 43, before: 14, closed: 38 },
  },
  "starwars-kind-2024.jsonl": { ...NONE, attempts: 6, before: 0, closed: 6 },
  "istio-gke-tcp-2021-06.jsonl": { ...NONE, attempts: 1, before: 4, closed: 1 },
};

describe("real logs", () => {
  const logs = REAL_LOGS.filter(({ name }) => EXPECTED[name] !== undefined);

  // A file without any test would fail where they are not.
  it(`are ${REAL_LOGS.length === 0 ? "not there, so nothing was tested over them" : "those that were counted"}`, () => {
    expect(logs.length).toBe(REAL_LOGS.length === 0 ? 0 : Object.keys(EXPECTED).length);
  });

  it.each(logs)("$name has the requests and connections that were counted by hand", (log) => {
    const expected = EXPECTED[log.name];
    if (expected === undefined) throw new Error(`nothing was worked out for ${log.name}`);
    const proof = new ProofCapture([log]);
    const { total, rows } = proof.ask("l7", { by: "url" });
    expect({ requests: total.requests, status: total.status, errors: total.errors }).toEqual({
      ...{ requests: expected.requests, status: expected.status, errors: 0 },
    });
    expect(Object.fromEntries(rows.map(({ key, requests }) => [key.url, requests]))).toEqual(expected.urls);
    const connections = proof.ask("connections").total;
    const { answered = 0, closed = 0, "open-already": before = 0 } = connections.outcomes;
    expect({ attempts: connections.attempts, answered, closed, before, resets: connections.resets }).toEqual({
      ...{ attempts: expected.attempts, answered: expected.attempts },
      ...{ closed: expected.closed, before: expected.before, resets: 0 },
    });
  });
});

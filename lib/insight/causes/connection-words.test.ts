import { describe, expect, it } from "vitest";
import { CAUSE_CLASSES } from "./cause";
import {
  CONNECTION_TYPES,
  type ConnectionFacts,
  connectionRemedy,
  connectionSentence,
} from "./connection-words";

const facts: ConnectionFacts = {
  ...{ type: "refused", client: "shop/web", server: "shop/api", port: 8080, protocol: "TCP", subject: null },
  ...{ count: 3, total: 10, clients: 1, class: CAUSE_CLASSES.brokenSince },
};

describe("the words of a cause", () => {
  it.each<readonly [Partial<ConnectionFacts>, string]>([
    [{}, "shop/api:8080 refuses 3 of 10 connections of shop/web with a reset; it worked before."],
    [
      { type: "unanswered", class: CAUSE_CLASSES.neverWorked, count: 10 },
      "shop/api:8080 does not answer 10 of 10 connections of shop/web, retries included, and no drop was logged; none was answered in this log.",
    ],
    [
      { type: "errors", client: null, subject: "GET /users/{id}", clients: 2, class: CAUSE_CLASSES.degraded },
      "shop/api:8080 answers 3 of 10 requests for GET /users/{id} with an error, asked by 2 workloads; others are answered.",
    ],
    [
      { type: "slow", client: null, server: null, port: null },
      "a server that the log does not name takes a second or longer for 3 of 10 requests for routes that the log does not name.",
    ],
    [
      { type: "silent", client: null, subject: "POST /pay" },
      "shop/api:8080 leaves 3 of 10 requests for POST /pay without an answer.",
    ],
  ])("%o are %s", (members, sentence) => {
    expect(connectionSentence({ ...facts, ...members })).toBe(sentence);
  });

  it("have a remedy of their own for each type", () => {
    const remedies = CONNECTION_TYPES.map((type) => connectionRemedy({ ...facts, type }));
    expect(new Set(remedies).size).toBe(CONNECTION_TYPES.length);
    expect(remedies[0]).toContain("port 8080");
  });
});

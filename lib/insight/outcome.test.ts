import { describe, expect, it } from "vitest";
import type { Piece } from "./attempts";
import { ATTEMPT_FLAG, attemptFlags, OUTCOME, OUTCOME_TEXT, outcomeOf } from "./outcome";

const piece: Piece = {
  ...{ id: 1, protocol: 1, client: 1, clientPort: 40000, server: 2, serverPort: 80, isClientKnown: true },
  ...{
    firstSecond: 0,
    firstNano: 0,
    lastSecond: 0,
    lastNano: 0,
    firstNode: 0,
    lastNode: 0,
    records: 1,
    syns: 1,
  },
  ...{ isOpenAlready: false, isAnswered: false, hasSynAck: false, isRefused: false, clientRst: false },
  ...{
    serverRst: false,
    fin: false,
    droppedEgress: false,
    droppedIngress: false,
    droppedSomewhere: false,
    verdict: 3,
  },
};

describe("the outcome of an attempt", () => {
  it.each<readonly [keyof typeof OUTCOME, Partial<Piece>]>([
    ["noReply", {}],
    ["answered", { isAnswered: true }],
    ["answered", { isAnswered: true, droppedEgress: true }],
    ["answered", { isAnswered: true, serverRst: true }],
    ["refused", { isRefused: true, serverRst: true }],
    ["refused", { isRefused: true, serverRst: true, droppedIngress: true }],
    ["droppedEgress", { droppedEgress: true }],
    ["droppedEgress", { droppedEgress: true, droppedIngress: true }],
    ["droppedIngress", { droppedIngress: true }],
    ["dropped", { droppedSomewhere: true }],
    ["openAlready", { isOpenAlready: true, isAnswered: true }],
  ])("is %s for %o", (expected, members) => {
    expect(outcomeOf({ ...piece, ...members })).toBe(OUTCOME[expected]);
  });

  it("has a text for each, and a number of its own", () => {
    const numbers = Object.values(OUTCOME);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(new Set(numbers.map((number) => OUTCOME_TEXT[number])).size).toBe(numbers.length);
  });

  it("is told with what else was seen, a bit each", () => {
    expect(attemptFlags(piece)).toBe(0);
    const all = { hasSynAck: true, fin: true, clientRst: true, serverRst: true, droppedEgress: true };
    const more = { droppedIngress: true, droppedSomewhere: true, isClientKnown: false };
    expect(attemptFlags({ ...piece, ...all, ...more })).toBe(255);
    expect(attemptFlags({ ...piece, serverRst: true })).toBe(ATTEMPT_FLAG.serverRst);
  });
});

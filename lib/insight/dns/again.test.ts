import { describe, expect, it } from "vitest";
import { findRetries, findSecondHops, type Question } from "./again";

/** One question a line: `SECONDS CLIENT>SERVER WHAT SECONDS_OF_ANSWER|-|refused`. The id is the number of the line, from 1. */
function questions(drawing: string): Question[] {
  const ns = (seconds = ""): bigint => BigInt(Math.round(Number(seconds) * 1e9));
  return drawing
    .trim()
    .split("\n")
    .map((line, at) => {
      const [asked, who = "", what = "", answered = ""] = line.trim().split(/\s+/);
      const [client, server] = who.split(">");
      return {
        id: at + 1,
        client: Number(client),
        server: server === "?" ? null : Number(server),
        what,
        askedNs: ns(asked),
        answeredNs: answered === "-" || answered === "refused" ? undefined : ns(answered),
        isRefused: answered === "refused",
      };
    });
}

const retries = (drawing: string) => [...findRetries(questions(drawing))];
const hops = (drawing: string) => [...findSecondHops(questions(drawing))];

describe("a question asked again", () => {
  it.each<[string, string, [number, number][]]>([
    ["repeats one without an answer", "0 1>9 a -\n5 1>9 a 5.1", [[2, 1]]],
    [
      "each the one before it",
      "0 1>9 a -\n5 1>9 a -\n10 1>9 a -",
      [
        [2, 1],
        [3, 2],
      ],
    ],
    ["before a late answer came", "0 1>9 a 5.2\n5 1>9 a 5.3", [[2, 1]]],
    ["after an answer is a new one", "0 1>9 a 0.1\n5 1>9 a 5.1", []],
    ["at once is another thread's", "0 1>9 a -\n0.8 1>9 a -", []],
    ["after three time-outs is a new one", "0 1>9 a -\n15.1 1>9 a -", []],
    ["by another client is that one's", "0 1>9 a -\n5 2>9 a -", []],
    ["for another name or type is another", "0 1>9 a -\n5 1>9 b -", []],
    ["after a refusal is a new one", "0 1>9 a refused\n5 1>9 a -", []],
    [
      "of two threads: the newest that waits",
      "0 1>9 a -\n0.5 1>9 a -\n5 1>9 a -\n5.5 1>9 a -",
      [
        [3, 2],
        [4, 2],
      ],
    ],
  ])("%s", (_name, drawing, expected) => {
    expect(retries(drawing)).toEqual(expected);
  });
});

describe("a second hop", () => {
  it.each<[string, string, number[]]>([
    ["is what a resolver asks for a client", "0 1>7 a 0.1\n0.01 7>8 a 0.05", [2]],
    ["though its node's clock is a little behind", "0 7>8 a 0.04\n0.01 1>7 a 0.1", [1]],
    ["over two resolvers, both", "0 1>7 a 0.1\n0.01 7>8 a 0.05\n0.02 8>6 a 0.04", [2, 3]],
    ["not another name", "0 1>7 a 0.1\n0.01 7>8 b 0.05", []],
    ["not long after", "0 1>7 a 0.1\n5.1 7>8 a 5.2", []],
    ["not to another server", "0 1>9 a 0.1\n0.01 7>8 a 0.05", []],
    ["not of itself", "0 7>7 a 0.1\n0.01 7>8 a 0.05", []],
    ["of an unknown server is not known", "0 1>? a 0.1\n0.01 7>8 a 0.05", []],
  ])("%s", (_name, drawing, expected) => {
    expect(hops(drawing)).toEqual(expected);
  });
});

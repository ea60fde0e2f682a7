import { describe, expect, it } from "vitest";
import { findSamePackets, type Sighting } from "./same-packet";

/** `microseconds node place content kind`, with `counted` or `of=ID` behind it; ids are numbers of lines, from 1. */
function same(text: string): string[] {
  const lines = text.trim().split("\n");
  const sightings = lines.map((line, at): Sighting => {
    const [micros = "", node = "", place = "", content = "", kind = "", more = ""] = line.trim().split(/\s+/);
    return {
      id: at + 1,
      timeNs: BigInt(micros) * 1000n,
      node: node === "-" ? null : node,
      place,
      content,
      kind: kind as Sighting["kind"],
      isCounted: more === "counted",
      dropId: more.startsWith("of=") ? Number(more.slice(3)) : undefined,
    };
  });
  return [...findSamePackets(sightings)]
    .sort(([a], [b]) => a - b)
    .map(([id, { as, because }]) => `${id}=${as} ${because}`);
}

describe("records of one packet", () => {
  it.each([
    ["two points of a node within 1 ms", "0 a out > packet\n1000 a wire > packet", ["2=1 trace-point"]],
    ["two points of a node further apart are two packets", "0 a out > packet\n1001 a wire > packet", []],
    ["one point twice is two packets", "0 a out > packet\n10 a out > packet", []],
    ["another node within 50 ms", "0 a out > packet\n50000 b in > packet", ["2=1 node"]],
    ["another node later is another packet", "0 a out > packet\n50001 b in > packet", []],
    ["a SYN may take 200 ms", "0 a out S syn\n200000 b in S syn\n1000000 a out S syn", ["2=1 node"]],
    ["the other direction is another packet", "0 a out > packet\n10 a in < packet", []],
    [
      "a node left out is nothing's second sighting",
      "0 - out > packet\n10 - in > packet\n20 a x > packet",
      [],
    ],
    [
      "each goes to the newest packet that its place has not seen",
      "0 a out > packet\n10 b in > packet\n5000 a out > packet\n5010 b in > packet",
      ["2=1 node", "4=3 node"],
    ],
    [
      "a verdict stands with the drop it was joined with, and so does what the other node saw",
      "0 a verdict S syn of=2\n10 a drop S syn counted\n300 b out S syn",
      ["1=2 verdict", "3=2 node"],
    ],
    ["two drops are two packets", "0 a drop S syn counted\n10 b drop S syn counted", []],
    [
      "both proxies log one message, and the one that counts stands for it",
      "0 a EGRESS get message\n300 b INGRESS get message counted",
      ["1=2 proxy"],
    ],
    ["a message beyond a second is another", "0 a EGRESS get message\n1000001 b INGRESS get message", []],
  ])("%s", (_name, text, expected) => {
    expect(same(text)).toEqual(expected);
  });
});

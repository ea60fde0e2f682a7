import { describe, expect, it } from "vitest";
import { applyCompletion, completionAt } from "@/lib/scope/complete";
import { facetWordOf, proposalsFor } from "./filter-proposals";

const at = (text: string) => completionAt(text, text.length);

describe("what completion shows", () => {
  it("asks for the values of the key at the cursor, with its side", () => {
    expect(facetWordOf(at("verdict:DROPPED from-ns:sh"))).toBe("from-namespace");
    expect(facetWordOf(at("verdict:"))).toBe("verdict");
    expect(facetWordOf(at("http-header:x"))).toBe("http-header");
    expect(facetWordOf(at("uuid:x"))).toBeUndefined();
    expect(facetWordOf(at("nonsense:x"))).toBeUndefined();
    expect(facetWordOf(at("ver"))).toBeUndefined();
  });

  it("lists values of the capture with their events before words that it does not hold", () => {
    const present = [
      { value: "DROPPED", events: 12 },
      { value: "?", events: 1 },
    ];
    const { proposals } = proposalsFor(at("verdict:"), present);
    expect(proposals.slice(0, 3)).toEqual([
      { word: "DROPPED", about: "12 events", insert: "DROPPED" },
      { word: "?", about: "left out by the export, 1 event", insert: "?" },
      { word: "VERDICT_UNKNOWN", about: "", insert: "VERDICT_UNKNOWN" },
    ]);
    expect(proposals.filter(({ word }) => word === "DROPPED")).toHaveLength(1);
  });

  it("narrows values that were asked for before the last letters were typed", () => {
    const present = [
      { value: "shop/web-1$", events: 2 },
      { value: "shop/api-1$", events: 3 },
      { value: '"shop/we b$"', events: 1 },
    ];
    const words = (text: string) =>
      proposalsFor(at(text), present)
        .proposals.filter(({ isOperator }) => !isOperator)
        .map(({ word }) => word);
    expect(words("pod:WE")).toEqual(["shop/web-1$", '"shop/we b$"']);
    expect(words("pod:shop/a")).toEqual(["shop/api-1$"]);
    // What stands in the term already is not offered again, and what is complete needs no list.
    expect(words("pod:shop/web-1$,shop/w")).toEqual(['"shop/we b$"']);
    expect(words("pod:shop/api-1$")).toEqual([]);
  });

  const inserted = (text: string, ...present: { value: string; events: number }[]) =>
    proposalsFor(at(text), present)
      .proposals.filter(({ isOperator }) => isOperator)
      .map(({ insert }) => applyCompletion(text, at(text), insert, true).text);

  it.each<[text: string, ...after: string[]]>([
    ["", "from-", "to-", "!"],
    ["port:53 !", "port:53 !from-", "port:53 !to-"],
    ["latency", "!latency-ms:", "text:latency"],
    ["!latency", "!text:latency"],
    ["payments", "text:payments"],
    ["latency-ms:2", "latency-ms:>2", "latency-ms:>=2", "latency-ms:<2", "latency-ms:<=2", "latency-ms:=2"],
    ["latency-ms:>2", "latency-ms:>2 latency-ms:<", "latency-ms:>2,", "latency-ms:>2 "],
    ["!latency-ms:>2", "!latency-ms:>2,", "!latency-ms:>2 "],
    ["port:1 verdict:DROPPED", "port:1 verdict:DROPPED,", "port:1 verdict:DROPPED "],
    ['pod:"a b"', 'pod:"a b",', 'pod:"a b" '],
    ["verdict:DROP"],
  ])("offers operators where they can stand: %s", (text, ...after) => {
    expect(inserted(text)).toEqual(after);
  });

  it("explains each operator, and offers none twice", () => {
    for (const text of ["", "lat", "latency-ms:", "http-status:", "tcp-flags:SYN", "pod:shop", "ip:10.0.0.1"])
      for (const { about, isOperator } of proposalsFor(at(text)).proposals)
        expect(isOperator !== true || about !== "").toBe(true);
    expect(inserted("reply:")).toEqual(["reply:?"]);
    expect(inserted("reply:", { value: "?", events: 3 })).toEqual([]);
    expect(inserted("reply:?,")).toEqual([]);
  });
});

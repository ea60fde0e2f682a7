import { describe, expect, it } from "vitest";
import { parseFilter } from "./filter";
import { allKeyWords, findKeyWord, KEYS, type KeyRow, spellKey } from "./keys";

/** The keys that the product promises: flags of hubble observe with sides, without, and ours. */
const SIDED = "pod namespace service workload label identity ip fqdn port cluster";
const ONE_SIDED =
  "snat-ip type verdict drop-reason-desc protocol traffic-direction tcp-flags ip-version http-method http-status " +
  "http-path http-url http-header trace-id ip-trace-id uuid node-name node-label interface encrypted unencrypted";
const OURS =
  "client server client-namespace server-namespace client-pod server-pod server-port edge unplaced map-part drop cause decided-by denied-by dropped-at policy " +
  "attempt answered direction trace-point dns-query dns-rcode expansion route reply not-a-loss latency-ms aggregated file text " +
  "actor request answer kafka-api connection lookup resolved-as resolved-ip translated-from " +
  "dns dns-state dns-root dns-qtype dns-answers dns-answer";

function keysWhere(test: (row: KeyRow) => boolean): string[] {
  return KEYS.filter(test)
    .map((row) => row.key)
    .sort();
}

describe("the table of keys", () => {
  it("holds every promised key once, as a flag of Hubble or ours, with or without sides", () => {
    expect(keysWhere((row) => row.hubble && row.sided)).toEqual(SIDED.split(" ").sort());
    expect(keysWhere((row) => row.hubble && !row.sided)).toEqual(ONE_SIDED.split(" ").sort());
    expect(keysWhere((row) => !row.hubble)).toEqual(OURS.split(" ").sort());
    expect(KEYS.filter((row) => !row.hubble && row.sided).map(({ key }) => key)).toEqual(["actor"]);
  });

  it("spells each word for one key only", () => {
    const words = KEYS.flatMap((row: KeyRow) => {
      const names = [row.key, ...("aliases" in row ? row.aliases : [])];
      return row.sided ? names.flatMap((name) => [name, `from-${name}`, `to-${name}`]) : names;
    });
    expect(new Set(words).size).toBe(words.length);
    expect(words.every((word) => /^[a-z]+(?:-[a-z]+)*$/.test(word))).toBe(true);
    for (const word of words) expect(findKeyWord(word)).toBeDefined();
  });

  it.each(KEYS.map((row: KeyRow) => [row.example, row] as const))(
    "%s is an example of its own key",
    (example, row) => {
      const parsed = parseFilter(example);
      expect(parsed.ok && parsed.value.terms.map((term) => term.key)).toEqual([row.key]);
    },
  );

  it("lists the canonical words in table order, sides together", () => {
    const words = allKeyWords().map(({ word }) => word);
    expect(words.slice(0, 5)).toEqual(["verdict", "namespace", "from-namespace", "to-namespace", "pod"]);
    expect(words).not.toContain("ns");
    expect(spellKey("pod", "either")).toBe("pod");
  });

  it("finds words in any case and by alias, with their side", () => {
    expect(findKeyWord("FROM-NS")).toMatchObject({ row: { key: "namespace" }, side: "from" });
    expect(findKeyWord("reason")?.row.key).toBe("drop-reason-desc");
    expect(findKeyWord("from-verdict")).toBeUndefined();
    expect(findKeyWord("constructor")).toBeUndefined();
  });
});

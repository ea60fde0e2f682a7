import { describe, expect, it } from "vitest";
import { type AskedName, entropyOf, findRandomLabels } from "./random-labels";

/** 32 hexadecimal digits that differ from number to number: a multiplicative generator, so that they are the same each time. */
function digits(n: number): string {
  let state = BigInt(n + 1);
  let text = "";
  while (text.length < 32) {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    text += (state >> 40n).toString(16);
  }
  return text.slice(0, 32);
}

const asked = (query: string, qtypes = "A", client = "web"): AskedName => ({
  client,
  query,
  qtypes,
  queries: 2,
});
const many = (count: number, nameOf: (n: number) => string, qtypes?: string) =>
  Array.from({ length: count }, (_, n) => asked(nameOf(n), qtypes));

describe("names that look like data", () => {
  it("are many distinct long labels under one domain, by one client", () => {
    const [found, ...others] = findRandomLabels(many(25, (n) => `${digits(n)}.t.example.com`));
    expect(others).toEqual([]);
    expect(found).toEqual({
      client: "web",
      domain: "example.com",
      names: 25,
      odd: 25,
      queries: 50,
      longest: 34,
    });
  });

  it("are long TXT questions, whatever their letters", () => {
    expect(
      findRandomLabels(many(20, (n) => `${"abcabcabcabcabcabcabcabcabcabcabc"}${n}.example.co.uk`, "TXT")),
    ).toEqual([expect.objectContaining({ domain: "example.co.uk", odd: 20 })]);
  });

  it.each([
    ["too few", many(19, (n) => `${digits(n)}.example.com`)],
    ["words", many(40, (n) => `customer-invoices-archive-${"abcdefgh"[n % 8]}.example.com`)],
    ["short", many(40, (n) => `${digits(n).slice(0, 12)}.example.com`)],
    [
      "a few among many plain ones",
      [...many(20, (n) => `${digits(n)}.example.com`), ...many(10, (n) => `shop${n}.example.com`)],
    ],
    [
      "one client each",
      many(25, (n) => `${digits(n)}.example.com`).map((one, n) => ({ ...one, client: `c${n}` })),
    ],
  ])("are not those that are %s", (_name, names) => {
    expect(findRandomLabels(names)).toEqual([]);
  });

  it("entropy is that of the letters", () => {
    expect(entropyOf("aaaa")).toBe(0);
    expect(entropyOf("abab")).toBe(1);
    expect(entropyOf("abcdefgh")).toBe(3);
  });
});

import { describe, expect, it } from "vitest";
import { findStoppedWalks, type WalkLookup } from "./stopped-walks";

/** One lookup a line: `SECONDS CLIENT NAME`. Clients are of namespace `shop`; `?` is a client without one. */
function lookups(...drawing: string[]): WalkLookup[] {
  return drawing.map((line) => {
    const [seconds, client = "", query = ""] = line.split(" ");
    return {
      client,
      namespace: client === "?" ? undefined : "shop",
      query,
      askedNs: BigInt(Math.round(Number(seconds) * 1e9)),
    };
  });
}

const FIRST = "api.pay.example.shop.svc.cluster.local";
const walks = (refused: string[], others: string[] = []) =>
  findStoppedWalks(lookups(...refused), lookups(...refused, ...others), ["cluster.local"]).map(
    ({ client, query, base }) => `${client} ${base} ${query}`,
  );

describe("a search list that ends with a refusal", () => {
  it("is one whose client asks for nothing of it afterwards", () => {
    expect(walks([`1 web ${FIRST}`])).toEqual([`web api.pay.example ${FIRST}`]);
  });

  it.each([
    ["goes on with the next suffix", "1.1 web api.pay.example.svc.cluster.local"],
    ["goes on with the name as it is", "3 web api.pay.example"],
  ])("is none when it %s", (_name, next) => {
    expect(walks([`1 web ${FIRST}`], [next])).toEqual([]);
  });

  it.each([
    ["another client", "1.1 cart api.pay.example"],
    ["much later", "6.5 web api.pay.example"],
    ["before", "0.9 web api.pay.example"],
  ])("is one though the name is asked for by or at: %s", (_name, other) => {
    expect(walks([`1 web ${FIRST}`], [other])).toEqual([`web api.pay.example ${FIRST}`]);
  });

  it("is none when one of several went on: the library does not give up", () => {
    expect(walks([`1 web ${FIRST}`, `60 web ${FIRST}`], ["60.1 web api.pay.example"])).toEqual([]);
  });

  it.each([
    ["a service in full", "web web.shop.svc.cluster.local"],
    ["of another namespace's suffix", "web api.pay.example.bank.svc.cluster.local"],
    ["no suffix at all", "web api.pay.example"],
    ["a client whose namespace is not known", `? ${FIRST}`],
  ])("is none of %s", (_name, lookup) => {
    expect(walks([`1 ${lookup}`])).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { Slots } from "./slots";

const never = new AbortController().signal;

/** Asks for a place and notes under `name` when it is given. */
function taker(slots: Slots) {
  const given: string[] = [];
  const releases = new Map<string, (() => void) | undefined>();
  const take = (name: string, key: string, signal = never): void => {
    void slots.take(key, signal).then((release) => {
      given.push(release === undefined ? `${name} gave up` : name);
      releases.set(name, release);
    });
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { given, take, settle, release: (name: string) => releases.get(name)?.() };
}

describe("places", () => {
  it("are given in the order of asking, no more than there are, one per key", async () => {
    const { given, take, settle, release } = taker(new Slots(2));
    take("a1", "a");
    take("a2", "a");
    take("b1", "b");
    take("c1", "c");
    await settle();
    expect(given).toEqual(["a1", "b1"]);
    release("b1");
    await settle();
    expect(given).toEqual(["a1", "b1", "c1"]);
    release("a1");
    await settle();
    expect(given).toEqual(["a1", "b1", "c1", "a2"]);
  });

  it("are not waited for when the asker gives up, and those behind it move up", async () => {
    const { given, take, settle, release } = taker(new Slots(1));
    const giving = new AbortController();
    take("a", "a");
    take("b", "b", giving.signal);
    take("c", "c");
    await settle();
    giving.abort();
    await settle();
    expect(given).toEqual(["a", "b gave up"]);
    release("a");
    await settle();
    expect(given).toEqual(["a", "b gave up", "c"]);
  });

  it("are not taken by one who has given up before asking, nor lost by one who gives up after", async () => {
    const { given, take, settle, release } = taker(new Slots(1));
    const giving = new AbortController();
    take("a", "a", giving.signal);
    await settle();
    giving.abort();
    take("b", "b", giving.signal);
    take("c", "c");
    await settle();
    expect(given).toEqual(["a", "b gave up"]);
    release("a");
    await settle();
    expect(given).toEqual(["a", "b gave up", "c"]);
  });
});

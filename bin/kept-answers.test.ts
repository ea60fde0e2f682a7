import { describe, expect, it } from "vitest";
import { fail, ok, type Result } from "@/lib/base/result";
import { KeptAnswers } from "./kept-answers";

/** A capture that is written to by hand, and a clock that each answer moves on. */
function setUp(costMs = 50) {
  let state: number | undefined = 1;
  let now = 0;
  let asked = 0;
  const kept = new KeptAnswers(
    () => state,
    () => now,
  );
  const ask = async (
    what: string,
    meanwhile: () => void = () => undefined,
    answer: Result<unknown, { code: string; message: string }> = ok({ n: asked + 1 }),
  ) => {
    const result = await kept.answer("shop", "summary", { q: what }, async () => {
      asked++;
      now += costMs;
      meanwhile();
      return answer;
    });
    return result.ok ? result.value : result.failure.code;
  };
  return {
    ask,
    asked: () => asked,
    write: (next: number | undefined) => {
      state = next;
    },
  };
}

describe("kept answers", () => {
  it("are given again for the same question, and for no other", async () => {
    const { ask, asked } = setUp();
    expect([await ask("a"), await ask("a"), await ask("b"), await ask("a")]).toEqual([
      '{"n":1}',
      '{"n":1}',
      '{"n":2}',
      '{"n":1}',
    ]);
    expect(asked()).toBe(2);
  });

  it("are worked out anew when the capture was written to", async () => {
    const { ask, write } = setUp();
    await ask("a");
    write(2);
    expect(await ask("a")).toBe('{"n":2}');
  });

  it("are neither kept nor given while somebody writes", async () => {
    const { ask, write } = setUp();
    await ask("a");
    write(undefined);
    expect([await ask("a"), await ask("a")]).toEqual(['{"n":2}', '{"n":3}']);
  });

  it("are not kept when a write began or ended meanwhile", async () => {
    const { ask, write } = setUp();
    await ask("a", () => write(2));
    expect(await ask("a")).toBe('{"n":2}');
    await ask("b", () => write(undefined));
    write(2);
    expect(await ask("b")).toBe('{"n":4}');
  });

  it("are not failures, which may have passed", async () => {
    const { ask } = setUp();
    expect(await ask("a", undefined, fail("question_timeout", "late"))).toBe("question_timeout");
    expect(await ask("a")).toBe('{"n":2}');
  });

  it("are only those that took long", async () => {
    const { ask, asked } = setUp(9);
    await ask("a");
    await ask("a");
    expect(asked()).toBe(2);
  });

  it("make room by what was not asked for longest", async () => {
    const { ask, asked } = setUp();
    const large = ok("x".repeat(500_000));
    // 8 MiB hold sixteen of them.
    for (let n = 0; n < 16; n++) await ask(`large ${n}`, undefined, large);
    await ask("large 0");
    await ask("large 16", undefined, large);
    expect(asked()).toBe(17);
    await ask("large 0");
    expect(asked()).toBe(17);
    await ask("large 1", undefined, large);
    expect(asked()).toBe(18);
  });

  it("are not so large that few others have room", async () => {
    const { ask, asked } = setUp();
    const large = ok("x".repeat(600_000));
    await ask("a", undefined, large);
    await ask("a", undefined, large);
    expect(asked()).toBe(2);
  });
});

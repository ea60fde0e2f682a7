import { describe, expect, it, onTestFinished } from "vitest";
import { DecodePool } from "./decode-pool";
import { readFile } from "./read-file";

const record = (n: number): string =>
  `${JSON.stringify({ flow: { time: `2026-08-21T12:00:0${n}Z`, verdict: "FORWARDED", Type: "L3_L4" } })}\n`;

describe("a file whose bytes pause", () => {
  it("is shown as far as it has come, before more comes", async () => {
    const pool = new DecodePool(1);
    onTestFinished(() => pool.close());
    let show: () => void = () => undefined;
    const isShown = new Promise<void>((resolve) => {
      show = resolve;
    });
    const shown: number[] = [];
    async function* slowly(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(record(1) + record(2));
      // Only what shows them lets more come.
      await isShown;
      yield Buffer.from(record(3));
    }
    const sink = {
      load: (batches: readonly { readonly batch: { readonly flows: number } }[]) => {
        shown.push(...batches.map(({ batch }) => batch.flows));
        show();
      },
    };
    const end = await readFile(slowly(), pool, sink, new AbortController().signal);
    expect(shown).toEqual([2, 1]);
    expect(end).toEqual({ unpackedBytes: 3 * record(1).length, endedEarly: undefined });
  });
});

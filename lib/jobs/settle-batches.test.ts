import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { FileReport } from "@/lib/capture/files";
import { SettleBatches } from "./settle-batches";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(settle = async (ids: readonly number[]) => ids) {
  const settled: (readonly number[])[] = [];
  const batches = new SettleBatches(async (_captureId, ids) => {
    settled.push([...ids]);
    return (await settle(ids)).map((id) => ({ id }) as FileReport);
  });
  return { batches, settled };
}

it("settles what was read together when nothing follows, each capture by itself", async () => {
  const { batches, settled } = start();
  const ends = [batches.add("a", 1), batches.add("a", 2), batches.add("b", 1)];
  expect(settled).toEqual([]);
  batches.end("a");
  batches.end("b");
  expect((await Promise.all(ends)).map(({ id }) => id)).toEqual([1, 2, 1]);
  expect(settled).toEqual([[1, 2], [1]]);
});

it("waits no longer than five seconds, nor for more than two hundred files", async () => {
  const { batches, settled } = start();
  const first = batches.add("a", 1);
  await vi.advanceTimersByTimeAsync(5000);
  expect(await first).toMatchObject({ id: 1 });
  const ids = Array.from({ length: 250 }, (_, n) => n + 2);
  const ends = ids.map((id) => batches.add("a", id));
  await vi.advanceTimersByTimeAsync(0);
  expect(settled).toEqual([[1], ids.slice(0, 200)]);
  batches.end("a");
  await Promise.all(ends);
  expect(settled[2]).toEqual(ids.slice(200));
});

it("waits for the next of files that come one by one, in proportion to what settling took, and a second at most", async () => {
  let tookMs = 100;
  const { batches, settled } = start(async (ids) => {
    await new Promise((resolve) => setTimeout(resolve, tookMs));
    return ids;
  });
  const send = (fileId: number) => {
    const end = batches.add("a", fileId);
    batches.end("a");
    return end;
  };
  // Three do not make a row yet, and are not kept waiting.
  for (const fileId of [1, 2, 3]) {
    const end = send(fileId);
    await vi.advanceTimersByTimeAsync(100);
    await end;
  }
  tookMs = 700;
  const next = [send(4)];
  await vi.advanceTimersByTimeAsync(399);
  next.push(send(5));
  await vi.advanceTimersByTimeAsync(399);
  expect(settled).toEqual([[1], [2], [3]]);
  await vi.advanceTimersByTimeAsync(1);
  expect(settled).toEqual([[1], [2], [3], [4, 5]]);
  await vi.advanceTimersByTimeAsync(700);
  await Promise.all(next);
  const last = send(6);
  await vi.advanceTimersByTimeAsync(999);
  expect(settled).toHaveLength(4);
  await vi.advanceTimersByTimeAsync(1);
  expect(settled[4]).toEqual([6]);
  await vi.advanceTimersByTimeAsync(700);
  await last;
  // Long afterwards a file is not kept waiting either.
  await vi.advanceTimersByTimeAsync(2000);
  const single = send(7);
  await vi.advanceTimersByTimeAsync(0);
  expect(settled[5]).toEqual([7]);
  await vi.advanceTimersByTimeAsync(700);
  await single;
});

it("tells every file of a batch that it could not be settled, and goes on", async () => {
  let isBroken = true;
  const { batches } = start(async (ids) => {
    if (isBroken) throw new Error("the thread ended");
    return ids;
  });
  const ends = [batches.add("a", 1), batches.add("a", 2)];
  batches.end("a");
  for (const end of ends) await expect(end).rejects.toThrow("the thread ended");
  isBroken = false;
  const next = batches.add("a", 3);
  batches.end("a");
  expect(await next).toMatchObject({ id: 3 });
});

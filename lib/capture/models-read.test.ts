import { expect, test } from "vitest";
import { ModelsRead } from "./models-read";

/** One model of so many bytes, in a block that is much larger. */
function modelsOf(bytes: number) {
  return [{ bytes: Buffer.alloc(1000).subarray(0, bytes), cuts: [] }];
}

test("as many blocks as fit are kept, whatever their number, and the one that was read longest ago goes first", () => {
  const models = new ModelsRead(100);
  const read: number[] = [];
  const ask = (blockId: number, bytes: number) =>
    models.of(blockId, () => {
      read.push(blockId);
      return modelsOf(bytes);
    });
  for (let block = 1; block <= 50; block++) ask(block, 2);
  for (let block = 1; block <= 50; block++) ask(block, 2);
  expect(read).toHaveLength(50);
  // Needs the place of twenty others: 1 was read again since, 2 to 21 go.
  ask(1, 2);
  ask(99, 40);
  read.length = 0;
  for (const block of [99, 1, 22, 50]) ask(block, 2);
  expect(read).toEqual([]);
  ask(2, 2);
  expect(read).toEqual([2]);
});

test("a model that is kept does not hold the block that it stood in", () => {
  const [model] = new ModelsRead().of(1, () => modelsOf(9000));
  const [small] = new ModelsRead().of(1, () => [{ bytes: Buffer.alloc(1 << 20).subarray(0, 10), cuts: [] }]);
  expect(small?.bytes.buffer.byteLength).toBeLessThan(1 << 20);
  expect(model?.bytes.length).toBe(1000);
});

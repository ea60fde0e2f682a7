import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openBytes } from "@/lib/capture/likeness";
import { BLOCK_PACKING, type FlowBatch } from "@/lib/flow/batch";
import { LIMITS } from "./limits";
import { batchesOf, bytesOf } from "./testing";

const SMALL = { ...LIMITS, blockBytes: 4096 };
const FILLING = "x".repeat(300);

function record(n: number, { uuid = uuidOf(n), pod = "web", end = "}" } = {}): string {
  const time = `2026-08-21T12:12:18.${String(n).padStart(9, "0")}Z`;
  const named = uuid === "" ? "" : `,"uuid":"${uuid}"`;
  return `{"flow":{"time":"${time}"${named},"verdict":"FORWARDED","l4":{"TCP":{"source_port":${40_000 + n},"destination_port":80}},"source":{"pod_name":"${pod}","labels":["${FILLING}"]},"Type":"L3_L4"},"node_name":"n1","time":"${time}"${end}`;
}

function uuidOf(n: number): string {
  return `${String(n).padStart(8, "0")}-4707-4131-a890-78fb3c7b571c`;
}

/** Each block whole, as it is read back. */
function blocksOf(batches: readonly FlowBatch[]): string[] {
  return batches.map((batch) => bytesOf(batch, openBytes).range(0, batch.block.rawBytes).toString("latin1"));
}

/** What the file has where the blocks are. */
function stretchesOf(file: Buffer, batches: readonly FlowBatch[]): string[] {
  return batches.map(({ block }) => file.toString("latin1", block.offset, block.offset + block.rawBytes));
}

function expectReadBack(text: string, limits = SMALL): FlowBatch[] {
  const file = Buffer.from(text, "latin1");
  const batches = batchesOf(file, 1000, limits);
  expect(blocksOf(batches)).toEqual(stretchesOf(file, batches));
  return batches;
}

describe("the original bytes of records like earlier ones", () => {
  it("come back as they were, from the blocks of the earlier ones, in a tenth of the space", () => {
    const batches = expectReadBack(Array.from({ length: 400 }, (_, n) => `${record(n)}\n`).join(""));
    expect(batches.length).toBeGreaterThan(20);
    expect(batches.every(({ block }) => block.packing === BLOCK_PACKING.likeness)).toBe(true);
    // Behind the first block there is no record but as a likeness: time, ports, and 16 bytes of the uuid.
    for (const { block } of batches.slice(1)) expect(block.data.length).toBeLessThan(block.records * 60);
  });

  it("come back in any stretch, not only whole records", () => {
    const file = Buffer.from(Array.from({ length: 6 }, (_, n) => `${record(n)}\n`).join(""));
    const [batch] = batchesOf(file) as [FlowBatch];
    const bytes = bytesOf(batch, openBytes);
    for (let start = 0; start < file.length - 8; start += 97)
      for (const length of [0, 1, 7, 700, 1900])
        expect(bytes.range(start, Math.min(start + length, batch.block.rawBytes))).toEqual(
          file.subarray(start, Math.min(start + length, batch.block.rawBytes)),
        );
  });

  it("come back with uuids of any spelling, or without", () => {
    const uuids = ["", "flow-1", "D5814BFB-4707-4131-A890-78FB3C7B571C", uuidOf(7), "x".repeat(64), "0", ""];
    expectReadBack([...uuids, ...uuids].map((uuid, n) => `${record(n, { uuid })}\n`).join(""));
  });

  it("come back with what stands between them", () => {
    const between = ["\n", "\r\n", "\n\n", " \n", ",\n", "\nno record\n", "\n{broken\n", "\n\n\n \t\n"];
    const text = Array.from({ length: 64 }, (_, n) => `${record(n)}${between[n % between.length]}`).join("");
    expectReadBack(text);
    expectReadBack(`[${Array.from({ length: 64 }, (_, n) => record(n)).join(", ")}]`);
    expectReadBack(Array.from({ length: 64 }, (_, n) => record(n)).join(""));
  });

  it("are left as they are where no record is like another", () => {
    const batches = expectReadBack(Array.from({ length: 30 }, (_, n) => `${n} no record\n`).join(""));
    expect(batches.map(({ block }) => block.packing)).toEqual([BLOCK_PACKING.plain]);
  });

  it("come back whatever the file is like", () => {
    const piece = fc.oneof(
      fc
        .record({ n: fc.nat(99_999), pod: fc.constantFrom("web", "api", "db") })
        .map(({ n, pod }) => record(n, { pod })),
      fc.constantFrom("\n", "\r\n", "[", "]", ",", "{", "}", "\u0000", "é", '{"a":1}'),
      fc.string({ maxLength: 12 }),
    );
    const file = fc.array(fc.tuple(piece, fc.constantFrom("\n", "", "\n\n")), { maxLength: 60 });
    fc.assert(
      fc.property(file, (pieces) => {
        expectReadBack(pieces.map(([text, end]) => text + end).join(""));
      }),
      { seed: 20261128, numRuns: 150 },
    );
  });
});

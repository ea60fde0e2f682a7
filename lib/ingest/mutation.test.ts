/**
 * Mutated archives, from a fixed seed: whatever the bytes, opening and cutting them ends, in bounded time and with
 * nothing thrown but refusals, and each file's documents and refusals add up.
 */

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Budget } from "./budget";
import { FileRefusal } from "./file-refusal";
import { PACKING_LIMITS } from "./limits";
import { openUpload } from "./open";
import { Splitter } from "./split";
import { pax, tar, zip, zstdFrame } from "./testing-archives";
import { MemorySource } from "./testing-source";

const SEED = 20_261_125;
const LINE = '{"flow":{"verdict":"FORWARDED","time":"2026-08-21T12:00:00Z"},"node_name":"n1"}\n';
const LOG = LINE.repeat(30);

/** Small numbers from a seed (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

const ARCHIVES: readonly (readonly [name: string, bytes: Buffer])[] = [
  ["gzip", Buffer.concat([gzipSync(LOG), gzipSync(LOG)])],
  ["zstd", Buffer.concat([zstdFrame([LOG, [0x20, 500], LOG], { checksum: true }), zstdFrame([LOG])])],
  ["tar", tar([{ name: "a.log", content: LOG }, pax({ path: "b.log" }), { name: "x", content: LOG }])],
  [
    "zip",
    zip(
      [
        { name: "a.log", content: LOG },
        { name: "b.log", content: LOG, isStored: true },
        { name: "c.log", content: LOG, hasDescriptor: true, isLong: true },
      ],
      { long: true },
    ),
  ],
  [
    "zip in tar in gzip",
    gzipSync(tar([{ name: "a.zip", content: zip([{ name: "a.log", content: LOG }]) }]), { level: 0 }),
  ],
  ["UTF-16", Buffer.from(`\ufeff${LOG}`, "utf16le")],
];

/** Bytes turned, runs cut out, doubled or filled, numbers made extreme, the end cut off. */
function mutated(original: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(original);
  for (let times = 1 + random(4); times > 0 && bytes.length > 8; times--) {
    const at = random(bytes.length);
    const length = 1 + random(Math.min(64, bytes.length - at));
    switch (random(6)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      case 3:
        bytes.fill([0, 0xff, 0x30, 0x7f][random(4)] as number, at, at + length);
        break;
      case 4:
        bytes.writeUInt32LE([0, 1, 0xffff_ffff, 0x7fff_ffff][random(4)] as number, random(bytes.length - 4));
        break;
      default:
        bytes = bytes.subarray(0, at);
    }
  }
  return bytes;
}

interface Account {
  files: number;
  bytes: number;
  documents: number;
  refusals: number;
}

async function read(bytes: Buffer, step: number): Promise<Account> {
  const source = new MemorySource(bytes, step);
  const limits = { ...PACKING_LIMITS, unpackedBytes: 64 * 1024 * 1024 };
  const account: Account = { files: 0, bytes: 0, documents: 0, refusals: 0 };
  for await (const opened of openUpload(source, new Budget(() => source.consumed, limits))) {
    if (opened.kind === "refused") account.refusals++;
    if (opened.kind !== "file") continue;
    account.files++;
    const splitter = new Splitter((chunk) => {
      account.documents += chunk.documents.length / 3;
      // Documents lie within their chunk, one behind the other, in lines that only grow.
      for (let i = 0; i < chunk.documents.length; i += 3) {
        const [start = -1, end = -1] = chunk.documents.subarray(i, i + 2);
        expect(start >= 0 && start <= end && end <= chunk.bytes.length).toBe(true);
      }
    });
    try {
      for await (const part of opened.bytes) {
        account.bytes += part.length;
        splitter.push(part);
      }
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error;
      account.refusals++;
    }
    splitter.end();
  }
  expect(source.isClosed).toBe(true);
  return account;
}

describe("mutated archives", () => {
  it.each(ARCHIVES)("of %s are read to an end, the same however they arrive", async (name, original) => {
    const whole = await read(original, 65_536);
    expect(whole.refusals, `${name} unharmed`).toBe(0);
    expect(whole.documents).toBeGreaterThan(0);
    const random = randomFrom(SEED);
    for (let number = 0; number < 250; number++) {
      const bytes = mutated(original, random);
      const about = `${name}, mutation ${number} of seed ${SEED}`;
      const account = await read(bytes, 65_536);
      expect(account.documents, about).toBeLessThanOrEqual(account.bytes);
      // A break in the middle of a stream loses what the decompressor held, which depends on the portions.
      if (account.refusals === 0) expect(await read(bytes, 1 + random(700)), about).toEqual(account);
    }
  });

  it("and pure noise behind each signature is refused or read, never more", async () => {
    const random = randomFrom(SEED);
    const signatures = [[0x1f, 0x8b, 8, 0], [0x28, 0xb5, 0x2f, 0xfd], [0x50, 0x4b, 3, 4], [0xff, 0xfe], []];
    for (let number = 0; number < 400; number++) {
      const noise = Buffer.from(Array.from({ length: random(3000) }, () => random(256)));
      const bytes = Buffer.concat([Buffer.from(signatures[number % signatures.length] ?? []), noise]);
      const account = await read(bytes, 1000);
      expect(account.bytes, `noise ${number} of seed ${SEED}`).toBeLessThan(64 * 1024 * 1024);
    }
  });
});

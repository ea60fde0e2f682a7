import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { KeptRevisions } from "./kept-revisions";

let folder: string;
let reading: boolean;
let copied: [string, readonly number[]][];
let kept: KeptRevisions;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "eyepiece-kept-"));
  reading = false;
  copied = [];
  kept = new KeptRevisions({
    fileOf: (captureId) => path.join(folder, `${captureId}.db`),
    isReading: () => reading,
    keep: async (captureId, revisions) => {
      copied.push([captureId, revisions]);
    },
    forget: async () => undefined,
  });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("a capture changes from before the change begins until it has ended, well or badly", async () => {
  const seen: boolean[] = [];
  const one = kept.whileChanging("a", async () => {
    seen.push(kept.isChanging("a"));
  });
  expect([kept.isChanging("a"), kept.isChanging("b")]).toEqual([true, false]);
  const other = kept.whileChanging("a", () => Promise.reject(new Error("no room")));
  await expect(other).rejects.toThrow("no room");
  await one;
  expect([seen, kept.isChanging("a")]).toEqual([[true], false]);
  reading = true;
  expect(kept.isChanging("a")).toBe(true);
});

it("whoever looks before and after sees that something changed between, though it has ended", async () => {
  const before = kept.changesOf("a");
  await kept.whileChanging("a", async () => undefined);
  expect([kept.changesOf("a") === before, kept.changesOf("b")]).toEqual([false, 0]);
});

it("who waits for copies waits for all that are being made, and not for the change itself", async () => {
  const made: (() => void)[] = [];
  kept = new KeptRevisions({
    fileOf: (captureId) => path.join(folder, `${captureId}.db`),
    isReading: () => false,
    keep: () => new Promise((resolve) => made.push(resolve)),
    forget: async () => undefined,
  });
  await kept.copied("a");
  kept.hold("a", [3]);
  const changes = [1, 2].map(() => kept.whileChanging("a", () => new Promise<void>(() => undefined)));
  let isCopied = false;
  const waiting = kept.copied("a").then(() => {
    isCopied = true;
  });
  made[0]?.();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isCopied).toBe(false);
  made[1]?.();
  await waiting;
  expect(changes).toHaveLength(2);
});

it("a revision that is about to be pinned is copied before a change, and not once it is let go or a file is read", async () => {
  const release = kept.hold("a", [3]);
  await kept.whileChanging("a", async () => expect(copied).toEqual([["a", [3]]]));
  reading = true;
  await kept.whileChanging("a", async () => undefined);
  reading = false;
  release();
  await kept.whileChanging("a", async () => undefined);
  expect(copied).toHaveLength(1);
});

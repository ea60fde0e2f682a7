import { describe, expect, it } from "vitest";
import { KnownAddress } from "./lookup";

const S = 1_000_000_000n;

/** Answers as `second/ttl`, numbered from 1; then which is followed at a second, and how. */
function followed(answers: string, second: number): string {
  const known = new KnownAddress();
  answers.split(" ").forEach((text, at) => {
    const [seconds = "", ttl = ""] = text.split("/");
    known.add({
      id: at + 1,
      answeredNs: BigInt(seconds) * S,
      ttlSeconds: ttl === "" ? null : Number(ttl),
    });
  });
  const found = known.followedAt(BigInt(second) * S);
  if (found === undefined) return "none";
  const how = found.isExpired === null ? "undated" : found.isExpired ? "expired" : "fresh";
  return `${found.id} ${how} ${found.ageNs / S}s`;
}

describe("the answer that a connection followed", () => {
  it.each([
    ["10/30", 20, "1 fresh 10s"],
    ["10/30", 40, "1 fresh 30s"],
    ["10/30", 41, "1 expired 31s"],
    ["10/0", 10, "1 fresh 0s"],
    ["10/0", 11, "1 expired 1s"],
    ["10/", 99, "1 undated 89s"],
    // The newest, while it holds.
    ["10/300 20/30", 25, "2 fresh 5s"],
    // It has expired, the older one has not.
    ["10/300 20/5", 30, "1 fresh 20s"],
    ["10/300 20/5 25/", 30, "3 undated 5s"],
    // All have: the newest.
    ["10/30 20/5", 60, "2 expired 40s"],
  ])("%s at %i s: %s", (answers, second, expected) => {
    expect(followed(answers, second)).toBe(expected);
  });

  it("is none where none was given", () => {
    expect(new KnownAddress().followedAt(5n)).toBeUndefined();
  });
});

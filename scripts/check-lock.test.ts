import { describe, expect, it } from "vitest";
import { checkLock } from "./check-lock.mjs";

const lock = (packages: Record<string, object>) => JSON.stringify({ packages });

describe("checkLock", () => {
  it("accepts optional packages beside or above the one that needs them", () => {
    const optionalDependencies = { "@x/linux": "1.0.0" };
    expect(
      checkLock(lock({ "node_modules/x": { optionalDependencies }, "node_modules/@x/linux": {} })),
    ).toEqual([]);
    const nested = "node_modules/y/node_modules/x";
    expect(checkLock(lock({ [nested]: { optionalDependencies }, "node_modules/@x/linux": {} }))).toEqual([]);
    expect(
      checkLock(lock({ [nested]: { optionalDependencies }, [`${nested}/node_modules/@x/linux`]: {} })),
    ).toEqual([]);
  });

  it("refuses an optional package without an entry, which is missing on another platform", () => {
    const optionalDependencies = { "@x/linux": "1.0.0", "@x/darwin": "1.0.0" };
    expect(
      checkLock(lock({ "node_modules/x": { optionalDependencies }, "node_modules/@x/linux": {} })),
    ).toEqual(["node_modules/x: its optional package @x/darwin has no entry"]);
  });

  it("refuses an address of a registry", () => {
    expect(checkLock(lock({ "node_modules/x": { resolved: "https://registry.example/x.tgz" } }))).toEqual([
      'node_modules/x: says where it was downloaded from ("resolved")',
    ]);
  });
});

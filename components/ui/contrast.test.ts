import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

/** Contrast after WCAG 2.2: relative luminance of the two colours, each in sRGB. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const css = readFileSync(path.resolve(import.meta.dirname, "../../app/globals.css"), "utf8");
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(
    ([, name, light, dark]) => [name, { light: light ?? "", dark: dark ?? "" }],
  ),
);

function colour(name: string, half: "light" | "dark"): string {
  const found = tokens.get(name)?.[half];
  if (found === undefined) throw new Error(`no colour --${name}`);
  return found;
}

const SURFACES = ["ground", "surface", "raised", "sunken", "hover"];
const AREAS = ["good", "bad", "warn", "calm", "1", "2", "3", "4", "5", "6"].map((name) => `area-${name}`);
const TEXTS = ["text", "text-2", "text-3", "accent", "good", "bad", "warn", "calm"];

describe.each(["light", "dark"] as const)("in the %s half", (half) => {
  const least = (front: readonly string[], back: readonly string[]) =>
    front.flatMap((name) =>
      back.map((behind) => ({
        pair: `${name} on ${behind}`,
        value: contrast(colour(name, half), colour(behind, half)),
      })),
    );

  test("text can be read on every surface: 4.5 to 1", () => {
    const poor = least(TEXTS, SURFACES).filter(({ value }) => value < 4.5);
    expect(poor).toEqual([]);
  });

  test("text can be read on tinted surfaces: 4.5 to 1", () => {
    const pairs = [
      ...least(["text", "text-2", "text-3", "good", "bad", "warn", "calm", "accent"], ["accent-soft"]),
      ...least(["text", "text-2", "bad", "accent"], ["bad-soft"]),
      ...least(["text", "text-2", "warn"], ["warn-soft"]),
      ...least(["accent-text"], ["accent"]),
    ];
    expect(pairs.filter(({ value }) => value < 4.5)).toEqual([]);
  });

  test("edges of controls and areas of charts stand out: 3 to 1", () => {
    const pairs = least(["control", ...AREAS], ["surface"]);
    expect(pairs.filter(({ value }) => value < 3)).toEqual([]);
  });
});

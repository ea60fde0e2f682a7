/**
 * The stored form of what an investigation holds: JSON with a version. A text of any version that ever was is read for
 * ever; a newer one than this program knows is refused, never guessed.
 */

import { z } from "zod";
import { fail, ok, type Result } from "@/lib/base/result";
import { type Pin, pinSchema } from "./investigation";
import { type ContentSeal, contentSealSchema, type PinSeal, pinSealSchema } from "./seal";

const VERSION = 2;

export interface Content {
  readonly pins: readonly StoredPin[];
  /** Of the revisions that the pins show. */
  readonly revisions: readonly ContentSeal[];
  /** Digest of the evidence bundle that it was taken in from. */
  readonly takenFrom?: string | undefined;
}

/** With what tells whether it still shows what it showed; null: nothing could be kept. */
export type StoredPin = Pin & { readonly seal: PinSeal | null };

const contentSchema = z.object({
  version: z.literal(VERSION),
  pins: z.array(pinSchema.extend({ seal: pinSealSchema.nullable() })),
  revisions: z.array(contentSealSchema),
  takenFrom: z.string().optional(),
});

/** From a version to the next one. Each was the newest once; none is ever taken out. */
const UPGRADERS: ReadonlyMap<number, (older: object) => unknown> = new Map([
  // Version 1 kept nothing to compare with.
  [
    1,
    (older) => ({
      ...older,
      version: 2,
      revisions: [],
      ...("pins" in older &&
        Array.isArray(older.pins) && { pins: older.pins.map((pin) => ({ ...pin, seal: null })) }),
    }),
  ],
]);

export function writeContent({ pins, revisions, takenFrom }: Content): string {
  return JSON.stringify({ version: VERSION, pins, revisions, takenFrom });
}

export function readContent(text: string): Result<Content> {
  let content = parsed(text);
  for (let version = versionOf(content); version !== undefined && version < VERSION; version++) {
    const upgrade = UPGRADERS.get(version);
    if (upgrade === undefined) return damaged();
    content = upgrade(content as object);
  }
  const version = versionOf(content);
  if (version !== undefined && version > VERSION)
    return fail(
      "investigation_newer",
      `This investigation was saved by a newer version of Eyepiece (form ${version}; this program reads up to ${VERSION}).`,
      "Update Eyepiece to open it.",
    );
  const read = contentSchema.safeParse(content);
  if (!read.success) return damaged();
  const { version: _, ...known } = read.data;
  return ok(known);
}

function damaged() {
  return fail(
    "investigation_damaged",
    "What is stored of this investigation cannot be read.",
    "Restore the catalogue from a copy.",
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function versionOf(content: unknown): number | undefined {
  const version =
    typeof content === "object" && content !== null && "version" in content ? content.version : undefined;
  return typeof version === "number" && Number.isInteger(version) && version > 0 ? version : undefined;
}

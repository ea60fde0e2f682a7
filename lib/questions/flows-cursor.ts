/** Cursors of pages in the order of time. Opaque to who asks: they hold a place in the order, not a state of the server. */

import { z } from "zod";

/** A place in the order of time. */
export interface Key {
  readonly timeNs: bigint | null;
  readonly id: bigint;
}

const INT64 = 2n ** 63n;

const cursorSchema = z.tuple([
  z.enum(["n", "p"]),
  z
    .string()
    .regex(/^-?\d{1,19}$/)
    .refine((ns) => BigInt(ns) >= -INT64 && BigInt(ns) < INT64)
    .nullable(),
  z.string().regex(/^\d{1,16}$/),
]);

export function encodeCursor(side: "n" | "p", { timeNs, id }: Key): string {
  return Buffer.from(JSON.stringify([side, timeNs === null ? null : String(timeNs), String(id)])).toString(
    "base64url",
  );
}

export function decodeCursor(text: string): { side: "next" | "previous"; key: Key } | undefined {
  try {
    const [side, timeNs, id] = cursorSchema.parse(
      JSON.parse(Buffer.from(text, "base64url").toString("utf8")),
    );
    return {
      side: side === "n" ? "next" : "previous",
      key: { timeNs: timeNs === null ? null : BigInt(timeNs), id: BigInt(id) },
    };
  } catch {
    return undefined;
  }
}

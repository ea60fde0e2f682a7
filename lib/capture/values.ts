/** Values of rows as the program knows them. */

import type { SqlValue } from "./driver";

export function nsOrNull(value: SqlValue | undefined): bigint | null {
  return typeof value === "bigint" ? value : null;
}

export function numberOrNull(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

export function textOrNull(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

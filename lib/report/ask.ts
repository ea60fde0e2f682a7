/** How a view's report asks its questions. */

import type { Answer, Ask, QuestionName } from "@/lib/questions/questions";
import { encodeScope, type Scope, type ViewState } from "@/lib/scope/link";

/** Answers a question over the pin's capture. Throws {@link NotAnswered}. */
export type Asker = <Name extends QuestionName>(question: Name, ask: Ask<Name>) => Promise<Answer<Name>>;

export class NotAnswered extends Error {
  override readonly name = "NotAnswered";

  constructor(
    readonly code: string,
    message: string,
    readonly hint: string | undefined,
  ) {
    super(message);
  }
}

export interface Pinned {
  readonly scope: Scope;
  readonly view: ViewState;
}

/** Rows that stand in a report. Whoever wants all of them opens the pin in the workplace. */
export const ROWS = 15;

export interface ScopeText {
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
  readonly revision?: string;
}

export function scopeText(scope: Scope): ScopeText {
  return Object.fromEntries(encodeScope(scope));
}

/** `And 12 more rows with 40 drops.` */
export function moreText(rows: number, counted?: string): string | null {
  if (rows === 0) return null;
  const amount = rows === 1 ? "1 more row" : `${rows} more rows`;
  return `And ${amount}${counted === undefined ? "" : ` with ${counted}`}.`;
}

export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** How a view's report asks its questions. */

import { formatQuantity } from "@/lib/base/count";
import type { Answer, Ask, QuestionName } from "@/lib/questions/questions";
import { formatFilter, type Term } from "@/lib/scope/filter";
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

/** All of the terms, as a link beside those of the pin. */
export function filterOf(...terms: readonly (readonly Term[])[]): string {
  return formatFilter({ terms: terms.flat() });
}

/** `And 12 more rows with 40 drops.` */
export function moreText(count: number, counted?: string, one = "row"): string | null {
  if (count === 0) return null;
  return `And ${formatQuantity(count, `more ${one}`)}${counted === undefined ? "" : ` with ${counted}`}.`;
}

/**
 * Expected failures are values with a stable code; bugs throw.
 *
 * `hint` says what the reader can do next.
 */
export interface Failure<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export type Result<T, F extends Failure = Failure> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: F };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function fail<Code extends string>(
  code: Code,
  message: string,
  hint?: string,
  details?: Readonly<Record<string, unknown>>,
): { readonly ok: false; readonly failure: Failure<Code> } {
  return { ok: false, failure: { code, message, hint, details } };
}

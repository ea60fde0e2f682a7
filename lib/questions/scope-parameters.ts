/** The scope as a question gets it: the parameters of a link, decoded once in the reader thread. */

import { fail, ok, type Result } from "@/lib/base/result";
import { decodeScope, type Scope } from "@/lib/scope/link";
import type { QuestionFailure } from "./failure";

export interface ScopeParameters {
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
  readonly revision?: string;
}

export function toScope({ q, from, to, revision }: ScopeParameters): Result<Scope, QuestionFailure> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ q, from, to, revision }))
    if (value !== undefined) parameters.set(name, value);
  const { scope, problems } = decodeScope(parameters);
  const [problem] = problems;
  if (scope !== undefined && problem === undefined) return ok(scope);
  const {
    code = "bad_request",
    message = "The scope cannot be read.",
    hint,
    position,
    suggestion,
    parameter,
  } = problem ?? {};
  return fail(code === "filter_invalid" ? code : "bad_request", message, hint, {
    parameter,
    position,
    suggestion,
  });
}

/** Equal for equal scopes, to keep what was worked out for one. */
export function scopeKey({ q, from, to }: ScopeParameters): string {
  return JSON.stringify([q ?? "", from ?? "", to ?? ""]);
}

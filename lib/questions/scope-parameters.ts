/** The scope as a question gets it: the parameters of a link, decoded once in the reader thread. */

import { fail, ok, type Result } from "@/lib/base/result";
import { decodeScope, type Scope } from "@/lib/scope/link";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";

export interface ScopeParameters {
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
  readonly revision?: string;
}

/** The scope over this capture. Its file holds one revision: any other that is asked for is not here. */
export function readScope(capture: OpenCapture, parameters: ScopeParameters): Result<Scope, QuestionFailure> {
  const scope = toScope(parameters);
  if (!scope.ok || scope.value.revision === undefined) return scope;
  const current = capture.meta("records").revision;
  if (scope.value.revision === current) return scope;
  return fail(
    "revision_not_found",
    `This capture is at revision ${current}; revision ${scope.value.revision} is not kept.`,
    "Leave `revision` out to see the capture as it is now.",
  );
}

function toScope({ q, from, to, revision }: ScopeParameters): Result<Scope, QuestionFailure> {
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

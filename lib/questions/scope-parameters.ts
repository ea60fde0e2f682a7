/** The scope as a question gets it: the parameters of a link, decoded once in the reader thread. */

import { fail, ok, type Result } from "@/lib/base/result";
import { formatTime } from "@/lib/base/time";
import { patternProblem } from "@/lib/capture/patterns";
import { formatFilter } from "@/lib/scope/filter";
import { patternKind } from "@/lib/scope/http-kinds";
import { looksPasted, parsePastedCommand } from "@/lib/scope/hubble-command";
import { findKeyWord } from "@/lib/scope/keys";
import { decodeScope, type Scope } from "@/lib/scope/link";
import { scanTerms } from "@/lib/scope/scan";
import type { QuestionFailure } from "./failure";
import { withMapParts } from "./map-parts";
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
  if (!scope.ok) return scope;
  const current = scope.value.revision === undefined ? undefined : capture.meta("records").revision;
  if (scope.value.revision === current) return withMapParts(capture, scope.value, readScope);
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
  if (scope !== undefined && problem === undefined) return checkPatterns(q ?? "") ?? ok(scope);
  if (q !== undefined && looksPasted(q)) return asFilter(q);
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

/** The filter bar writes what is pasted as a filter; a link and a program get that filter told, so that they hold it, too. */
function asFilter(q: string): Result<Scope, QuestionFailure> {
  const pasted = parsePastedCommand(q);
  const place = { parameter: "q", position: { start: 0, end: q.length } };
  if (!pasted.ok) return fail("filter_invalid", pasted.failure.message, pasted.failure.hint, place);
  const { filter, notes, from, to } = pasted.value;
  const times = { from, to };
  const range = Object.entries(times).flatMap(([name, ns]) =>
    ns === undefined ? [] : [`${name}=${formatTime(ns)}`],
  );
  const beside = range.length === 0 ? [] : [`Its times are parameters of their own: ${range.join(" and ")}.`];
  const hint = ["Write it as the filter in details.suggestion.", ...beside, ...notes.map(({ text }) => text)];
  return fail(
    "filter_invalid",
    "This is a command or filter of Hubble's, not a filter here.",
    hint.join(" "),
    {
      ...place,
      suggestion: formatFilter(filter),
    },
  );
}

/** The first pattern that is none. Pages cannot tell: the engine of patterns runs on the server only. */
function checkPatterns(q: string): Result<Scope, QuestionFailure> | undefined {
  for (const { key, values } of scanTerms(q)) {
    const row = findKeyWord(key)?.row;
    if (row === undefined || row.kind !== patternKind) continue;
    for (const { text, quoted, at } of values) {
      const isPattern = quoted || (text !== "?" && text !== "-");
      const problem = isPattern ? patternProblem(text) : undefined;
      if (problem === undefined) continue;
      const hint =
        "Patterns are RE2: no look-around and no back references; a backslash takes a character literally.";
      return fail("filter_invalid", problem, hint, { parameter: "q", position: at });
    }
  }
  return undefined;
}

/** Equal for equal scopes, to keep what was worked out for one. */
export function scopeKey({ q, from, to }: ScopeParameters): string {
  return JSON.stringify([q ?? "", from ?? "", to ?? ""]);
}

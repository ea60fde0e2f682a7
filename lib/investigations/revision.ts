/** What a pin's link says of the revision that it shows. */

import { decodeScope } from "@/lib/scope/link";
import type { Pin } from "./investigation";

/** Undefined for a note, and for a link that names none. */
export function revisionOf({ view, link }: Pick<Pin, "view" | "link">): number | undefined {
  return view === null ? undefined : decodeScope(new URLSearchParams(link)).scope?.revision;
}

/** Why a pin cannot be kept; undefined when it can. */
export function pinProblem(pin: Pin): string | undefined {
  if (pin.view === null) return pin.link === "" ? undefined : "a note by itself has no link";
  const { scope, problems } = decodeScope(new URLSearchParams(pin.link));
  if (scope === undefined) return problems[0]?.message ?? "its link cannot be read";
  return scope.revision === undefined ? "its link names no revision" : undefined;
}

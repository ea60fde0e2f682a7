/** Parts of maps in a filter (`map-part:`): which pairs of this capture they have. */

import { ok, type Result } from "@/lib/base/result";
import type { MapEdge } from "@/lib/insight/map/answer";
import { edgesOfPart, MOST_EDGES } from "@/lib/insight/map/part";
import { formatValue, type Term } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import type { MapPartValue } from "@/lib/scope/map-part-kind";
import type { QuestionFailure } from "./failure";
import { countEdges } from "./map-count";
import type { OpenCapture } from "./open-capture";
import type { ScopeParameters } from "./scope-parameters";

type Read = (capture: OpenCapture, parameters: ScopeParameters) => Result<Scope, QuestionFailure>;

/** The scope with the pairs of its parts of maps. `read` reads the scopes that those maps show. */
export function withMapParts(capture: OpenCapture, scope: Scope, read: Read): Result<Scope, QuestionFailure> {
  if (scope.filter.terms.every(({ key }) => key !== "map-part")) return ok(scope);
  const terms: Term[] = [];
  for (const term of scope.filter.terms) {
    if (term.key !== "map-part") {
      terms.push(term);
      continue;
    }
    const values: MapPartValue[] = [];
    for (const value of term.values) {
      if (value.type !== "map-part") continue;
      const pairIds = pairIdsOf(capture, value, read);
      if (!pairIds.ok) return pairIds;
      values.push({ ...value, pairIds: pairIds.value });
    }
    terms.push({ ...term, values });
  }
  return ok({ ...scope, filter: { terms } });
}

function pairIdsOf(
  capture: OpenCapture,
  part: MapPartValue,
  read: Read,
): Result<readonly number[], QuestionFailure> {
  const { level, skip, q, from, to } = part;
  const scope = read(capture, { q, from, to });
  if (!scope.ok) return scope;
  return ok(
    capture.keep(`map part ${formatValue("map-part", part)}`, () => {
      const { edges } = countEdges(capture, scope.value, level);
      const map = edges.answer(MOST_EDGES, skipped(skip));
      const { place } = part;
      const pairsOf = (own: readonly MapEdge[]) => new Set(own.flatMap((edge) => edges.pairIdsOf(edge)));
      if (place.kind !== "beyond") return [...pairsOf(edgesOfPart(map.nodes, map.edges, { ...part, place }))];
      const shown = pairsOf(map.edges);
      return [...pairsOf(edges.all().edges)].filter((id) => !shown.has(id));
    }),
  );
}

/** As the link of a map has it; anything else is the first page. */
function skipped(skip = "0"): number {
  return /^\d{1,9}$/.test(skip) ? Number(skip) : 0;
}

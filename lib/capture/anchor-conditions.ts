/**
 * Terms about drops over a drop that has a `causeId`, for what counts drops by their anchors: what anchors are looked up for otherwise
 * (drop-conditions.ts), the drop knows itself.
 */

import type { Term } from "@/lib/scope/filter";
import { any, type Condition, idList, NEVER, negate } from "./conditions";
import type { Sqlite } from "./driver";
import { deniedOfAnchor } from "./drop-conditions";
import { policyOfAnchor } from "./policy-conditions";

/** Undefined for terms about other things, which the anchor's flow answers. */
export function anchorCondition(database: Sqlite, term: Term): Condition | undefined {
  const cause = (sql: string, ...parameters: string[]): Condition => ({
    sql: `coalesce((SELECT ${sql} FROM Cause c WHERE c.id = f.causeId), 0)`,
    parameters,
  });
  switch (term.key) {
    case "drop":
      if (term.values.some((value) => value.type === "word" && value.word === "first")) return undefined;
      return any(term.values.map((value) => always(value.type === "word" && value.word === "yes")));
    case "cause": {
      const ids = term.values.map((value) =>
        value.type === "text"
          ? database.prepare("SELECT id, kind FROM Cause WHERE causeId = ?").get([value.text])
          : undefined,
      );
      if (ids.some((row) => row?.kind !== "drop")) return undefined;
      return {
        ...idList(
          "f.causeId",
          ids.map((row) => Number(row?.id)),
        ),
      };
    }
    case "policy": {
      const conditions = term.values.map((value) => policyOfAnchor(database, value));
      const known = conditions.filter((condition) => condition !== undefined);
      return known.length < conditions.length ? undefined : any(known);
    }
    case "denied-by":
      if (term.values.some(({ type }) => type === "unknown")) return undefined;
      return any(term.values.map((value) => deniedOfAnchor(database, value)));
    case "decided-by":
      return any(
        term.values.map((value) =>
          value.type === "word"
            ? {
                sql: "coalesce((SELECT c.type FROM Cause c WHERE c.id = f.causeId), 'unknown') = ?",
                parameters: [value.word],
              }
            : NEVER,
        ),
      );
    case "direction":
      return any(
        term.values.map((value) => {
          if (value.type === "word") return cause("coalesce(c.direction, '') = ?", value.word.toUpperCase());
          if (value.type === "none") return NEVER;
          return negate(cause("coalesce(c.direction IN ('INGRESS', 'EGRESS'), 0)"), true);
        }),
      );
    default:
      return undefined;
  }
}

function always(holds: boolean): Condition {
  return { sql: holds ? "1" : "0", parameters: [] };
}

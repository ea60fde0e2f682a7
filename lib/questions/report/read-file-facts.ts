/** What each file holds, for signs that its export was filtered. */

import type { SqlRow, SqlValue } from "@/lib/capture/driver";
import { countedFlows } from "@/lib/capture/rolled-flows";
import { compileScope } from "@/lib/capture/scope-sql";
import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import type { FileFacts } from "@/lib/insight/quality/facts";
import type { OpenCapture } from "../open-capture";

/** Files looked into; a folder of thousands is judged by its first. */
const FILES = 500;
/** Pairs of sides compared: beyond it the file has too many peers to be one namespace's. There are fewer kinds. */
const GROUPS = 20_000;

export function readFileFacts(capture: OpenCapture): FileFacts[] {
  const files = capture.database
    .prepare(
      "SELECT name, state, firstBlock, endBlock FROM SourceFile WHERE firstBlock IS NOT NULL ORDER BY id LIMIT ?",
    )
    .all([FILES]);
  return files
    .filter(({ state }) => state === "done")
    .map((file) => {
      const flows = flowsOf(capture, file, files.length === 1);
      const kinds = flows.groups("f.kindId");
      const verdicts: Record<string, number> = {};
      const types: Record<string, number> = {};
      for (const [kindId, records] of kinds) {
        const kind = capture.kind(Number(kindId));
        add(verdicts, String(kind.verdict), Number(records));
        add(types, String(kind.type), Number(records));
      }
      const total = kinds.reduce((sum, [, records]) => sum + Number(records), 0);
      return { name: String(file.name), flows: total, verdicts, types, ...namespacesOf(capture, flows) };
    });
}

interface FileFlows {
  /** Values of some columns of `f`, and how many flows have them. */
  readonly groups: (columns: string) => readonly SqlValue[][];
}

/** The flows of a capture's only file are all of its flows, which are summed up. */
function flowsOf({ database }: OpenCapture, file: SqlRow, isOnly: boolean): FileFlows {
  const range = [Number(file.firstBlock) * PLACES_PER_BLOCK, Number(file.endBlock) * PLACES_PER_BLOCK];
  const whole = compileScope(database, { filter: { terms: [] } });
  return {
    groups: (columns) => {
      const all = isOnly ? countedFlows(database, whole, { reads: columns }) : undefined;
      const by = columns.split(", ").map((_, at) => at + 1);
      if (all?.isRolledUp)
        return database
          .prepare(
            `SELECT ${columns}, sum(f.records) FROM ${all.from} WHERE ${all.where.sql}
             GROUP BY ${by} HAVING sum(f.records) > 0 LIMIT ?`,
          )
          .rows([...all.parameters, ...all.where.parameters, GROUPS]);
      return database
        .prepare(
          `SELECT ${columns}, count(*) FROM Flow f WHERE f.id >= ? AND f.id < ? GROUP BY ${by} LIMIT ?`,
        )
        .rows([...range, GROUPS]);
    },
  };
}

function add(counts: Record<string, number>, name: string, n: number): void {
  counts[name] = (counts[name] ?? 0) + n;
}

function namespacesOf(
  { database }: OpenCapture,
  flows: FileFlows,
): Pick<FileFacts, "commonNamespaces" | "namespaces"> {
  const endpoint = database.prepare("SELECT namespace FROM Endpoint WHERE id = ?");
  const known = new Map<number, unknown>();
  const namespaceOf = (id: number): unknown => {
    if (!known.has(id)) known.set(id, endpoint.get([id])?.namespace);
    return known.get(id);
  };
  const sides = flows
    .groups("f.sourceId, f.destinationId")
    .map(([source, destination]) =>
      [namespaceOf(Number(source)), namespaceOf(Number(destination))].filter(
        (namespace) => typeof namespace === "string",
      ),
    );
  const common = sides.reduce<readonly string[]>(
    (kept, side) => kept.filter((namespace) => side.includes(namespace)),
    sides[0] ?? [],
  );
  return { commonNamespaces: [...new Set(common)], namespaces: new Set(sides.flat()).size };
}

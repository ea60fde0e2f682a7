/** What each file holds, for signs that its export was filtered. */

import { PLACES_PER_BLOCK } from "@/lib/flow/batch";
import type { FileFacts } from "@/lib/insight/quality/facts";
import type { OpenCapture } from "../open-capture";

/** Files looked into; a folder of thousands is judged by its first. */
const FILES = 500;

export function readFileFacts(capture: OpenCapture): FileFacts[] {
  return capture.database
    .prepare(
      "SELECT name, firstBlock, endBlock FROM SourceFile WHERE state = 'done' AND firstBlock IS NOT NULL ORDER BY id LIMIT ?",
    )
    .all([FILES])
    .map((file) => {
      const range = [Number(file.firstBlock) * PLACES_PER_BLOCK, Number(file.endBlock) * PLACES_PER_BLOCK];
      const kinds = capture.database
        .prepare("SELECT kindId, count(*) AS flows FROM Flow WHERE id >= ? AND id < ? GROUP BY kindId")
        .all(range);
      const verdicts: Record<string, number> = {};
      const types: Record<string, number> = {};
      for (const row of kinds) {
        const kind = capture.kind(Number(row.kindId));
        add(verdicts, String(kind.verdict), Number(row.flows));
        add(types, String(kind.type), Number(row.flows));
      }
      const flows = kinds.reduce((sum, row) => sum + Number(row.flows), 0);
      return { name: String(file.name), flows, verdicts, types, ...namespacesOf(capture, range) };
    });
}

function add(counts: Record<string, number>, name: string, n: number): void {
  counts[name] = (counts[name] ?? 0) + n;
}

/** Pairs of sides compared: beyond it the file has too many peers to be one namespace's. */
const PAIRS = 20_000;

function namespacesOf(
  capture: OpenCapture,
  range: readonly number[],
): Pick<FileFacts, "commonNamespaces" | "namespaces"> {
  const pairs = capture.database
    .prepare(
      `SELECT DISTINCT s.namespace AS source, d.namespace AS destination FROM (
         SELECT DISTINCT sourceId, destinationId FROM Flow WHERE id >= ? AND id < ? LIMIT ?
       ) p JOIN Endpoint s ON s.id = p.sourceId JOIN Endpoint d ON d.id = p.destinationId`,
    )
    .all([...range, PAIRS]);
  const sides = pairs.map(({ source, destination }) =>
    [source, destination].filter((namespace) => typeof namespace === "string"),
  );
  const common = sides.reduce<readonly string[]>(
    (kept, side) => kept.filter((namespace) => side.includes(namespace)),
    sides[0] ?? [],
  );
  return { commonNamespaces: [...new Set(common)], namespaces: new Set(sides.flat()).size };
}

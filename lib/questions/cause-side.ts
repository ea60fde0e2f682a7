/** One side of a cause, by its key. */

import { z } from "zod";
import type { CauseSide } from "@/lib/insight/causes/drop-ends";
import type { OpenCapture } from "./open-capture";
import { toActor } from "./pairs";

const labelList = z.array(z.string());

/** Null where there is no such actor. `labels` is the JSON of an endpoint's. */
export function readCauseSide(
  capture: OpenCapture,
  key: string | null,
  labels: string | null,
): CauseSide | null {
  if (key === null) return null;
  const row = capture.database
    .prepare("SELECT * FROM Actor WHERE workloadKey = ? ORDER BY kind, key LIMIT 1")
    .get([key]);
  if (row === undefined) return null;
  const { kind, namespace, cluster, workloadName, name } = toActor(row);
  return {
    ...{ key, kind, namespace, cluster, name: workloadName ?? name },
    labels: labelList.parse(JSON.parse(labels ?? "[]")),
  };
}

/** One side of a cause, by its key. */

import { z } from "zod";
import type { CauseSide } from "@/lib/insight/causes/drop-ends";
import type { OpenCapture } from "./open-capture";
import { type ActorRow, toActor } from "./pairs";

const labelList = z.array(z.string());

/** Null where there is no such actor. `labels` is the JSON of an endpoint's. */
export function readCauseSide(
  capture: OpenCapture,
  key: string | null,
  labels: string | null,
): CauseSide | null {
  const actor = key === null ? null : readActor(capture, key);
  if (key === null || actor === null) return null;
  const { kind, namespace, cluster, workloadName, name } = actor;
  return {
    ...{ key, kind, namespace, cluster, name: workloadName ?? name },
    labels: labelList.parse(JSON.parse(labels ?? "[]")),
  };
}

/** Many causes are of few workloads. */
function readActor(capture: OpenCapture, key: string): ActorRow | null {
  const actors = capture.keep("actors of causes", () => new Map<string, ActorRow | null>());
  const known = actors.get(key);
  if (known !== undefined) return known;
  const row = capture.database
    .prepare("SELECT * FROM Actor WHERE workloadKey = ? ORDER BY kind, key LIMIT 1")
    .get([key]);
  const actor = row === undefined ? null : toActor(row);
  actors.set(key, actor);
  return actor;
}

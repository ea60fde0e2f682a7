/** Drops in groups that have everything in common, with the key of the cause that each group belongs to. */

import { isTextFormat } from "@/lib/flow/text-formats";
import { type DropKey, decidedBy, denyingPolicies, keyWithoutPolicies } from "@/lib/insight/causes/drop-key";
import type { Sqlite } from "../driver";
import { numberOrNull, textOrNull } from "../values";

/** Drops that have everything in common that a cause depends on. */
export interface DropCombination {
  readonly kindId: number;
  readonly pairId: number;
  readonly policiesId: number | null;
  readonly hasVerdict: number;
  /** As the records say it; the key can know more. */
  readonly direction: string;
  readonly key: DropKey;
  readonly code: number | null;
  readonly isNoise: boolean;
  /** Printed for people. */
  readonly isText: boolean;
}

const UNKNOWN_DIRECTION = "TRAFFIC_DIRECTION_UNKNOWN";

/** The anchor's own direction, else that of the verdict record: a printed drop has none. Of `j` and its kind `k`. */
export function directionOf(j: string): string {
  return `CASE WHEN k.trafficDirection <> '${UNKNOWN_DIRECTION}' OR ${j}.verdictId IS NULL THEN k.trafficDirection
    ELSE (SELECT vk.trafficDirection FROM Flow v JOIN Kind vk ON vk.id = v.kindId WHERE v.id = ${j}.verdictId) END`;
}

/** With the causes that they make. A policy is that of the drop's own records: of a drop whose verdict record is missing none is known. */
export function readDropCombinations(database: Sqlite): DropCombination[] {
  return adoptDirections(readCombinations(database));
}

function readCombinations(database: Sqlite): DropCombination[] {
  return database
    .prepare(
      `SELECT j.kindId, j.pairId, j.policiesId, j.verdictId IS NOT NULL OR k.eventType = 5 AS hasVerdict,
         ${directionOf("j")} AS direction, k.dropReason, k.dropCode, k.type, k.eventType, k.format, max(j.noise) AS noise,
         c.workloadKey AS clientKey, s.workloadKey AS serverKey, p.serverPort, p.protocol, p.clientSide,
         t.value AS policies
       FROM JoinedDrop j JOIN Kind k ON k.id = j.kindId JOIN Pair p ON p.id = j.pairId
         LEFT JOIN Actor c ON c.id = p.clientId LEFT JOIN Actor s ON s.id = p.serverId LEFT JOIN Text t ON t.id = j.policiesId
       GROUP BY j.kindId, j.pairId, j.policiesId, hasVerdict, direction`,
    )
    .all([])
    .map((row) => {
      const direction = String(row.direction);
      const code = row.dropCode === null ? null : Number(row.dropCode);
      return {
        kindId: Number(row.kindId),
        pairId: Number(row.pairId),
        policiesId: numberOrNull(row.policiesId),
        hasVerdict: Number(row.hasVerdict),
        direction,
        code,
        isNoise: row.noise === 1,
        isText: isTextFormat(String(row.format)),
        key: {
          direction,
          reason: textOrNull(row.dropReason),
          decidedBy: decidedBy(row.type === "L7" || row.eventType === 129, code),
          policies: denyingPolicies(textOrNull(row.policies), direction),
          clientKey: textOrNull(row.clientKey),
          serverKey: textOrNull(row.serverKey),
          port: numberOrNull(row.serverPort),
          protocol: textOrNull(row.protocol),
          isReply: row.clientSide === 2,
        },
      };
    });
}

/**
 * A printed drop never says its direction: it takes that of all others of its key, if they agree, as a verdict printed beside
 * it is of the same trouble. Where none is beside it the direction stays unknown, as it does in a record that left it out.
 */
function adoptDirections(combinations: readonly DropCombination[]): DropCombination[] {
  const like = ({ key }: DropCombination): string =>
    JSON.stringify(keyWithoutPolicies({ ...key, direction: UNKNOWN_DIRECTION }));
  const known = new Map<string, Set<string>>();
  for (const one of combinations) {
    if (one.direction === UNKNOWN_DIRECTION) continue;
    known.set(like(one), (known.get(like(one)) ?? new Set()).add(one.direction));
  }
  return combinations.map((one) => {
    const [direction, another] = known.get(like(one)) ?? [];
    return !one.isText ||
      one.direction !== UNKNOWN_DIRECTION ||
      direction === undefined ||
      another !== undefined
      ? one
      : { ...one, key: { ...one.key, direction } };
  });
}

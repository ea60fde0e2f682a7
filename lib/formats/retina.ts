/**
 * Flows that Retina wrote (microsoft/retina 1.2, `pkg/utils/flow_utils.go`, `metadata_linux.proto`): Hubble's message with
 * its own numbers and its metadata in `extensions`, as a Struct since 1.1 and as a message of its own before.
 *
 * Some of what it writes says less than it seems (flow-formats 5), and is taken as unknown here: the direction of a drop is a
 * constant, `is_reply` of drops and retransmissions is a default, and an endpoint's `ID` is its identity again.
 */

import { RETINA_VERDICT } from "@/lib/flow/enums";
import type { Flow } from "@/lib/flow/flow";
import { PRESENT } from "@/lib/flow/presence";
import { isObject, type JsonObject } from "./proto-json";

const METADATA = [
  "previously_observed_packets",
  "previously_observed_bytes",
  "previously_observed_tcp_flags",
  "tcp_id",
  "dns_type",
  "num_responses",
  "drop_reason",
  "source_zone",
  "destination_zone",
];

/** True when the flow bears a sign of Retina. */
export function isRetina(flow: Flow): boolean {
  return flow.verdict.length === 2 && RETINA_VERDICT.has(flow.verdict)
    ? true
    : metadataOf(flow) !== undefined;
}

function metadataOf({ extensions }: Flow): JsonObject | undefined {
  if (!isObject(extensions)) return undefined;
  const type = extensions["@type"];
  if (typeof type === "string" && type.endsWith("RetinaMetadata")) return extensions;
  const { value } = extensions;
  if (!isObject(value)) return undefined;
  // `bytes` alone is too common a name to be a sign.
  return METADATA.some((name) => value[name] !== undefined) ? value : undefined;
}

const DROP = 1;
const RETRANSMISSION = "15";

/** Takes back what Retina's records say without knowing it, and the true reason of a drop out of the metadata. */
export function settleRetina(flow: Flow): void {
  const isDrop = flow.eventType?.type === DROP || flow.verdict === "DROPPED";
  if (isDrop) {
    flow.trafficDirection = "TRAFFIC_DIRECTION_UNKNOWN";
    flow.present &= ~PRESENT.traffic_direction;
  }
  if (isDrop || flow.verdict === RETRANSMISSION) {
    flow.isReply = undefined;
    flow.deprecatedReply = undefined;
    flow.present &= ~PRESENT.is_reply;
  }
  for (const side of [flow.source, flow.destination]) if (side !== undefined) side.id = undefined;
  const reason = metadataOf(flow)?.drop_reason;
  if (typeof reason === "string" && reason !== "") flow.extDropReason ??= reason;
}

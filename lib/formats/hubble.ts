/**
 * Hubble JSON: one object per record.
 *
 * Reads the envelope `{"flow":{...},"node_name":..,"time":..}` of the exporter, `hubble observe -o json`
 * and grpcurl (lowerCamelCase), the other members of the same response, and the bare flow that old
 * command lines write. Defined in Cilium 1.19.4 `api/v1/observer/observer.proto` and
 * `pkg/hubble/exporter`; which is which: flow-formats section 10.
 */

import { parseTime } from "@/lib/base/time";
import { OTHER_KINDS } from "@/lib/flow/flow";
import { PRESENT } from "@/lib/flow/presence";
import { readHubbleFlow } from "./hubble-flow";
import { bareOtherKind, readOther } from "./hubble-other";
import { isObject, type JsonObject, member, readObject, readText } from "./proto-json";
import type { Decoded } from "./record";

/** `undefined` when the document is of another format. Throws FieldError on a member of the wrong type. */
export function decodeHubble(document: JsonObject): Decoded | undefined {
  if (document.flow !== undefined && document.flow !== null) {
    return { format: "hubble", record: { kind: "flow", flow: readEnvelope(document) } };
  }
  for (const kind of OTHER_KINDS) {
    const payload = member(document, kind);
    if (payload !== undefined) {
      return {
        format: "hubble",
        record: { kind: "other", other: readOther(kind, readObject(payload, kind), document) },
      };
    }
  }
  if (isBareFlow(document))
    return { format: "hubble-bare", record: { kind: "flow", flow: readHubbleFlow(document) } };
  const bareKind = bareOtherKind(document);
  if (bareKind === undefined) return undefined;
  return {
    format: "hubble-bare",
    record: { kind: "other", other: readOther(bareKind, document, undefined) },
  };
}

/** The envelope repeats the flow's time and node; the flow's own are preferred (flow-formats 3.1). */
function readEnvelope(document: JsonObject) {
  const flow = readHubbleFlow(readObject(document.flow, "flow"));
  const time = member(document, "time");
  const node = member(document, "node_name");
  if (flow.timeNs === undefined && time !== undefined) {
    flow.timeNs = typeof time === "string" ? parseTime(time) : undefined;
    flow.present |= PRESENT.time;
  }
  if (flow.nodeName === undefined && node !== undefined) {
    flow.nodeName = readText(node, "node_name") || undefined;
    flow.present |= PRESENT.node_name;
  }
  return flow;
}

function isBareFlow(document: JsonObject): boolean {
  const says =
    document.verdict !== undefined ||
    member(document, "event_type") !== undefined ||
    document.Type !== undefined;
  return says && (isObject(document.IP) || isObject(document.l4) || isObject(document.source));
}

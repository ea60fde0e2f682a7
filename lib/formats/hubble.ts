/**
 * Hubble JSON: one object per record.
 *
 * Reads the envelope `{"flow":{...},"node_name":..,"time":..}` of the exporter, `hubble observe -o json`
 * and grpcurl (lowerCamelCase), the other members of the same response, and the bare flow that old
 * command lines write. Defined in Cilium 1.19.4 `api/v1/observer/observer.proto` and
 * `pkg/hubble/exporter`; which is which: flow-formats section 10.
 */

import { VERDICT } from "@/lib/flow/enums";
import { type Flow, OTHER_KINDS, type OtherKind } from "@/lib/flow/flow";
import { PRESENT } from "@/lib/flow/presence";
import { readHubbleFlow } from "./hubble-flow";
import { bareOtherKind, readOther } from "./hubble-other";
import {
  camelCase,
  isObject,
  type JsonObject,
  member,
  readObject,
  readText,
  readTimestamp,
} from "./proto-json";
import type { Decoded } from "./record";
import { isRetina, settleRetina } from "./retina";

/** Kinds that a mask may name. */
const MOST_KINDS = 30;

/**
 * The envelopes of a document: none, itself, or, when it has several of the members of which Hubble writes one each, one for each.
 * An empty one beside others is none; of a list of them each is one.
 */
export function envelopesIn(document: JsonObject): readonly JsonObject[] {
  const hasFlow = document.flow !== undefined && document.flow !== null;
  const kinds = kindsIn(document);
  if (kinds.length === 0) return hasFlow ? [document] : [];
  const hasLists = kinds.some((kind) => Array.isArray(member(document, kind)));
  if (!hasFlow && kinds.length === 1 && !hasLists) return [document];
  const { flow, time, node_name, nodeName, masked } = document;
  const around = { time, node_name: node_name ?? nodeName };
  const others = kinds.flatMap((kind) =>
    [member(document, kind)]
      .flat()
      .filter((payload) => !isObject(payload) || Object.keys(payload).length > 0)
      .map((payload) => ({ [kind]: payload, ...around })),
  );
  const envelopes = hasFlow ? [{ flow, ...around, masked }, ...others] : others;
  return envelopes.length > 1 || hasLists ? envelopes : [document];
}

const KINDS: ReadonlyMap<string, OtherKind> = new Map(
  OTHER_KINDS.flatMap((kind) => [
    [kind, kind],
    [camelCase(kind), kind],
  ]),
);
const NO_KINDS: readonly OtherKind[] = [];

/** The members of an envelope that are no flows, in the order in which they are looked for. Cheap: every record is asked. */
function kindsIn(document: JsonObject): readonly OtherKind[] {
  let has = false;
  for (const key in document) has ||= KINDS.has(key);
  if (!has) return NO_KINDS;
  return OTHER_KINDS.filter((kind) => member(document, kind) !== undefined);
}

/** `undefined` when the document has no envelope. Throws FieldError on a member of the wrong type. */
export function decodeEnvelope(document: JsonObject): Decoded | undefined {
  if (document.flow !== undefined && document.flow !== null)
    return decodedFlow(readEnvelope(document), "hubble");
  for (const kind of OTHER_KINDS) {
    const payload = member(document, kind);
    if (payload !== undefined) {
      return {
        format: "hubble",
        record: { kind: "other", other: readOther(kind, readObject(payload, kind), document) },
      };
    }
  }
  return undefined;
}

/** The same for what old command lines write: the message without its envelope. */
export function decodeBare(document: JsonObject): Decoded | undefined {
  if (isBareFlow(document)) return decodedFlow(readHubbleFlow(document), "hubble-bare");
  const bareKind = bareOtherKind(document);
  if (bareKind === undefined) return undefined;
  return {
    format: "hubble-bare",
    record: { kind: "other", other: readOther(bareKind, document, undefined) },
  };
}

function decodedFlow(flow: Flow, format: string): Decoded {
  if (!isRetina(flow)) return { format, record: { kind: "flow", flow } };
  settleRetina(flow);
  return { format: "retina", record: { kind: "flow", flow } };
}

/** The envelope repeats the flow's time and node; the flow's own are preferred (flow-formats 3.1). */
function readEnvelope(document: JsonObject): Flow {
  const flow = readHubbleFlow(readObject(document.flow, "flow"));
  const time = member(document, "time");
  const node = member(document, "node_name");
  if (flow.timeNs === undefined && time !== undefined) {
    flow.timeNs = readTimestamp(time);
    flow.present |= PRESENT.time;
  }
  if (flow.nodeName === undefined && node !== undefined) {
    flow.nodeName = readText(node, "node_name") || undefined;
    flow.present |= PRESENT.node_name;
  }
  flow.masked = readMasked(document.masked);
  return flow;
}

/** A mark of ours (write-hubble.ts): anything else under its name is no reason to refuse a record. */
function readMasked(value: unknown): Flow["masked"] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_KINDS) return undefined;
  return value.every((kind) => typeof kind === "string" && /^[a-z]{2,20}$/.test(kind)) ? value : undefined;
}

function isBareFlow(document: JsonObject): boolean {
  const says =
    document.verdict !== undefined ||
    member(document, "event_type") !== undefined ||
    document.Type !== undefined;
  return says && (PARTS_OF_FLOW.some((name) => isObject(document[name])) || isMaskedToVerdict(document));
}

/** Members that hold objects, any of which a field mask may have left. */
const PARTS_OF_FLOW = ["IP", "l4", "source", "destination", "l7", "ethernet"];

/** A field mask may leave nothing but when and what became of it. */
function isMaskedToVerdict({ verdict, time }: JsonObject): boolean {
  return typeof verdict === "string" && VERDICT.numberOf.has(verdict) && typeof time === "string";
}

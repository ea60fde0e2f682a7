/** The words for type and verdict that `hubble observe` prints (Cilium 1.19.4 `printer.go`, `GetFlowType` and `getVerdict`). */

import { DROP_CODE_OF_TEXT, POLICY_MATCH_TYPE, TRACE_SUB_TYPE } from "@/lib/flow/enums";
import type { JsonObject } from "./proto-json";

export interface TextType {
  readonly message: JsonObject;
  /** REQUEST or RESPONSE of a protocol, for an L7 record. */
  readonly l7: { readonly protocol: string; readonly type: string } | undefined;
  /** Of a policy verdict: the direction it was made for. */
  readonly policyDirection: "INGRESS" | "EGRESS" | undefined;
  readonly isPolicyVerdict: boolean;
}

const TRACE_WORDS: ReadonlyMap<string, number> = new Map(
  [...TRACE_SUB_TYPE].map(([subType, point]) => [point.toLowerCase().replaceAll("_", "-"), subType]),
);

const SOCKET_WORDS: ReadonlyMap<string, number> = new Map([
  ["pre-xlate-fwd", 1],
  ["post-xlate-fwd", 2],
  ["pre-xlate-rev", 3],
  ["post-xlate-rev", 4],
]);

/** An unknown word leaves the event's type unknown; it stays in the original text. */
export function readTextType(text: string): TextType {
  const l7 = /^(l7|http|dns|kafka)-(request|response|sample)\b/.exec(text);
  if (l7 !== null) {
    const what = { protocol: l7[1] ?? "", type: (l7[2] ?? "").toUpperCase() };
    return { ...NOTHING, message: { Type: "L7", event_type: { type: 129 } }, l7: what };
  }
  const verdict = /^policy-verdict:(\S+) (INGRESS|EGRESS|TRAFFIC_DIRECTION_UNKNOWN)$/.exec(text);
  if (verdict !== null) return policyVerdict(verdict[1] ?? "", verdict[2] ?? "");
  return { ...NOTHING, message: packetEvent(text) };
}

const NOTHING: TextType = { message: {}, l7: undefined, policyDirection: undefined, isPolicyVerdict: false };

function policyVerdict(match: string, direction: string): TextType {
  return {
    message: {
      Type: "L3_L4",
      event_type: { type: 5 },
      policy_match_type: POLICY_MATCH_TYPE.numberOf.get(match),
      traffic_direction: direction,
    },
    l7: undefined,
    policyDirection: direction === "INGRESS" || direction === "EGRESS" ? direction : undefined,
    isPolicyVerdict: true,
  };
}

function packetEvent(text: string): JsonObject {
  const subType = TRACE_WORDS.get(text);
  if (subType !== undefined) return { Type: "L3_L4", event_type: { type: 4, sub_type: subType } };
  const code = DROP_CODE_OF_TEXT.get(text) ?? dropCodeOf(text);
  if (code !== undefined) {
    return { Type: "L3_L4", event_type: { type: 1, sub_type: code }, drop_reason: code };
  }
  const point = SOCKET_WORDS.get(text);
  if (point !== undefined)
    return { Type: "SOCK", event_type: { type: 7, sub_type: point }, sock_xlate_point: point };
  return text.startsWith("DBG_CAPTURE_") ? { event_type: { type: 3 }, debug_capture_point: text } : {};
}

/** A code that the command line has no words for is printed as its number; below 130 it is a trace point of the same kind. */
function dropCodeOf(text: string): number | undefined {
  const code = /^\d{3}$/.test(text) ? Number(text) : 0;
  return code >= 130 && code <= 255 ? code : undefined;
}

/** Words that are printed for policy verdicts only. ALLOWED may have been REDIRECTED: both are printed so. */
const POLICY_WORDS: ReadonlyMap<string, string> = new Map([
  ["ALLOWED", "FORWARDED"],
  ["DENIED", "DROPPED"],
  ["AUDITED", "AUDIT"],
]);

/** Denied although no rule matched can only be that: deny rules and authentication name the rule that matched (flow-formats 8.3). */
const DEFAULT_DENY = { drop_reason: 133 };

/** The verdict, and the policies behind `BY`: `name (Kind), name (Kind)`. */
export function readTextVerdict(text: string, type: TextType): JsonObject {
  const [word = "", policies] = text.split(/ BY (.*)/s, 2);
  const number = /^\d+$/.test(word) ? Number(word) : undefined;
  const verdict = number ?? (type.isPolicyVerdict ? (POLICY_WORDS.get(word) ?? word) : word);
  const reason = word === "DENIED" && type.message.policy_match_type === 0 ? DEFAULT_DENY : {};
  if (policies === undefined || type.policyDirection === undefined) return { verdict, ...reason };
  const which = word === "ALLOWED" ? "allowed_by" : "denied_by";
  return {
    verdict,
    ...reason,
    [`${type.policyDirection.toLowerCase()}_${which}`]: policies.split(", ").map(policyOf),
  };
}

function policyOf(text: string): JsonObject {
  const match = /^(.*?)(?: \((\w+)\))?$/.exec(text);
  return { name: match?.[1] ?? text, kind: match?.[2] };
}

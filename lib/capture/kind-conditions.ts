/** Terms that are answered from Kind: what has few values. */

import { DNS_RCODE, enumNumber } from "@/lib/flow/enums";
import { NOT_A_LOSS } from "@/lib/flow/losses";
import { PRESENT } from "@/lib/flow/presence";
import type { Term } from "@/lib/scope/filter";
import { absent, all, any, type Condition, MASKED, NEVER, textList, type ValueOfTerm } from "./conditions";
import type { Sqlite } from "./driver";

/** A condition over Kind; undefined for terms about something else. */
export function kindCondition(database: Sqlite, term: Term): Condition | undefined {
  switch (term.key) {
    case "verdict":
      return any(
        term.values.map((value) => enumCondition(value, "verdict", `present & ${PRESENT.verdict} = 0`)),
      );
    case "traffic-direction":
      return any(
        term.values.map((value) =>
          enumCondition(value, "trafficDirection", "trafficDirection = 'TRAFFIC_DIRECTION_UNKNOWN'"),
        ),
      );
    case "drop-reason-desc":
      return any(term.values.map(dropReasonCondition));
    case "protocol":
      return any(term.values.map(protocolCondition));
    case "type":
      return any(term.values.map(eventCondition));
    case "reply":
      return any(term.values.map(replyCondition));
    case "tcp-flags":
      return all(term.values.map(flagsCondition));
    case "ip-version":
      return any(term.values.map(ipVersionCondition));
    case "http-method":
      return any(term.values.map((value) => methodCondition(database, value)));
    case "http-status":
      return any(term.values.map(statusCondition));
    case "encrypted":
      return any(term.values.map((value) => encryptedCondition(value, "yes")));
    case "unencrypted":
      return any(term.values.map((value) => encryptedCondition(value, "no")));
    case "trace-point":
      return any(term.values.map(tracePointCondition));
    case "dns-rcode":
      return any(term.values.map(rcodeCondition));
    case "not-a-loss":
      return any(term.values.map((value) => yesNo(value, LOST_NOTHING)));
    case "aggregated":
      return any(term.values.map((value) => yesNo(value, "aggregated <> 0")));
    default:
      return undefined;
  }
}

/** Over Kind: DROPPED, and nothing was lost. */
const LOST_NOTHING = `(verdict = 'DROPPED' AND coalesce(dropCode IN (${[...NOT_A_LOSS].join(", ")}), 0))`;

function enumCondition(
  value: ValueOfTerm<"verdict" | "traffic-direction">,
  column: string,
  unknown: string,
): Condition {
  if (value.type === "unknown") return { sql: unknown, parameters: [] };
  if (value.type === "none") return NEVER;
  return { sql: `${column} = ?`, parameters: [value.name] };
}

/** A drop event or a masked record without a reason could have had one; L7 denials never have one. */
function dropReasonCondition(value: ValueOfTerm<"drop-reason-desc">): Condition {
  const unknown = "dropReason IS NULL AND verdict = 'DROPPED' AND type <> 'L7' AND eventType IS NOT 5";
  if (value.type === "unknown") return { sql: `(${unknown})`, parameters: [] };
  if (value.type === "none") return { sql: `(dropReason IS NULL AND NOT (${unknown}))`, parameters: [] };
  return { sql: "dropReason IS ?", parameters: [value.name] };
}

const L4_OF_WORD: Readonly<Record<string, readonly string[]>> = {
  tcp: ["TCP"],
  udp: ["UDP"],
  sctp: ["SCTP"],
  icmp: ["ICMPv4", "ICMPv6"],
  icmpv4: ["ICMPv4"],
  icmpv6: ["ICMPv6"],
  vrrp: ["VRRP"],
  igmp: ["IGMP"],
};

function protocolCondition(value: ValueOfTerm<"protocol">): Condition {
  if (value.type !== "word") return absent(value.type, "protocol IS NULL");
  const l4 = L4_OF_WORD[value.word];
  if (l4 === undefined) return { sql: "l7Protocol IS ?", parameters: [value.word] };
  return any(l4.map((name) => ({ sql: "protocol IS ?", parameters: [name] })));
}

function eventCondition(value: ValueOfTerm<"type">): Condition {
  if (value.type === "unknown") return { sql: "eventType IS NULL", parameters: [] };
  if (value.type === "none") return NEVER;
  if (value.subType === undefined) return { sql: "eventType IS ?", parameters: [value.event] };
  return { sql: "(eventType IS ? AND eventSubType IS ?)", parameters: [value.event, value.subType] };
}

function replyCondition(value: ValueOfTerm<"reply">): Condition {
  if (value.type === "unknown") return { sql: "isReply IS NULL", parameters: [] };
  if (value.type === "none") return NEVER;
  return { sql: "isReply IS ?", parameters: [value.word === "yes" ? 1 : 0] };
}

/** An empty list of flags is none. Records of another protocol have none either, masked or not. */
function flagsCondition(value: ValueOfTerm<"tcp-flags">): Condition {
  const none = "coalesce(tcpFlags, '') = ''";
  const unknown = `(tcpFlags IS NULL AND ${MASKED} AND coalesce(protocol, 'TCP') = 'TCP')`;
  if (value.type === "unknown") return { sql: unknown, parameters: [] };
  if (value.type === "none") return { sql: `(${none} AND NOT ${unknown})`, parameters: [] };
  return any(
    value.any.map((flag) => ({
      sql: "instr(',' || coalesce(tcpFlags, '') || ',', ?) > 0",
      parameters: [`,${flag},`],
    })),
  );
}

function ipVersionCondition(value: ValueOfTerm<"ip-version">): Condition {
  if (value.type === "unknown") return absent("unknown", "ipVersion IS NULL");
  if (value.type === "none") return NEVER;
  if (value.word !== "none")
    return { sql: "ipVersion IS ?", parameters: [value.word === "v4" ? "IPv4" : "IPv6"] };
  return any([{ sql: "ipVersion IS 'IP_NOT_USED'", parameters: [] }, absent("none", "ipVersion IS NULL")]);
}

/** Compared here: SQLite knows upper and lower case of ASCII only. */
function methodCondition(database: Sqlite, value: ValueOfTerm<"http-method">): Condition {
  if (value.type !== "method") return absent(value.type, "httpMethod IS NULL");
  const methods = database
    .prepare("SELECT DISTINCT httpMethod FROM Kind WHERE httpMethod IS NOT NULL")
    .all([])
    .map(({ httpMethod }) => String(httpMethod));
  return textList(
    "httpMethod",
    methods.filter((method) => method.toUpperCase() === value.method),
  );
}

function statusCondition(value: ValueOfTerm<"http-status">): Condition {
  if (value.type !== "status") return absent(value.type, "coalesce(httpCode, 0) = 0");
  if (!value.isPrefix) return { sql: "httpCode IS ?", parameters: [Number(value.digits)] };
  return {
    sql: "coalesce(substr(printf('%03d', httpCode), 1, ?) = ?, 0)",
    parameters: [value.digits.length, value.digits],
  };
}

/** Proto JSON leaves `false` out: absent means "not encrypted" wherever the record had its IP member. */
function encryptedCondition(value: ValueOfTerm<"encrypted" | "unencrypted">, yes: "yes" | "no"): Condition {
  const unknown = `(encrypted IS NULL AND ${MASKED} AND present & ${PRESENT.IP} = 0)`;
  if (value.type === "unknown") return { sql: unknown, parameters: [] };
  if (value.type === "none") return NEVER;
  if (value.word === yes) return { sql: "encrypted IS 1", parameters: [] };
  return { sql: `(encrypted IS NOT 1 AND NOT ${unknown})`, parameters: [] };
}

/** Only trace events have one; a record that does not even say what event it was could have been one. */
function tracePointCondition(value: ValueOfTerm<"trace-point">): Condition {
  const unknown = `(observationPoint IS NULL AND eventType IS NULL AND ${MASKED})`;
  if (value.type === "unknown") return { sql: unknown, parameters: [] };
  if (value.type === "none") return { sql: `(observationPoint IS NULL AND NOT ${unknown})`, parameters: [] };
  return { sql: "observationPoint IS ?", parameters: [value.name] };
}

function rcodeCondition(value: ValueOfTerm<"dns-rcode">): Condition {
  if (value.type !== "enum") return absent(value.type, "dnsRcode IS NULL");
  const code = enumNumber(DNS_RCODE, value.name);
  return code === undefined ? NEVER : { sql: "dnsRcode IS ?", parameters: [code] };
}

type YesNoValue = ValueOfTerm<"aggregated" | "not-a-loss">;

function yesNo(value: YesNoValue, sql: string): Condition {
  if (value.type !== "word") return NEVER;
  return { sql: value.word === "yes" ? sql : `NOT (${sql})`, parameters: [] };
}

/** Reads pasted FlowFilters (Cilium's flow.proto) as a filter of ours. What ours cannot say is refused, never widened. */

import { ok } from "@/lib/base/result";
import { DROP_REASON, type EnumTable, enumName, TRAFFIC_DIRECTION, VERDICT } from "@/lib/flow/enums";
import { type CommandNote, commandFailed } from "./command-failure";
import { makeTerm, type Term } from "./filter";
import { mergeFilters, type Part, type Parts } from "./flow-filter-parts";
import { type FlowFilterResult, isObject, type RawFilter, type RawFilters } from "./flow-filter-text";
import { type FilterKey, kindOf, rowOf, type Side, type ValueOf } from "./keys";
import type { PodValue, ServiceValue } from "./name-kinds";
import { distributeFlags } from "./packet-kinds";
import { shown } from "./value-kind";

type Value = ValueOf<FilterKey>;

export interface ReadTerms {
  readonly terms: readonly Term[];
  readonly notes: readonly CommandNote[];
}

export function flowFilterTerms({ allow, deny }: RawFilters): FlowFilterResult<ReadTerms> {
  const notes: CommandNote[] = [];
  const allowed = mergeFilters(allow.map(partsOf), false);
  // A filter without members matches everything: so does the list that it is in.
  const isOpen = allow.length === 0 || allowed.some(({ parts }) => parts.length === 0);
  const [only] = allowed;
  if (!isOpen && allowed.length > 1)
    return commandFailed(
      `These are ${allowed.length} filters of which any may match, and they differ in more than one thing.`,
      "A filter here has no OR between terms. Paste one of them at a time.",
    );
  if (!isOpen && only?.isLoose) notes.push({ kind: "differs", text: SAME_SIDE });
  const denied = mergeFilters(deny.map(partsOf), true);
  if (denied.some(({ parts }) => parts.length === 0))
    return commandFailed("A filter that denies everything leaves nothing to show.");
  if (denied.some(({ parts }) => parts.length > 1)) notes.push({ kind: "differs", text: DENY_TOGETHER });
  const terms: Term[] = [];
  const all = [
    ...(isOpen ? [] : (only?.parts ?? [])).map((part) => ({ part, negated: false })),
    ...denied.flatMap(({ parts }) => parts).map((part) => ({ part, negated: true })),
  ];
  for (const { part, negated } of all) {
    const term = termOf(part, negated);
    if (!term.ok) return term;
    terms.push(term.value);
    if (part.member === "reply" && part.values.includes(false)) notes.push({ kind: "differs", text: REPLY });
  }
  return ok({ terms, notes });
}

const SAME_SIDE =
  "Hubble wants these members to match on the same side of a flow; here each may match on either side, so more can show.";
const DENY_TOGETHER =
  "Hubble hides only flows that match all members of a filter together; here each of them hides, so less can show.";
const REPLY = "Hubble takes a drop that does not say as no reply; here `reply:?` finds it, so less can show.";

function partsOf(filter: RawFilter): Parts {
  const parts = Object.entries(filter).map(([written, member]): Part => {
    const name = written.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const values: readonly unknown[] = Array.isArray(member) ? member : [member];
    if (name === "source_ip_xlated") return { member: name, side: undefined, values };
    if (name.startsWith("source_")) return { member: name.slice(7), side: "from", values };
    if (name.startsWith("destination_")) return { member: name.slice(12), side: "to", values };
    return { member: name, side: undefined, values };
  });
  return { parts, isLoose: false };
}

/** Key of each member. */
const KEYS: Readonly<Record<string, FilterKey>> = {
  verdict: "verdict",
  pod: "pod",
  workload: "workload",
  port: "port",
  ip: "ip",
  protocol: "protocol",
  event_type: "type",
  drop_reason_desc: "drop-reason-desc",
  traffic_direction: "traffic-direction",
  node_name: "node-name",
  uuid: "uuid",
  service: "service",
  label: "label",
  identity: "identity",
  fqdn: "fqdn",
  cluster_name: "cluster",
  source_ip_xlated: "snat-ip",
  tcp_flags: "tcp-flags",
  ip_version: "ip-version",
  http_method: "http-method",
  http_status_code: "http-status",
  http_path: "http-path",
  http_url: "http-url",
  http_header: "http-header",
  trace_id: "trace-id",
  ip_trace_id: "ip-trace-id",
  node_labels: "node-label",
  interface: "interface",
  encrypted: "encrypted",
  reply: "reply",
  dns_query: "dns-query",
};

function termOf({ member, side, values }: Part, negated: boolean): FlowFilterResult<Term> {
  const key = KEYS[member];
  const hasSide = key !== undefined && rowOf(key).sided;
  if (member === "experimental") return commandFailed("CEL expressions are not understood.");
  if (key === undefined || hasSide !== (side !== undefined))
    return commandFailed(
      `\`${shown(`${PREFIX[side ?? "either"]}${member}`)}\` is not a member of a FlowFilter.`,
    );
  if (values.length === 0) return commandFailed(`\`${member}\` has no value.`);
  const read = key === "tcp-flags" ? flagValues(values) : valuesOf(key, member, values);
  return read.ok ? ok(makeTerm(key, read.value, { side, negated })) : read;
}

const PREFIX: Readonly<Record<Side, string>> = { either: "", from: "source_", to: "destination_" };

function valuesOf(key: FilterKey, member: string, raws: readonly unknown[]): FlowFilterResult<Value[]> {
  const values: Value[] = [];
  for (const raw of raws) {
    const value = directly(key, raw);
    if (value !== undefined) {
      values.push(value);
      continue;
    }
    const text = textOf(key, raw);
    const parsed = text === undefined ? undefined : kindOf(key).parse({ text, quoted: false });
    if (parsed === undefined || !parsed.ok)
      return commandFailed(
        `\`${member}\`: ${parsed?.message ?? `${shown(JSON.stringify(raw))} cannot be read.`}`,
        parsed?.hint,
      );
    values.push(parsed.value);
  }
  return ok(values);
}

/** Values that are no text there, or whose text means something else here. */
function directly(key: FilterKey, raw: unknown): Value | undefined {
  if (key === "pod" || key === "service") return typeof raw === "string" ? prefixOf(key, raw) : undefined;
  if (typeof raw === "boolean") return { type: "word", word: raw ? "yes" : "no" };
  if (!isObject(raw)) return undefined;
  const text = (name: string): string | undefined => {
    const value = raw[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  if (key === "workload") {
    const [kind, name] = [text("kind"), text("name")];
    if (kind === undefined && name === undefined) return undefined;
    return { type: "workload", ...(kind && { kind }), ...(name && { name }) };
  }
  if (key === "type" && typeof raw.type === "number")
    return {
      type: "event",
      event: raw.type,
      ...(raw.match_sub_type === true || raw.matchSubType === true
        ? { subType: Number(raw.sub_type ?? raw.subType ?? 0) }
        : {}),
    };
  if (key === "http-header") {
    const [name, value] = [text("key"), text("value")];
    return name === undefined ? undefined : { type: "header", name, value: value ?? "" };
  }
  return undefined;
}

/** `[namespace/]prefix`; without a slash it is one of namespace `default`, as everywhere in Hubble. */
function prefixOf(type: "pod" | "service", text: string): PodValue | ServiceValue | undefined {
  if (text === "" || text === "/") return undefined;
  const slash = text.indexOf("/");
  const namespace = slash < 0 ? "default" : text.slice(0, slash);
  return { type, ...(namespace === "" ? {} : { namespace }), name: text.slice(slash + 1), isExact: false };
}

const ENUMS: Partial<Record<FilterKey, EnumTable>> = {
  verdict: VERDICT,
  "drop-reason-desc": DROP_REASON,
  "traffic-direction": TRAFFIC_DIRECTION,
};
const IP_VERSIONS: Readonly<Record<string, string>> = {
  IP_NOT_USED: "none",
  IPv4: "v4",
  IPv6: "v6",
  0: "none",
  1: "v4",
  2: "v6",
};

/** As it would stand behind our key. */
function textOf(key: FilterKey, raw: unknown): string | undefined {
  if (key === "interface") return isObject(raw) && typeof raw.name === "string" ? raw.name : undefined;
  if (typeof raw !== "string" && typeof raw !== "number") return undefined;
  const table = ENUMS[key];
  const text = table !== undefined && typeof raw === "number" ? enumName(table, raw) : String(raw);
  if (key === "ip-version") return IP_VERSIONS[text];
  return key === "traffic-direction" ? text.toLowerCase() : text;
}

/** Sets of flags are OR, each being all of its flags; the values of our term are AND. */
function flagValues(raws: readonly unknown[]): FlowFilterResult<Value[]> {
  const sets: string[][] = [];
  for (const raw of raws) {
    const flags = isObject(raw)
      ? Object.entries(raw).flatMap(([flag, isSet]) => (isSet === true ? [flag] : []))
      : [];
    const words = flags.map((flag) => flag.toUpperCase());
    const problem = words
      .map((text) => kindOf("tcp-flags").parse({ text, quoted: false }))
      .find(({ ok }) => !ok);
    if (flags.length === 0 || problem !== undefined)
      return commandFailed(`\`tcp_flags\`: ${shown(JSON.stringify(raw))} are no TCP flags.`);
    sets.push(words);
  }
  return ok(distributeFlags(sets).map((any): Value => ({ type: "flags", any })));
}

/** Values of every key of the filter, for property tests: common ones, odd ones, and what a hostile log could put there. */

import fc from "fast-check";
import { DECIDED_BY } from "@/lib/flow/decided-by";
import {
  DNS_RCODE,
  DROP_REASON,
  type EnumTable,
  enumName,
  TCP_FLAGS,
  TRACE_OBSERVATION_POINT,
  TRAFFIC_DIRECTION,
  VERDICT,
} from "@/lib/flow/enums";
import { ACTOR_LEVELS } from "./actor-kinds";
import { formatAddress } from "./address";
import { DNS_ROLES, DNS_STATES } from "./dns-keys";
import { parseGlob } from "./glob";
import { PROTOCOLS } from "./hubble-keys";
import type { FilterKey, ValueOf } from "./keys";
import type { LabelRequirement } from "./label-kind";
import { MAP_LEVELS } from "./map-part-kind";
import { CONNECTION_WORDS, LOOKUP_WORDS, REQUEST_WORDS } from "./outcome-kinds";
import { UNPLACED_REASONS } from "./own-keys";
import { policySet } from "./policy-set-kind";
import type { EnumValue } from "./simple-kinds";
import type { SpecialValue } from "./value-kind";

/** Everything that means something to the grammar, to a kind of value, to a shell or to an address bar. */
const PIECES = [
  ..."?-!\",:;\\ /*$'`&=+%#|<>()[]{}\t\n",
  '\\"',
  "key:value",
  "!verdict:DROPPED",
  "\u00a0",
  "\u2028",
  "\ufeff",
  "\u202e",
  "\u0007",
  "\u001b[201~",
  "é",
  "e\u0301",
  "名前",
  "😀",
  "Deployment",
  "deployment",
  "default",
  "a",
  "A",
  "0",
];

export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 4 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((pieces) => pieces.join(""))
  .filter((text) => text !== "");

function enumOf(table: EnumTable): fc.Arbitrary<EnumValue> {
  return fc
    .oneof(
      fc.constantFrom(...table.numberOf.keys()),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((number) => enumName(table, number)),
      // A foreign word; a decimal text would be a number's name, which is covered above.
      hostileText.filter((text) => !/^-?\d+$/.test(text)),
    )
    .map((name) => ({ type: "enum", name }));
}

const text = hostileText.map((value) => ({ type: "text" as const, text: value }));

const pod = fc
  .record({
    namespace: fc.option(hostileText, { nil: undefined }),
    name: fc.oneof(hostileText, fc.constant("")),
    isExact: fc.boolean(),
  })
  .filter(({ namespace, name, isExact }) => name !== "" || (namespace !== undefined && !isExact))
  .map(({ namespace, ...rest }) => ({
    type: "pod" as const,
    ...(namespace === undefined ? {} : { namespace }),
    ...rest,
  }));

const workload = fc
  .record({ namespace: hostileText, kind: hostileText, name: hostileText }, { requiredKeys: [] })
  .filter((value) => Object.keys(value).length > 0)
  .map((value) => ({ type: "workload" as const, ...value }));

const glob = hostileText.map(parseGlob).filter((pieces) => pieces.join("*") !== "");
const node = fc
  .record({ cluster: glob, node: glob }, { requiredKeys: [] })
  .filter((value) => Object.keys(value).length > 0)
  .map((value) => ({ type: "node" as const, ...value }));

const count = fc.nat(999_999_999).map((value) => ({ type: "count" as const, count: value }));

const port = fc.integer({ min: 0, max: 65535 }).map((value) => ({ type: "port" as const, port: value }));

const version = fc.constantFrom<4 | 6>(4, 6);
const ip = fc
  .tuple(version, fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.option(fc.nat(128), { nil: undefined }))
  .map(([family, bits, length]) => {
    const width = family === 4 ? 32 : 128;
    const number = BigInt.asUintN(width, bits);
    if (length === undefined) {
      return { type: "ip" as const, version: family, address: formatAddress({ version: family, number }) };
    }
    const kept = length % (width + 1);
    const hostBits = BigInt(width - kept);
    const network = formatAddress({ version: family, number: (number >> hostBits) << hostBits });
    return { type: "cidr" as const, version: family, network, bits: kept };
  });

const event = fc
  .record({ event: fc.nat(300), subType: fc.nat(300) }, { requiredKeys: ["event"] })
  .map((value) => ({ type: "event" as const, ...value }));

const word = <Word extends string>(...words: readonly Word[]) =>
  fc.constantFrom(...words).map((one) => ({ type: "word" as const, word: one }));
const yesNo = word("yes", "no");

/** Text without what the grammar of label selectors takes for itself. */
const labelWord = fc
  .array(fc.oneof(fc.constantFrom(..."azAZ09-_./"), fc.constantFrom("é", "名", "😀", '"', "\\", "?", "$")), {
    minLength: 1,
    maxLength: 6,
  })
  .map((pieces) => pieces.join(""));
const labelValues = fc
  .uniqueArray(fc.oneof(labelWord, fc.constant("")), { minLength: 1, maxLength: 3 })
  .map((values) => values.sort());
const requirement: fc.Arbitrary<LabelRequirement> = fc
  .record({ source: fc.oneof(fc.constant("any"), labelWord), key: labelWord })
  .chain((name) =>
    fc.oneof(
      fc.constantFrom("exists" as const, "absent" as const).map((operator) => ({
        ...name,
        operator,
        values: [],
      })),
      fc
        .tuple(fc.constantFrom("in" as const, "notin" as const), labelValues)
        .map(([operator, values]) => ({ ...name, operator, values })),
      fc
        .tuple(fc.constantFrom("above" as const, "below" as const), fc.integer())
        .map(([operator, number]) => ({ ...name, operator, values: [String(number)] })),
    ),
  );
const label = fc
  .array(requirement, { minLength: 1, maxLength: 3 })
  .map((requirements) => ({ type: "label" as const, requirements }));

const identity = fc
  .oneof(fc.nat(20), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
  .map((number) => ({ type: "identity" as const, identity: number }));

const fqdn = fc
  .array(fc.constantFrom(..."az09-_.", "example", "*"), { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join("").replaceAll(/\*+/g, "*"))
  .filter((name) => !name.endsWith("."))
  .map((name) => ({ type: "fqdn" as const, pieces: name.split("*") }));

const flags = fc
  .uniqueArray(fc.constantFrom(...TCP_FLAGS), { minLength: 1, maxLength: 3 })
  .map((some) => ({ type: "flags" as const, any: TCP_FLAGS.filter((flag) => some.includes(flag)) }));

const status = fc
  .oneof(
    fc.integer({ min: 100, max: 599 }).map((code) => ({ digits: String(code), isPrefix: false })),
    fc.integer({ min: 1, max: 5 }).map((digit) => ({ digits: String(digit), isPrefix: true })),
    fc.integer({ min: 10, max: 59 }).map((digits) => ({ digits: String(digits), isPrefix: true })),
  )
  .map((value) => ({ type: "status" as const, ...value }));

const headerName = hostileText.map((name) => name.charAt(0) + name.slice(1).replaceAll(":", ""));
const header = fc
  .record({ name: headerName, value: fc.oneof(hostileText, fc.constant("")) })
  .filter(({ name }) => name !== "")
  .map((value) => ({ type: "header" as const, ...value }));

const positive = fc
  .bigInt({ min: 1n, max: 2n ** 64n - 1n })
  .map((number) => ({ type: "number" as const, decimal: String(number) }));
const pattern = hostileText.map((value) => ({ type: "pattern" as const, pattern: value }));
const method = hostileText
  .map((value) => value.toUpperCase())
  .filter((value) => value === value.toUpperCase())
  .map((value) => ({ type: "method" as const, method: value }));
const search = hostileText.map((value) => ({ type: "search" as const, text: value }));
const key = hostileText
  .map((text): readonly string[] => text.split("*"))
  .map((pieces) => pieces.filter((piece, at) => piece !== "" || at === 0 || at === pieces.length - 1))
  .filter((pieces) => pieces.join("*") !== "");
const level = fc.constantFrom(...ACTOR_LEVELS);
const actor = fc
  .record({ key, level }, { requiredKeys: ["key"] })
  .map((value) => ({ type: "actor" as const, ...value }));
const edge = fc
  .record(
    { client: key, server: key, clientLevel: level, serverLevel: level },
    { requiredKeys: ["client", "server"] },
  )
  .map((value) => ({ type: "edge" as const, ...value }));
const mapPlace = fc.oneof(
  fc.record({ kind: fc.constant("line" as const), client: hostileText, server: hostileText }),
  fc.record({
    kind: fc.constantFrom("client" as const, "server" as const, "either" as const),
    key: hostileText,
  }),
  fc.record({ kind: fc.constantFrom("rest" as const, "beyond" as const) }),
);
const mapPart = fc
  .record(
    {
      level: fc.constantFrom(...MAP_LEVELS),
      place: mapPlace,
      ...{ focus: hostileText, unfold: hostileText, skip: hostileText, q: hostileText },
      ...{ from: hostileText, to: hostileText },
    },
    { requiredKeys: ["level", "place"] },
  )
  .map((value) => ({ type: "map-part" as const, ...value }));
const answer = hostileText.map((status) => ({ type: "answer" as const, status }));
const latency = fc
  .record({
    operator: fc.constantFrom(">" as const, ">=" as const, "<" as const, "<=" as const, "=" as const),
    ns: fc.bigInt({ min: 0n, max: 999_999_999_999_999n }).map(String),
  })
  .map((value) => ({ type: "latency" as const, ...value }));
const part = fc.option(hostileText, { nil: null });
const policies = fc
  .array(fc.record({ kind: part, namespace: part, name: hostileText }), { minLength: 1, maxLength: 3 })
  .map(policySet);
const file = glob.map((name) => ({ type: "file" as const, name }));

/** Of each key what its row takes, besides the two special values. */
export const VALUES: { readonly [Key in FilterKey]: fc.Arbitrary<Exclude<ValueOf<Key>, SpecialValue>> } = {
  verdict: enumOf(VERDICT),
  namespace: text,
  pod: pod,
  workload: workload,
  port: port,
  ip: ip,
  protocol: word(...PROTOCOLS),
  type: event,
  "drop-reason-desc": enumOf(DROP_REASON),
  "traffic-direction": enumOf(TRAFFIC_DIRECTION),
  "node-name": node,
  reply: yesNo,
  uuid: text,
  service: pod.map((value) => ({ ...value, type: "service" as const })),
  policy: workload.map((value) => ({ ...value, type: "policy" as const })),
  label: label,
  "node-label": label,
  identity: identity,
  fqdn: fqdn,
  cluster: text,
  interface: text,
  "trace-id": text,
  "snat-ip": ip,
  "tcp-flags": flags,
  "ip-version": word("none", "v4", "v6"),
  "http-method": method,
  "http-status": status,
  "http-path": pattern,
  "http-url": pattern,
  "dns-query": pattern,
  "http-header": header,
  "ip-trace-id": positive,
  encrypted: yesNo,
  unencrypted: yesNo,
  "not-a-loss": yesNo,
  aggregated: yesNo,
  "trace-point": enumOf(TRACE_OBSERVATION_POINT),
  "dns-rcode": enumOf(DNS_RCODE),
  file: file,
  text: search,
  client: actor,
  server: actor,
  "dropped-at": actor,
  "denied-by": policies,
  edge: edge,
  unplaced: word(...UNPLACED_REASONS),
  "map-part": mapPart,
  "client-namespace": text,
  "server-namespace": text,
  "client-pod": pod,
  "server-pod": pod,
  "server-port": port,
  drop: yesNo,
  cause: text,
  "decided-by": word(...DECIDED_BY),
  direction: word("ingress", "egress"),
  attempt: yesNo,
  answered: yesNo,
  expansion: yesNo,
  route: text,
  dns: word(...DNS_ROLES),
  "dns-state": word(...DNS_STATES),
  "dns-root": text,
  "dns-qtype": text,
  "dns-answers": count,
  "dns-answer": text,
  "latency-ms": latency,
  actor: actor,
  request: word(...REQUEST_WORDS),
  answer: answer,
  "kafka-api": text,
  connection: word(...CONNECTION_WORDS),
  lookup: word(...LOOKUP_WORDS),
  "resolved-as": text,
  "resolved-ip": text,
  "translated-from": text,
};

/** Generators for property tests of the filter. Imported by tests only. */

import fc from "fast-check";
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
import { type Filter, makeTerm, type Term, withTerm } from "./filter";
import { parseGlob } from "./glob";
import type { Side } from "./keys";
import type { LabelRequirement } from "./label-kind";
import { MAP_LEVELS } from "./map-part-kind";
import { CONNECTION_WORDS, LOOKUP_WORDS, REQUEST_WORDS } from "./outcome-kinds";
import { policySet } from "./policy-set-kind";
import type { EnumValue } from "./simple-kinds";
import type { SpecialValue } from "./value-kind";

/** Fixed, so that a failure can be repeated; shown in the name of each property test. */
export const SEED = 20260304;
export const RUNS = { seed: SEED, numRuns: 400, verbose: 1 } as const;

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

const special: fc.Arbitrary<SpecialValue> = fc.constantFrom({ type: "unknown" }, { type: "none" });

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

const side = fc.constantFrom<Side>("either", "from", "to");
const protocol = fc.constantFrom(
  "tcp",
  "udp",
  "sctp",
  "icmp",
  "icmpv4",
  "icmpv6",
  "vrrp",
  "igmp",
  "dns",
  "http",
  "kafka",
);

function listOf<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<(Value | SpecialValue)[]> {
  return fc.array(fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: special }), {
    minLength: 1,
    maxLength: 4,
  });
}

const signed = { side, negated: fc.boolean() };

const word = <Word extends string>(...words: readonly Word[]) =>
  fc.constantFrom(...words).map((one) => ({ type: "word" as const, word: one }));
const yesNo = word("yes", "no");
const unique = <Value>(value: fc.Arbitrary<Value>) =>
  fc.uniqueArray(value, { minLength: 1, maxLength: 4, selector: (one) => JSON.stringify(one) });

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
const some = <Value>(value: fc.Arbitrary<Value>) =>
  unique(
    fc.oneof(
      { weight: 6, arbitrary: value },
      { weight: 1, arbitrary: fc.constant({ type: "unknown" as const }) },
    ),
  );
const file = glob.map((name) => ({ type: "file" as const, name }));

export const anyTerm: fc.Arbitrary<Term> = fc.oneof(
  fc.record({ ...signed, values: listOf(enumOf(VERDICT)) }).map((t) => makeTerm("verdict", t.values, t)),
  fc.record({ ...signed, values: listOf(text) }).map((t) => makeTerm("namespace", t.values, t)),
  fc.record({ ...signed, values: listOf(pod) }).map((t) => makeTerm("pod", t.values, t)),
  fc.record({ ...signed, values: listOf(workload) }).map((t) => makeTerm("workload", t.values, t)),
  fc.record({ ...signed, values: listOf(port) }).map((t) => makeTerm("port", t.values, t)),
  fc.record({ ...signed, values: listOf(ip) }).map((t) => makeTerm("ip", t.values, t)),
  fc
    .record({ ...signed, values: listOf(protocol.map((word) => ({ type: "word" as const, word }))) })
    .map((t) => makeTerm("protocol", t.values, t)),
  fc.record({ ...signed, values: listOf(event) }).map((t) => makeTerm("type", t.values, t)),
  fc
    .record({ ...signed, values: listOf(enumOf(DROP_REASON)) })
    .map((t) => makeTerm("drop-reason-desc", t.values, t)),
  fc
    .record({ ...signed, values: listOf(enumOf(TRAFFIC_DIRECTION)) })
    .map((t) => makeTerm("traffic-direction", t.values, t)),
  fc.record({ ...signed, values: listOf(node) }).map((t) => makeTerm("node-name", t.values, t)),
  fc
    .record({
      ...signed,
      values: fc.uniqueArray(fc.constantFrom("yes" as const, "no" as const), { minLength: 1 }),
    })
    .map((t) =>
      makeTerm(
        "reply",
        t.values.map((word) => ({ type: "word", word })),
        t,
      ),
    ),
  fc.record({ ...signed, values: listOf(text) }).map((t) => makeTerm("uuid", t.values, t)),
  fc
    .record({ ...signed, values: listOf(pod.map((value) => ({ ...value, type: "service" as const }))) })
    .map((t) => makeTerm("service", t.values, t)),
  fc
    .record({ ...signed, values: listOf(workload.map((value) => ({ ...value, type: "policy" as const }))) })
    .map((t) => makeTerm("policy", t.values, t)),
  fc.record({ ...signed, values: listOf(label) }).map((t) => makeTerm("label", t.values, t)),
  fc.record({ ...signed, values: listOf(label) }).map((t) => makeTerm("node-label", t.values, t)),
  fc.record({ ...signed, values: listOf(identity) }).map((t) => makeTerm("identity", t.values, t)),
  fc.record({ ...signed, values: listOf(fqdn) }).map((t) => makeTerm("fqdn", t.values, t)),
  fc.record({ ...signed, values: listOf(text) }).map((t) => makeTerm("cluster", t.values, t)),
  fc.record({ ...signed, values: listOf(text) }).map((t) => makeTerm("interface", t.values, t)),
  fc.record({ ...signed, values: listOf(text) }).map((t) => makeTerm("trace-id", t.values, t)),
  fc.record({ ...signed, values: listOf(ip) }).map((t) => makeTerm("snat-ip", t.values, t)),
  fc.record({ ...signed, values: listOf(flags) }).map((t) => makeTerm("tcp-flags", t.values, t)),
  fc
    .record({ ...signed, values: unique(word("none", "v4", "v6")) })
    .map((t) => makeTerm("ip-version", t.values, t)),
  fc.record({ ...signed, values: listOf(method) }).map((t) => makeTerm("http-method", t.values, t)),
  fc.record({ ...signed, values: listOf(status) }).map((t) => makeTerm("http-status", t.values, t)),
  fc.record({ ...signed, values: listOf(pattern) }).map((t) => makeTerm("http-path", t.values, t)),
  fc.record({ ...signed, values: listOf(pattern) }).map((t) => makeTerm("http-url", t.values, t)),
  fc.record({ ...signed, values: listOf(pattern) }).map((t) => makeTerm("dns-query", t.values, t)),
  fc.record({ ...signed, values: listOf(header) }).map((t) => makeTerm("http-header", t.values, t)),
  fc.record({ ...signed, values: listOf(positive) }).map((t) => makeTerm("ip-trace-id", t.values, t)),
  fc.record({ ...signed, values: unique(yesNo) }).map((t) => makeTerm("encrypted", t.values, t)),
  fc.record({ ...signed, values: unique(yesNo) }).map((t) => makeTerm("unencrypted", t.values, t)),
  fc.record({ ...signed, values: unique(yesNo) }).map((t) => makeTerm("not-a-loss", t.values, t)),
  fc.record({ ...signed, values: unique(yesNo) }).map((t) => makeTerm("aggregated", t.values, t)),
  fc
    .record({ ...signed, values: listOf(enumOf(TRACE_OBSERVATION_POINT)) })
    .map((t) => makeTerm("trace-point", t.values, t)),
  fc.record({ ...signed, values: listOf(enumOf(DNS_RCODE)) }).map((t) => makeTerm("dns-rcode", t.values, t)),
  fc.record({ ...signed, values: unique(file) }).map((t) => makeTerm("file", t.values, t)),
  fc.record({ ...signed, values: unique(search) }).map((t) => makeTerm("text", t.values, t)),
  fc.record({ ...signed, values: some(actor) }).map((t) => makeTerm("client", t.values, t)),
  fc.record({ ...signed, values: some(actor) }).map((t) => makeTerm("server", t.values, t)),
  fc.record({ ...signed, values: some(actor) }).map((t) => makeTerm("dropped-at", t.values, t)),
  fc.record({ ...signed, values: unique(policies) }).map((t) => makeTerm("denied-by", t.values, t)),
  fc.record({ ...signed, values: some(edge) }).map((t) => makeTerm("edge", t.values, t)),
  fc
    .record({ ...signed, values: unique(word("no-protocol", "no-ports", "ports-alike", "sides-unknown")) })
    .map((t) => makeTerm("unplaced", t.values, t)),
  fc.record({ ...signed, values: unique(mapPart) }).map((t) => makeTerm("map-part", t.values, t)),
  fc.record({ ...signed, values: listOf(text) }).map((t) => makeTerm("client-namespace", t.values, t)),
  fc.record({ ...signed, values: listOf(text) }).map((t) => makeTerm("server-namespace", t.values, t)),
  fc.record({ ...signed, values: listOf(pod) }).map((t) => makeTerm("client-pod", t.values, t)),
  fc.record({ ...signed, values: listOf(pod) }).map((t) => makeTerm("server-pod", t.values, t)),
  fc.record({ ...signed, values: listOf(port) }).map((t) => makeTerm("server-port", t.values, t)),
  fc.record({ ...signed, values: unique(yesNo) }).map((t) => makeTerm("drop", t.values, t)),
  fc.record({ ...signed, values: unique(text) }).map((t) => makeTerm("cause", t.values, t)),
  fc
    .record({
      ...signed,
      values: unique(word("default-deny", "policy", "l7-rule", "authentication", "datapath", "unknown")),
    })
    .map((t) => makeTerm("decided-by", t.values, t)),
  fc
    .record({ ...signed, values: listOf(word("ingress", "egress")) })
    .map((t) => makeTerm("direction", t.values, t)),
  fc.record({ ...signed, values: unique(yesNo) }).map((t) => makeTerm("attempt", t.values, t)),
  fc.record({ ...signed, values: listOf(yesNo) }).map((t) => makeTerm("answered", t.values, t)),
  fc.record({ ...signed, values: listOf(yesNo) }).map((t) => makeTerm("expansion", t.values, t)),
  fc.record({ ...signed, values: listOf(text) }).map((t) => makeTerm("route", t.values, t)),
  fc.record({ ...signed, values: unique(word(...DNS_ROLES)) }).map((t) => makeTerm("dns", t.values, t)),
  fc
    .record({ ...signed, values: unique(word(...DNS_STATES)) })
    .map((t) => makeTerm("dns-state", t.values, t)),
  fc.record({ ...signed, values: unique(text) }).map((t) => makeTerm("dns-root", t.values, t)),
  fc.record({ ...signed, values: unique(text) }).map((t) => makeTerm("dns-qtype", t.values, t)),
  fc.record({ ...signed, values: unique(count) }).map((t) => makeTerm("dns-answers", t.values, t)),
  fc.record({ ...signed, values: unique(text) }).map((t) => makeTerm("dns-answer", t.values, t)),
  fc.record({ ...signed, values: listOf(latency) }).map((t) => makeTerm("latency-ms", t.values, t)),
  fc.record({ ...signed, values: unique(actor) }).map((t) => makeTerm("actor", t.values, t)),
  fc
    .record({ ...signed, values: unique(word(...REQUEST_WORDS)) })
    .map((t) => makeTerm("request", t.values, t)),
  fc.record({ ...signed, values: listOf(answer) }).map((t) => makeTerm("answer", t.values, t)),
  fc.record({ ...signed, values: listOf(text) }).map((t) => makeTerm("kafka-api", t.values, t)),
  fc
    .record({ ...signed, values: unique(word(...CONNECTION_WORDS)) })
    .map((t) => makeTerm("connection", t.values, t)),
  fc.record({ ...signed, values: unique(word(...LOOKUP_WORDS)) }).map((t) => makeTerm("lookup", t.values, t)),
  fc.record({ ...signed, values: unique(text) }).map((t) => makeTerm("resolved-as", t.values, t)),
  fc.record({ ...signed, values: unique(text) }).map((t) => makeTerm("resolved-ip", t.values, t)),
  fc.record({ ...signed, values: unique(text) }).map((t) => makeTerm("translated-from", t.values, t)),
);

export const anyFilter: fc.Arbitrary<Filter> = fc
  .array(anyTerm, { maxLength: 6 })
  .map((terms) => ({ terms: terms.reduce<readonly Term[]>(withTerm, []) }));

/**
 * The terms that find exactly the flows behind a number of the map. The map counts by the same terms where it can, so that a
 * number and its list cannot differ.
 */

import { makeTerm, type Term } from "./filter";
import { rowOf, type ValueOf } from "./keys";

/** A node of the map, as far as it decides which flows are meant. */
export interface EdgeEnd {
  readonly id: string;
  readonly level: "namespace" | "workload" | "pod";
  readonly kind: string;
  readonly name: string;
}

/** Measures that the filter can say in terms. */
export const MEASURE_TERMS = {
  drops: [makeTerm("drop", [{ type: "word", word: "yes" }])],
  l7Errors: [makeTerm("request", [{ type: "word", word: "error" }])],
  /** Answers with another code than NOERROR. Attempts of the search list fail by design and are left out. */
  dnsErrors: [
    makeTerm("dns-rcode", [{ type: "enum", name: "NOERROR" }, { type: "none" }, { type: "unknown" }], {
      negated: true,
    }),
    makeTerm("expansion", [{ type: "word", word: "yes" }], { negated: true }),
  ],
  unanswered: [makeTerm("answered", [{ type: "word", word: "no" }])],
} as const satisfies Readonly<Record<string, readonly Term[]>>;

const actor = (...key: string[]): ValueOf<"client"> => ({ type: "actor", key });

/** Flows with this node at this end. */
export function endTerms(end: "client" | "server", node: EdgeEnd): Term[] {
  const terms: Term[] = [makeTerm(end, [actor(node.id)])];
  // The id of a workload is that of each of its pods, too: here only records without a pod's name are meant.
  if (node.level === "pod" && node.kind === "workload")
    terms.push(makeTerm(`${end}-pod`, [{ type: "unknown" }]));
  // So is the id of a world without name or address that of all the world.
  if (node.level !== "namespace" && node.kind === "world" && /^reserved:/.test(node.id))
    terms.push(
      makeTerm(
        end,
        ["dns:", "cidr:", "ip:"].map((start) => actor(start, "")),
        { negated: true },
      ),
    );
  return terms;
}

/** Server port and protocol of an edge; null where it has none. */
export function portTerms(port: number | null, protocol: string | null): Term[] {
  return [
    makeTerm("server-port", [port === null ? { type: "none" } : { type: "port", port }]),
    makeTerm(
      "protocol",
      protocol === null ? [{ type: "none" }, { type: "unknown" }] : [protocolValue(protocol)],
    ),
  ];
}

/** The protocols of layer 4 are all words of the key. */
function protocolValue(protocol: string): ValueOf<"protocol"> {
  const value = rowOf("protocol").kind.parse({ text: protocol, quoted: false });
  if (!value.ok) throw new Error(`the filter knows no protocol ${protocol}`);
  return value.value as ValueOf<"protocol">;
}

/**
 * The terms that find exactly the flows behind a number of the map. The map counts by the same terms where it can, so that a
 * number and its list cannot differ.
 */

import type { ActorLevel } from "./actor-kinds";
import { makeTerm, type Term } from "./filter";
import { kindOf, type ValueOf } from "./keys";

/** A node of the map, as far as it decides which flows are meant. */
export interface EdgeEnd {
  readonly id: string;
  readonly level: ActorLevel;
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

/** Flows with this node at this end. The level is said, because one text can be a name at several. */
export function endTerm(end: "client" | "server", { id, level }: EdgeEnd): Term {
  return makeTerm(end, [{ type: "actor", key: [id], level }]);
}

/** Flows with this node at either end. */
export function eitherTerm({ id, level }: EdgeEnd): Term {
  return makeTerm("actor", [{ type: "actor", key: [id], level }]);
}

/** Flows between the two, replies turned round. */
export function betweenTerm(client: EdgeEnd, server: EdgeEnd): Term {
  return makeTerm("edge", [
    {
      type: "edge",
      client: [client.id],
      server: [server.id],
      clientLevel: client.level,
      serverLevel: server.level,
    },
  ]);
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
  const value = kindOf("protocol").parse({ text: protocol, quoted: false });
  if (!value.ok) throw new Error(`the filter knows no protocol ${protocol}`);
  return value.value;
}

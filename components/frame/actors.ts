/** Whom a side stands for, by the id that the map and the tables give (docs/store.md, Actors): its name, and the terms that lead to it. */

import { visible } from "@/components/ui/text";
import { makeTerm, type Term } from "@/lib/scope/filter";
import { parsedValue } from "./parsed-value";

const CALLED: Readonly<Record<string, string>> = {
  unknown: "not known",
  "reserved:world": "outside",
  "reserved:host": "the node itself",
};

/** As a colleague says it: `shop/web`, `api.example.com`, `192.0.2.7`. `null` is several or unknown. */
export function actorName(id: string | null): string {
  if (id === null) return "not known";
  const key = id.replace(/@[^@/]*$/, "");
  return CALLED[key] ?? visible(key.replace(/^(dns|cidr|ip|service|reserved):/, ""));
}

interface Edge {
  /** null: all clients outside the cluster. */
  readonly client: string | null;
  readonly server: string;
  readonly port: number | null;
  readonly protocol: string | null;
}

/** The flows of one edge: its client, server, port and protocol, replies turned round. */
export function edgeTerms({ client, server, port, protocol }: Edge): Term[] {
  const sides =
    client === null
      ? [makeTerm("client", OUTSIDE), makeTerm("server", [{ type: "actor", key: [server] }])]
      : [makeTerm("edge", [{ type: "edge", client: [client], server: [server] }])];
  return [
    ...sides,
    makeTerm("server-port", [port === null ? { type: "none" } : { type: "port", port }]),
    ...protocolTerms(protocol),
  ];
}

/** Every id of the world is a DNS name, a range or an address. */
const OUTSIDE = ["dns:", "cidr:", "ip:"].map((prefix) => ({ type: "actor" as const, key: [prefix, ""] }));

function protocolTerms(protocol: string | null): Term[] {
  if (protocol === null) return [makeTerm("protocol", [{ type: "none" }])];
  const value = parsedValue("protocol", protocol);
  return value === undefined ? [] : [makeTerm("protocol", [value])];
}

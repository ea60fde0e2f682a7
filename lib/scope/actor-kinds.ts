/**
 * Actors, and edges between two of them, by the keys that the map and the tables show (docs/store.md, Actors): `shop`,
 * `shop/web`, a pod, `dns:api.example.com`, `reserved:host`. A star is any run of characters; a backslash takes the next
 * `*`, `>`, `=` or `\` literally. `pod=`, `workload=` or `namespace=` in front says at which level the key is meant, where
 * the same text could be a name at several.
 */

import type { Glob } from "./glob";
import { anyOf, before, openEnd } from "./value-forms";
import { parsed, refused, shown, splitEscaped, type ValueKind } from "./value-kind";

export const ACTOR_LEVELS = ["pod", "workload", "namespace"] as const;
export type ActorLevel = (typeof ACTOR_LEVELS)[number];

export interface ActorValue {
  readonly type: "actor";
  readonly key: Glob;
  /** Absent: any. */
  readonly level?: ActorLevel;
}

export interface EdgeValue {
  readonly type: "edge";
  readonly client: Glob;
  readonly server: Glob;
  readonly clientLevel?: ActorLevel;
  readonly serverLevel?: ActorLevel;
}

const ARROW = " -> ";

const BEGINNINGS = [
  ["dns:", "and a name outside the cluster"],
  ["cidr:", "and a range of addresses"],
  ["ip:", "and an address"],
  ["reserved:", "and a reserved identity, as `world`"],
  ["pod=", "and a pod: never a workload of that name"],
  ["workload=", "and a workload: never a pod of that name"],
  ["namespace=", "and a namespace"],
] as const;

export const actorKind: ValueKind<ActorValue> = {
  describe:
    "`namespace`, `namespace/workload`, `namespace/pod`, `dns:name`, `cidr:range`, `ip:address`, `reserved:name`; `*` for any run of characters; `pod=`, `workload=` or `namespace=` in front fixes the level",
  words: [],
  forms: anyOf(...BEGINNINGS.map(([mark, about]) => before(mark, about)), openEnd),
  parse({ text }) {
    const { key, level } = parseActor(text);
    return parsed({ type: "actor", key, ...(level !== undefined && { level }) });
  },
  format({ key, level }) {
    return { text: actorText(key, level) };
  },
};

export const edgeKind: ValueKind<EdgeValue> = {
  describe: "`client -> server`, each as with the key `client`",
  words: [],
  parse({ text }) {
    const [client = "", server = "", ...more] = text.split(ARROW);
    if (client !== "" && server !== "" && more.length === 0) return parsed(parseEdge(client, server));
    return refused(`\`${shown(text)}\` is not an edge.`, {
      hint: 'An edge is a client and a server: edge:"shop/web -> payments/api". A star stands for any: edge:"* -> payments/api".',
    });
  },
  format({ client, server, clientLevel, serverLevel }) {
    return { text: `${actorText(client, clientLevel)}${ARROW}${actorText(server, serverLevel)}` };
  },
};

function parseEdge(client: string, server: string): EdgeValue {
  const [from, to] = [parseActor(client), parseActor(server)];
  return {
    type: "edge",
    client: from.key,
    server: to.key,
    ...(from.level !== undefined && { clientLevel: from.level }),
    ...(to.level !== undefined && { serverLevel: to.level }),
  };
}

function parseActor(text: string): { readonly key: Glob; readonly level: ActorLevel | undefined } {
  const level = ACTOR_LEVELS.find((word) => text.startsWith(`${word}=`) && text.length > word.length + 1);
  return { key: parseKey(level === undefined ? text : text.slice(level.length + 1)), level };
}

function actorText(key: Glob, level: ActorLevel | undefined): string {
  return level === undefined ? keyText(key) : `${level}=${keyText(key)}`;
}

/** As a glob; slashes need no backslash here. An arrow within a name has one before its `>`. */
function parseKey(text: string): Glob {
  const pieces = splitEscaped(text, "*").map((piece) => piece.replaceAll(/\\([\\*>=])/g, "$1"));
  return pieces.filter((piece, index) => piece !== "" || index === 0 || index === pieces.length - 1);
}

function keyText(key: Glob): string {
  return key.map((piece) => piece.replaceAll(/[\\*>=]/g, "\\$&")).join("*");
}

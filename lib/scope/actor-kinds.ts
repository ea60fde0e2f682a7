/**
 * Actors, and edges between two of them, by the keys that the map and the tables show (docs/store.md, Actors): `shop`,
 * `shop/web`, a pod, `dns:api.example.com`, `reserved:host`. A star is any run of characters; a backslash takes the next
 * `*`, `>` or `\` literally.
 */

import type { Glob } from "./glob";
import { parsed, refused, shown, splitEscaped, type ValueKind } from "./value-kind";

export interface ActorValue {
  readonly type: "actor";
  readonly key: Glob;
}

export interface EdgeValue {
  readonly type: "edge";
  readonly client: Glob;
  readonly server: Glob;
}

const ARROW = " -> ";

export const actorKind: ValueKind<ActorValue> = {
  describe:
    "`namespace`, `namespace/workload`, `namespace/pod`, `dns:name`, `cidr:range`, `ip:address`, `reserved:name`; `*` for any run of characters",
  words: [],
  parse({ text }) {
    return parsed({ type: "actor", key: parseKey(text) });
  },
  format({ key }) {
    return { text: keyText(key) };
  },
};

export const edgeKind: ValueKind<EdgeValue> = {
  describe: "`client -> server`, each as with the key `client`",
  words: [],
  parse({ text }) {
    const [client = "", server = "", ...more] = text.split(ARROW);
    if (client !== "" && server !== "" && more.length === 0)
      return parsed({ type: "edge", client: parseKey(client), server: parseKey(server) });
    return refused(`\`${shown(text)}\` is not an edge.`, {
      hint: 'An edge is a client and a server: edge:"shop/web -> payments/api". A star stands for any: edge:"* -> payments/api".',
    });
  },
  format({ client, server }) {
    return { text: `${keyText(client)}${ARROW}${keyText(server)}` };
  },
};

/** As a glob; slashes need no backslash here. An arrow within a name has one before its `>`. */
function parseKey(text: string): Glob {
  const pieces = splitEscaped(text, "*").map((piece) => piece.replaceAll(/\\([\\*>])/g, "$1"));
  return pieces.filter((piece, index) => piece !== "" || index === 0 || index === pieces.length - 1);
}

function keyText(key: Glob): string {
  return key.map((piece) => piece.replaceAll(/[\\*>]/g, "\\$&")).join("*");
}

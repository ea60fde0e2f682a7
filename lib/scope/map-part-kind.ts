/**
 * A part of a map whose names are too many to be listed: a fold, a line between folds, what a focus leaves out. It is said by
 * what the map was drawn from, so that it can be drawn again; the records are those of the lines that are found there.
 *
 * Written like the query of a link: `level=pod&client=%2Bshop%40default&q=verdict%3ADROPPED`.
 */

import { parsed, refused, shown, type ValueKind } from "./value-kind";

export const MAP_LEVELS = ["namespace", "workload", "pod"] as const;

/**
 * A line, the lines of a spot at one end or at both, all lines that the focus leaves out, or the edges beyond those that one map
 * holds; by keys of spots.
 */
export type MapPlace =
  | { readonly kind: "line"; readonly client: string; readonly server: string }
  | { readonly kind: "client" | "server" | "either"; readonly key: string }
  | { readonly kind: "rest" }
  | { readonly kind: "beyond" };

export interface MapPartValue {
  readonly type: "map-part";
  readonly level: (typeof MAP_LEVELS)[number];
  readonly place: MapPlace;
  /** As the link of the map has them; absent: none. */
  readonly focus?: string;
  readonly unfold?: string;
  readonly skip?: string;
  /** The scope that the map shows. */
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
  /** Its pairs in one capture, looked up before a question is asked. */
  readonly pairIds?: readonly number[];
}

const MORE = ["focus", "unfold", "skip", "q", "from", "to"] as const;
const WORDS: ReadonlySet<string> = new Set([
  "level",
  "client",
  "server",
  "either",
  "rest",
  "beyond",
  ...MORE,
]);
const EXAMPLE = "It is written by the map; for example level=pod&client=%2Bshop%40default.";

export const mapPartKind: ValueKind<MapPartValue> = {
  describe: "a part of a map, as the map writes it",
  words: [],
  parse({ text }) {
    const words = new URLSearchParams(text);
    const foreign = [...words.keys()].find((word, at, all) => !WORDS.has(word) || all.indexOf(word) !== at);
    const level = MAP_LEVELS.find((name) => name === words.get("level"));
    const place = readPlace(words);
    if (foreign !== undefined || level === undefined || place === undefined)
      return refused(`\`${shown(text)}\` is not a part of a map.`, { hint: EXAMPLE });
    const more = MORE.flatMap((name) => {
      const value = words.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    return parsed({ type: "map-part", level, place, ...Object.fromEntries(more) });
  },
  format(value) {
    const words = new URLSearchParams({ level: value.level, ...writePlace(value.place) });
    for (const name of MORE) {
      const text = value[name];
      if (text !== undefined) words.set(name, text);
    }
    return { text: words.toString() };
  },
};

function readPlace(words: URLSearchParams): MapPlace | undefined {
  const named = (["client", "server", "either", "rest", "beyond"] as const).filter((name) => words.has(name));
  const [first, second, ...others] = named;
  const textOf = (name: string): string => words.get(name) ?? "";
  if (first === undefined || others.length > 0) return undefined;
  if (second !== undefined)
    return first === "client" && second === "server"
      ? { kind: "line", client: textOf("client"), server: textOf("server") }
      : undefined;
  return first === "rest" || first === "beyond" ? { kind: first } : { kind: first, key: textOf(first) };
}

function writePlace(place: MapPlace): Record<string, string> {
  if (place.kind === "line") return { client: place.client, server: place.server };
  return "key" in place ? { [place.kind]: place.key } : { [place.kind]: "yes" };
}

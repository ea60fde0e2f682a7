import { makeTerm, type Term } from "./filter";

/** `cluster/node` as Hubble writes it; a bare name is looked for in any cluster. */
export function nodeTerms(node: string | null): readonly Term[] {
  if (node === null) return [makeTerm("node-name", [{ type: "unknown" }])];
  const slash = node.indexOf("/");
  const value =
    slash <= 0
      ? { type: "node" as const, node: [node] }
      : { type: "node" as const, cluster: [node.slice(0, slash)], node: [node.slice(slash + 1)] };
  return [makeTerm("node-name", [value])];
}

/**
 * Records that went through a table and back (Miller, csvtojson, XML, PHP): an empty text or an empty list stands where a member had
 * nothing, in every protocol too, and whole numbers end with `.0`.
 */

import { ENVELOPE, FLOW, type Message, type Node } from "./members-of-flow";
import { isObject, type JsonObject } from "./proto-json";

/** The record without what stands for nothing. */
export function withoutEmpty(document: JsonObject): JsonObject {
  return message(document, isObject(document.flow) ? ENVELOPE : FLOW);
}

const NODES = new WeakMap<Message, ReadonlyMap<string, Node>>();

function nodesOf(of: Message): ReadonlyMap<string, Node> {
  let nodes = NODES.get(of);
  if (nodes === undefined) {
    nodes = new Map(of.members);
    NODES.set(of, nodes);
  }
  return nodes;
}

function message(value: JsonObject, of: Message): JsonObject {
  const nodes = nodesOf(of);
  const kept: Record<string, unknown> = Object.create(null);
  for (const name in value) {
    const node = nodes.get(name);
    const inner = node === undefined ? value[name] : said(value[name], node);
    if (inner !== undefined) kept[name] = inner;
  }
  return kept;
}

function said(value: unknown, node: Node): unknown {
  if (node.kind === "any" || node.kind === "list") return value === "" ? undefined : value;
  if (value === "" || (Array.isArray(value) && value.length === 0)) return undefined;
  if (node.kind === "number" && typeof value === "string") return value.replace(/\.0+$/, "");
  if (node.kind !== "message" || !isObject(value)) return value;
  const inner = message(value, node);
  // An echo reply has nothing in it, and so says what it is.
  return Object.keys(inner).length === 0 && Object.keys(value).length > 0 ? undefined : inner;
}

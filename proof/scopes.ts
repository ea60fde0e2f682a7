/** Filters and ranges, each as the parameters of a call and as a predicate over the model. */

import fc from "fast-check";
import { formatTime } from "@/lib/base/time";
import {
  directionOf,
  dropReasonOf,
  eventTypeOf,
  l7ProtocolOf,
  type ModelFlow,
  namespacesOf,
  nodeOf,
  portsOf,
  protocolOf,
  replyOf,
  verdictOf,
} from "./model";

export interface ModelScope {
  readonly parameters: Readonly<Record<string, string>>;
  holds(flow: ModelFlow): boolean;
}

interface ModelTerm {
  readonly text: string;
  holds(flow: ModelFlow): boolean;
}

export const WHOLE: ModelScope = { parameters: {}, holds: () => true };

/** Scopes made of what the flows hold: up to three terms, a range or none. */
export function scopesOver(flows: readonly ModelFlow[]): fc.Arbitrary<ModelScope> {
  const times = [...new Set(flows.flatMap(({ timeNs }) => timeNs ?? []))].sort((a, b) => (a < b ? -1 : 1));
  const instant = fc
    .tuple(fc.constantFrom(...(times.length > 0 ? times : [0n])), fc.constantFrom(-1n, 0n, 1n, 999n))
    .map(([time, offset]) => time + offset);
  return fc
    .record({
      terms: fc.uniqueArray(termOver(flows), { maxLength: 3, selector: ({ text }) => text.replace("!", "") }),
      from: fc.option(instant, { nil: undefined }),
      to: fc.option(instant, { nil: undefined }),
    })
    .filter(({ from, to }) => from === undefined || to === undefined || from < to)
    .map(({ terms, from, to }) => ({
      parameters: {
        ...(terms.length > 0 && { q: terms.map(({ text }) => text).join(" ") }),
        ...(from !== undefined && { from: formatTime(from) }),
        ...(to !== undefined && { to: formatTime(to) }),
      },
      holds: (flow) =>
        terms.every((term) => term.holds(flow)) &&
        (from === undefined || (flow.timeNs !== null && flow.timeNs >= from)) &&
        (to === undefined || (flow.timeNs !== null && flow.timeNs < to)),
    }));
}

function termOver(flows: readonly ModelFlow[]): fc.Arbitrary<ModelTerm> {
  const terms = PLAIN_TERMS.flatMap(({ key, of }) => {
    const values = distinct(flows.flatMap(of));
    return values.map(
      (value): ModelTerm => ({ text: `${key}:${quoted(value)}`, holds: (flow) => of(flow).includes(value) }),
    );
  });
  return fc.tuple(fc.constantFrom(...terms), fc.boolean()).map(([{ text, holds }, isNegated]) => ({
    text: isNegated ? `!${text}` : text,
    holds: isNegated ? (flow) => !holds(flow) : holds,
  }));
}

const EVENT_WORDS: Readonly<Record<number, string>> = {
  1: "drop",
  4: "trace",
  5: "policy-verdict",
  7: "trace-sock",
  129: "l7",
};

interface PlainTerm {
  readonly key: string;
  /** The values by which the term would find this flow. */
  of(flow: ModelFlow): string[];
}

const PLAIN_TERMS: readonly PlainTerm[] = [
  { key: "verdict", of: (flow) => [verdictOf(flow)] },
  { key: "drop-reason-desc", of: (flow) => listed(dropReasonOf(flow)) },
  { key: "traffic-direction", of: directionWords },
  { key: "type", of: (flow) => listed(EVENT_WORDS[eventTypeOf(flow) ?? -1] ?? null) },
  {
    key: "protocol",
    of: (flow) => [...listed(protocolOf(flow)?.toLowerCase() ?? null), ...listed(l7ProtocolOf(flow))],
  },
  { key: "reply", of: (flow) => listed(replyOf(flow) === null ? null : replyOf(flow) ? "yes" : "no") },
  { key: "from-namespace", of: (flow) => namespacesOf(flow, "source") },
  { key: "to-namespace", of: (flow) => namespacesOf(flow, "destination") },
  {
    key: "namespace",
    of: (flow) => [...namespacesOf(flow, "source"), ...namespacesOf(flow, "destination")],
  },
  { key: "from-port", of: (flow) => listed(portsOf(flow).source) },
  { key: "to-port", of: (flow) => listed(portsOf(flow).destination) },
  { key: "port", of: (flow) => [...listed(portsOf(flow).source), ...listed(portsOf(flow).destination)] },
  { key: "node-name", of: (flow) => listed(nodeOf(flow)).map(withCluster) },
];

function directionWords(flow: ModelFlow): string[] {
  const direction = directionOf(flow);
  return direction === "INGRESS" || direction === "EGRESS" ? [direction.toLowerCase()] : [];
}

/** A bare name counts as one of cluster `default`. */
const withCluster = (node: string): string => (node.includes("/") ? node : `default/${node}`);

const listed = (value: string | number | null): string[] => (value === null ? [] : [String(value)]);

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();

const quoted = (value: string): string => (/^[\w./-]+$/.test(value) ? value : JSON.stringify(value));

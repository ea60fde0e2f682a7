/** The report in sentences. Most important first: what was lost, what was left out, what is not known, what is there. */

import { formatCount, formatQuantity } from "@/lib/base/count";
import { formatTime } from "@/lib/base/time";
import { isTextFormat } from "@/lib/flow/text-formats";
import type { QualityFacts, UntimedLoss } from "./facts";
import type { Judgement } from "./judge";
import { isTooQuietToTell } from "./silence";

export interface Sentence {
  /** `good` is there, `note` limits an answer, `warning` can make one wrong. */
  readonly tone: "good" | "note" | "warning";
  readonly about:
    | "refused"
    | "loss"
    | "filter"
    | "clock"
    | "time"
    | "aggregation"
    | "mask"
    | "trace"
    | "policy"
    | "layer7"
    | "nodes";
  readonly text: string;
}

export function sentencesFor(facts: QualityFacts, judgement: Judgement): Sentence[] {
  if (facts.flows === 0) return [...nothingRead(facts), ...losses(facts)];
  const sentences = [
    ...refused(facts),
    ...maskedCopy(facts),
    ...losses(facts),
    ...silences(judgement),
    ...partlyThere(facts),
    ...filters(judgement),
    ...clocks(judgement),
    ...untimed(facts),
    ...aggregation(judgement),
    ...missing(judgement),
    ...traces(judgement),
    ...policies(facts),
    ...layer7(facts),
    ...complete(facts, judgement),
  ];
  const rank = { warning: 0, note: 1, good: 2 };
  return sentences.sort((a, b) => rank[a.tone] - rank[b.tone]);
}

function refused({ refused }: QualityFacts): Sentence[] {
  if (refused === 0) return [];
  const text = `${formatQuantity(refused, "record")} could not be read; the table of files says which and why.`;
  return [{ tone: "warning", about: "refused", text }];
}

/** Of files without a flow nothing else can be said but what they tell of losses. */
function nothingRead(facts: QualityFacts): Sentence[] {
  return refused(facts).map((sentence) => ({
    ...sentence,
    text: `No flow could be read from the files: ${sentence.text}`,
  }));
}

const MASKED_WORDS: Readonly<Record<string, string>> = {
  ips: "IP addresses",
  macs: "MAC addresses",
  dns: "DNS names",
  urls: "URLs",
  summary: "summaries",
  uuids: "UUIDs",
};

function maskedCopy({ masked }: QualityFacts): Sentence[] {
  if (masked.length === 0) return [];
  const words = masked.map((kind) => MASKED_WORDS[kind] ?? kind);
  const text = `This is a masked copy: its records were written anew by Eyepiece, and ${listed(words)} in them stand for others.`;
  return [{ tone: "note", about: "mask", text }];
}

function losses({ told, toldUntimed }: QualityFacts): Sentence[] {
  const lost = told.filter(({ lost }) => lost !== null);
  const lostSometime = toldUntimed.filter(({ lost }) => lost !== null);
  const away = [...told, ...toldUntimed].filter(({ lost }) => lost === null);
  const sentences: Sentence[] = [];
  if (lostSometime.length > 0) {
    const where = `on ${names(lostSometime.map(({ node }) => node))}`;
    const text = `${lostText(lostSometime, where)}, and the log does not say when: that a flow is missing proves nothing.`;
    sentences.push({ tone: "warning", about: "loss", text });
  }
  if (lost.length > 0) {
    const where = `on ${names(lost.map(({ node }) => node))} in ${formatQuantity(lost.length, "place")}`;
    const text = `${lostText(lost, where)}: that a flow is missing beside one proves nothing.`;
    sentences.push({ tone: "warning", about: "loss", text });
  }
  if (away.length > 0) {
    const nodes = away.flatMap(({ node }) => (node === null ? [] : [node]));
    // Of several nodes at once the sentence of the record tells the names.
    const who = nodes.length === away.length ? names(nodes) : "nodes";
    const text = `Relay reported ${who} as away in ${formatQuantity(away.length, "place")}: ${away[0]?.detail ?? ""}`;
    sentences.push({ tone: "warning", about: "loss", text: text.trim() });
  }
  return sentences;
}

/** A record of a loss may leave out how much was lost. */
function lostText(lost: readonly UntimedLoss[], where: string): string {
  const events = lost.reduce((sum, loss) => sum + (loss.lost ?? 0), 0);
  if (events === 0) return `A loss was reported ${where}, without a number`;
  const isAtLeast = lost.some((loss) => loss.lost === 0);
  const text = `${formatQuantity(events, "event")} ${events === 1 ? "was" : "were"} lost ${where}`;
  return isAtLeast ? `At least ${text}` : text;
}

function silences({ silences }: Judgement): Sentence[] {
  return silences.slice(0, 5).map(({ node, firstNs, lastNs, expected }) => ({
    tone: "warning",
    about: "loss",
    text: `${nodeName(node)} is silent from ${clock(firstNs)} to ${clock(lastNs)} (${seconds(lastNs - firstNs)}), where its own rate would give about ${formatQuantity(expected, "flow")}: a rotated file may be missing.`,
  }));
}

/** A node that comes late or goes early makes silence of its pods mean nothing there. */
const PART = 0.9;

function partlyThere({ nodes }: QualityFacts): Sentence[] {
  const timed = nodes.flatMap(({ name, span }) => (span === null || name === null ? [] : [{ name, span }]));
  if (timed.length < 2) return [];
  const first = lesser(timed.map(({ span }) => span.firstNs));
  const last = -lesser(timed.map(({ span }) => -span.lastNs));
  return timed
    .filter(({ span }) => Number(span.lastNs - span.firstNs) < PART * Number(last - first))
    .slice(0, 5)
    .map(({ name, span }) => ({
      tone: "warning",
      about: "nodes",
      text: `${name} is there from ${clock(span.firstNs)} to ${clock(span.lastNs)} only, the capture from ${clock(first)} to ${clock(last)}.`,
    }));
}

function lesser(values: readonly bigint[]): bigint {
  return values.reduce((least, value) => (value < least ? value : least));
}

function filters({ filters }: Judgement): Sentence[] {
  return filters
    .slice(0, 8)
    .map(({ file, text }) => ({ tone: "warning", about: "filter", text: `${file}: ${text}` }));
}

function clocks({ skews }: Judgement): Sentence[] {
  return skews.slice(0, 5).map(({ node, reference, ns, atLeast, samples }) => ({
    tone: "warning",
    about: "clock",
    text: `The clock of ${node} is ${atLeast ? "at least " : "about "}${milliseconds(ns)} ${ns < 0n ? "behind" : "ahead of"} that of ${reference} (${formatQuantity(samples, "packet")} seen on both): their flows are not in the order in which they happened.`,
  }));
}

function untimed({ untimed, formats }: QualityFacts): Sentence[] {
  if (untimed === 0) return [];
  const printed = formats.some(isTextFormat)
    ? " What hubble observe prints has no year: export with -o json, or with --time-format rfc3339nano."
    : "";
  const text = `${formatQuantity(untimed, "flow")} without a readable time: in the lists only when no time range is set.${printed}`;
  return [{ tone: "note", about: "time", text }];
}

function aggregation({ aggregation }: Judgement): Sentence[] {
  if (aggregation === null) return [];
  const { flows, events, withoutCounters, intervalNs } = aggregation;
  const interval = intervalNs === null ? "" : `, over intervals of about ${seconds(intervalNs)}`;
  const sentences: Sentence[] = [
    {
      tone: "note",
      about: "aggregation",
      text: `${formatQuantity(flows, "record")} are aggregated and stand for ${formatQuantity(events, "event")}${interval}: the time of each is that of its first event.`,
    },
  ];
  if (withoutCounters > 0) {
    const text = `${formatQuantity(withoutCounters, "aggregated record")} came without their counters: what they count is at least one each.`;
    sentences.push({ tone: "warning", about: "aggregation", text });
  }
  return sentences;
}

/** One sentence for all: the table beside it says what each rules out. */
function missing({ missing }: Judgement): Sentence[] {
  if (missing.length === 0) return [];
  const [only] = missing;
  const text =
    missing.length === 1 && only !== undefined
      ? `No flow has ${only.field}. ${only.rulesOut}`
      : `No flow has ${listed(missing.map(({ field }) => field))}: a field mask, aggregation or an export without them. What each rules out stands below.`;
  return [{ tone: "note", about: "mask", text }];
}

function traces({ monitorAggregation }: Judgement): Sentence[] {
  if (monitorAggregation !== "some") return [];
  const text =
    "Packets are thinned by the datapath (monitor aggregation; no from-* point is seen): traces count connections in the rough, not packets. Drops and policy verdicts are whole.";
  return [{ tone: "note", about: "trace", text }];
}

/** Event type 5 alone names policies (flow-formats 8.3). */
function policies({ eventTypes, formats }: QualityFacts): Sentence[] {
  if ((eventTypes[5] ?? 0) > 0) return [];
  const text = formats.some((format) => format.startsWith("retina"))
    ? "There are no policy verdicts, Retina writes none: which policy decided is not known."
    : "There is no policy-verdict record: which policy decided is not known.";
  return [{ tone: "note", about: "policy", text }];
}

function layer7({ layer7, namespaces }: QualityFacts): Sentence[] {
  const words = { dns: "DNS names", http: "HTTP requests", kafka: "Kafka requests" } as const;
  return (["dns", "http"] as const).map((protocol) => {
    const found = layer7.find((facts) => facts.protocol === protocol);
    if (found === undefined) {
      const text = `There are no ${words[protocol]}: Hubble sees them only for pods under a policy with ${protocol === "dns" ? "a DNS rule" : "an HTTP rule"}.`;
      return { tone: "note", about: "layer7", text };
    }
    const isEverywhere = found.namespaces.length >= namespaces.length;
    const where = found.namespaces.length === 0 ? "pods that are not named" : names(found.namespaces);
    const text = `${words[protocol]} are there ${isEverywhere || found.namespaces.length === 0 ? "" : "only "}for ${where}.`;
    return { tone: isEverywhere ? "good" : "note", about: "layer7", text };
  });
}

function complete({ nodes, flows, told, toldUntimed }: QualityFacts, judgement: Judgement): Sentence[] {
  const isWhole = told.length === 0 && toldUntimed.length === 0 && judgement.silences.length === 0;
  if (!isWhole) return [];
  const quiet = nodes.filter(isTooQuietToTell);
  if (quiet.length > 0) {
    const text = `No loss was reported. Whether ${names(quiet.map(({ name }) => name))} fell silent cannot be told from so few flows.`;
    return [{ tone: "note", about: "loss", text }];
  }
  const named = nodes.filter(({ name }) => name !== null).length;
  const text = `No loss was reported and no silence found over ${formatQuantity(flows, "flow")}${named === 0 ? "" : ` of ${formatQuantity(named, "node")}`}.`;
  return [{ tone: "good", about: "loss", text }];
}

function nodeName(node: string | null): string {
  return node ?? "A node without a name";
}

/** At most three by name. */
function names(all: readonly (string | null)[]): string {
  const unique = [...new Set(all.map((name) => name ?? "a node without a name"))];
  const shown = unique.slice(0, 3);
  return listed(unique.length > 3 ? [...shown, `${formatCount(unique.length - 3)} more`] : shown);
}

/** `a, b and c`. */
function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter(Boolean).join(" and ");
}

/** Clock time with the date only where it is needed would depend on other sentences: always both. */
function clock(ns: bigint): string {
  return formatTime(ns).slice(0, 19).replace("T", " ");
}

function seconds(ns: bigint): string {
  const total = Number(ns) / 1e9;
  return total < 120 ? `${Number(total.toPrecision(2))} s` : `${Math.round(total / 60)} min`;
}

function milliseconds(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  return size < 1_000_000_000n ? `${Math.round(Number(size) / 1e6)} ms` : seconds(size);
}

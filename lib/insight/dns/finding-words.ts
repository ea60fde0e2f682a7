/**
 * What a finding about DNS says to a reader: the sentence, what to do, and what is not known.
 *
 * Findings are worked out over the questions of a scope; causes (causes/dns-words.ts) are settled with the capture.
 */

import { formatCount, formatQuantity } from "@/lib/base/count";
import type { RandomLabels } from "./random-labels";

const DNS_FINDINGS = [
  "servfail",
  "dropped-resolver",
  "stopped-walk",
  "ipv6-noise",
  "retries",
  "answers-changed",
  "random-labels",
] as const;
export type DnsFindingType = (typeof DNS_FINDINGS)[number];

export interface FindingWords {
  readonly sentence: string;
  /** More that is known, or why it cannot be. */
  readonly details: readonly string[];
  readonly remedy: { readonly text: string; readonly yaml: string | null };
}

/** Whom a resolver asks in turn, and what came of it. */
export interface Upstream {
  readonly name: string;
  readonly failures: number;
  readonly silent: number;
}

export interface ServfailFacts {
  readonly server: string;
  readonly failures: number;
  readonly answers: number;
  /** Most failures first. */
  readonly names: readonly string[];
  /** Some of them, or all, were for names that the log left out. */
  readonly isNameless: boolean;
  /** That failed what this resolver passed on, or did not answer it. */
  readonly upstreams: readonly Upstream[];
  /** The log shows what this resolver passed on, if not in the scope. */
  readonly passesOn: boolean;
}

export function servfailWords(facts: ServfailFacts): FindingWords {
  const { server, failures, answers, names, isNameless } = facts;
  const domain = commonDomain(names);
  const [only] = names;
  if (only === undefined || isNameless)
    return {
      sentence: `${server} answers SERVFAIL ${formatQuantity(failures, "time")}, ${only === undefined ? "for names that the log left out" : "partly for names that the log left out"}.`,
      details: [upstreamText(facts)],
      remedy: {
        text: "Look at the resolver's log and at the upstream that it forwards to; with the names in the log, this view tells which zone fails.",
        yaml: null,
      },
    };
  const what =
    names.length === 1
      ? `all for ${only}`
      : domain === ""
        ? `for ${formatCount(names.length)} names without a common domain`
        : `for ${formatCount(names.length)} names, all below ${domain}`;
  const isOneZone = names.length === 1 || domain !== "";
  return {
    sentence: `${server} answers SERVFAIL to ${formatCount(failures)} of ${formatCount(answers)} questions, ${what}.`,
    details: [upstreamText(facts)],
    remedy: {
      text: isOneZone
        ? `${failures < answers ? "The resolver answers other questions, so look" : "Nothing in this scope tells whether it answers other names. Look first"} at the way to this zone: the forwarder that CoreDNS uses for ${domain || only}, its name servers, DNSSEC.`
        : "Names of several zones fail: look at the resolver itself and at the upstream that it forwards to.",
      yaml: null,
    },
  };
}

function upstreamText({ upstreams, passesOn }: ServfailFacts): string {
  if (!passesOn)
    return "Which upstream failed is not in the log: it does not show what the resolver passed on.";
  if (upstreams.length === 0)
    return "No upstream failed what the resolver passed on in this scope. The filter can leave it out: there the resolver is the client.";
  const failed = upstreams.filter((one) => one.failures > 0).map(({ name }) => name);
  const silent = upstreams.filter((one) => one.silent > 0).map(({ name }) => name);
  return [
    failed.length > 0 && `Of its upstreams ${listOf(failed)} answered SERVFAIL.`,
    silent.length > 0 && `${listOf(silent)} did not answer, and a resolver makes SERVFAIL of that.`,
  ]
    .filter((text) => text !== false)
    .join(" ");
}

/** The longest ending of whole labels that all names share, of two labels at least; empty when there is none. */
export function commonDomain(names: readonly string[]): string {
  const [first = [], ...others] = names.map((name) => name.split(".").reverse());
  let shared = 0;
  while (shared < first.length && others.every((labels) => labels[shared] === first[shared])) shared++;
  return shared < 2 ? "" : first.slice(0, shared).reverse().join(".");
}

export interface WalkFacts {
  readonly client: string;
  readonly refused: number;
  /** Names that were meant. */
  readonly bases: readonly string[];
  /** All that a resolver library with this search list asks for: to be allowed. */
  readonly wanted: readonly string[];
}

export function stoppedWalkWords({ client, refused, bases, wanted }: WalkFacts): FindingWords {
  return {
    sentence: `${client} gives up its search list when it is refused: ${formatQuantity(refused, "question")}, and ${listOf(bases)} never asked for as ${bases.length === 1 ? "it is" : "they are"}.`,
    details: [
      "musl (Alpine) does so, glibc goes on. The DNS rule allows the name but not the name with a search suffix, which is asked for first.",
      "Likely, not certain: a program that asks for the name with the suffix itself looks the same.",
    ],
    remedy: {
      text: "Allow the names with their search suffixes too, or lower ndots so that the name itself comes first, or base the image on glibc.",
      yaml: dnsRuleYaml(wanted),
    },
  };
}

function dnsRuleYaml(names: readonly string[]): string {
  const rules = names.map((name) => `    - matchName: ${JSON.stringify(name)}`);
  return [
    "toPorts:",
    "- ports:",
    '  - port: "53"',
    "    protocol: ANY",
    "  rules:",
    "    dns:",
    ...rules,
    "",
  ].join("\n");
}

export interface Ipv6Facts {
  /** Answers to AAAA without data, and with addresses. */
  readonly noData: number;
  readonly withAddress: number;
  readonly responses: number;
  readonly clients: number;
}

/** Enough to be worth a word, and hardly any name has an IPv6 address. */
export function isIpv6Noise({ noData, withAddress, responses }: Ipv6Facts): boolean {
  return noData >= 50 && noData * 10 >= responses && withAddress * 20 <= noData;
}

export function ipv6Words({ noData, withAddress, responses, clients }: Ipv6Facts): FindingWords {
  return {
    sentence: `${percent(noData, responses)} of answers (${formatCount(noData)}) say that a name has no IPv6 address (AAAA, NODATA), asked by ${workloads(clients)}.`,
    details: [
      "It is no failure: libraries ask for both kinds of address, and these names have IPv4 only.",
      withAddress === 0
        ? "No name in this scope has an IPv6 address."
        : `${formatCount(withAddress)} ${withAddress === 1 ? "answer has" : "answers have"} one.`,
    ],
    remedy: {
      text: "Leave it, unless the load on the resolver matters. In an IPv4-only cluster glibc from 2.36 on can be told not to ask (no-aaaa); other libraries have their own switch.",
      yaml: "spec:\n  dnsConfig:\n    options:\n    - name: no-aaaa\n",
    },
  };
}

export interface RetryFacts {
  readonly server: string;
  readonly retries: number;
  readonly clients: number;
  /** From each question to the one that repeats it, in all. */
  readonly waitedNs: bigint;
}

export function retryWords({ server, retries, clients, waitedNs }: RetryFacts): FindingWords {
  return {
    sentence: `${retries === 1 ? "One question" : `${formatCount(retries)} questions`} to ${server} had to be asked again by ${workloads(clients)}; programs waited ${formatSeconds(waitedNs)} for it.`,
    details: [
      `That is ${formatSeconds(waitedNs / BigInt(Math.max(1, retries)))} each, on top of a failure or a success that came late.`,
    ],
    remedy: {
      text: "See which questions stayed without an answer (dns-state:unanswered), on which node, and whether packets to port 53 were dropped there.",
      yaml: null,
    },
  };
}

export interface ChangeFacts {
  readonly name: string;
  readonly type: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** RFC 3339. */
  readonly at: string;
  readonly changes: number;
}

export function changeWords({ name, type, before, after, at, changes }: ChangeFacts): FindingWords {
  const more = changes > 1 ? ` It changed ${formatCount(changes)} times; this is the last.` : "";
  return {
    sentence: `The addresses of ${name} (${type}) changed at ${at}: ${listOf(before)} before, ${listOf(after)} since.${more}`,
    details: ["Clients that keep an address longer than the answer allows still use the old one."],
    remedy: {
      text: "If connections to it failed at that time, look whether a toFQDNs rule or a fixed list of addresses knows only the old ones.",
      yaml: null,
    },
  };
}

/** Of unanswered questions: how many were one half of A and AAAA asked at once, the other half answered. */
export function halfWords(share: number): string | undefined {
  if (share < 0.2) return undefined;
  const how = share === 1 ? "All" : share >= 0.6 ? "Most" : "Some";
  return `${how} of them are one half of a question for A and AAAA, whose other half was answered. Packets lost so are typical of two that leave by one port at once (a race in conntrack): a node-local cache avoids it, or single-request-reopen in the pod's dnsConfig.`;
}

export function randomWords({ client, domain, names, odd, queries, longest }: RandomLabels): FindingWords {
  return {
    sentence: `${client} asks for ${formatCount(names)} names below ${domain} that look like data (${formatQuantity(queries, "question")}, up to ${longest} characters).`,
    details: [
      `${formatCount(odd)} of them are long and without a pattern. Tunnels over DNS look so; content networks, telemetry and blocklists can, too. It is a suspicion, not a finding.`,
    ],
    remedy: {
      text: `Ask who owns ${domain} and what runs in ${client}. If it is not wanted, leave the domain out of the DNS rules of its egress policy.`,
      yaml: null,
    },
  };
}

function listOf(texts: readonly string[]): string {
  const shown = texts.slice(0, 4).join(", ");
  return texts.length > 4 ? `${shown} and ${formatCount(texts.length - 4)} more` : shown;
}

function workloads(count: number): string {
  return count === 1 ? "one workload" : `${formatCount(count)} workloads`;
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((part / whole) * 100)} %`;
}

/** `480 ms`, `5 s`, `3 min 20 s`. */
function formatSeconds(ns: bigint): string {
  const seconds = Number(ns) / 1e9;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

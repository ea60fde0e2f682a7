/** Reads the words behind `hubble observe` as flags, the way Go's pflag does. */

import { ok, type Result } from "@/lib/base/result";
import { type CommandFailure, type CommandNote, commandFailed, type FailedCommand } from "./command-failure";
import { findKeyWord, type Side, spellKey } from "./keys";
import { shown } from "./value-kind";

export interface FilterFlag {
  /** Without dashes, in full: `from-pod`. */
  readonly word: string;
  readonly value: string;
  readonly negated: boolean;
}

export interface ReadFlags {
  readonly filters: readonly FilterFlag[];
  readonly since?: string;
  readonly until?: string;
  readonly notes: readonly CommandNote[];
}

const SHORT_FLAGS: ReadonlyMap<string, string> = new Map([
  ["n", "namespace"],
  ["A", "all-namespaces"],
  ["l", "label"],
  ["t", "type"],
  ["4", "ipv4"],
  ["6", "ipv6"],
  ["f", "follow"],
  ["o", "output"],
  ["s", "silent-errors"],
  ["P", "port-forward"],
  ["D", "debug"],
  ["h", "help"],
]);

/** `-A` and its forms say "any namespace" for one side. */
export const ALL_NAMESPACES: ReadonlyMap<string, Side> = new Map([
  ["all-namespaces", "either"],
  ["from-all-namespaces", "from"],
  ["to-all-namespaces", "to"],
]);

/** Filter flags that stand without a value. */
const BARE_FILTERS = new Set([...ALL_NAMESPACES.keys(), "ipv4", "ipv6", "encrypted", "unencrypted"]);

/** Whole filters in a language of their own; read here so that they are refused by name. */
const RAW_FILTERS = new Set(["cel-expression", "allowlist", "denylist"]);

/** Flags of output and connection: no influence on which flows match. */
const IGNORED_WITH_VALUE = new Set([
  "output",
  "time-format",
  "color",
  "server",
  "timeout",
  "request-timeout",
  "tls-ca-cert-files",
  "tls-client-cert-file",
  "tls-client-key-file",
  "tls-server-name",
  "basic-auth-username",
  "basic-auth-password",
  "kube-context",
  "kube-namespace",
  "kubeconfig",
  "port-forward-port",
  "config",
  "experimental-field-mask",
  "field-mask",
  "input-file",
]);
const IGNORED_BARE = new Set([
  "follow",
  "all",
  "print-node-name",
  "numeric",
  "ip-translation",
  "port-forward",
  "tls",
  "tls-allow-insecure",
  "silent-errors",
  "debug",
  "print-raw-filters",
  "experimental-use-default-field-masks",
  "use-default-field-masks",
  "help",
]);
const LIMITS = new Set(["first", "last"]);
const TIMES = new Set(["since", "until"]);

interface Flag {
  readonly word: string;
  /** Behind `=`, or directly behind a short flag. */
  readonly attached?: string;
}

export function readFlags(words: readonly string[]): Result<ReadFlags, CommandFailure> {
  const filters: FilterFlag[] = [];
  const notes: CommandNote[] = [];
  const times = new Map<string, string>();
  const ignored: string[] = [];
  let negated = false;
  const waiting = [...words];
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    if (!/^-./.test(word)) {
      if (word === "flows" && filters.length === 0) continue;
      return commandFailed(`\`${shown(word)}\` is not a flag of hubble observe.`, positionalHint(word));
    }
    for (const flag of flagsIn(word)) {
      const takesValue = needsValue(flag.word);
      if (takesValue === undefined) return unknownFlag(flag.word);
      const value = flag.attached ?? (takesValue ? waiting.shift() : "true");
      if (value === undefined || value === "") return commandFailed(`--${flag.word} has no value.`);
      if (flag.word === "not") {
        if (negated) return commandFailed("Two --not stand in a row; each belongs to the flag behind it.");
        negated = value === "true";
      } else if (TIMES.has(flag.word)) times.set(flag.word, value);
      else if (LIMITS.has(flag.word))
        notes.push({
          kind: "differs",
          text: `--${flag.word} ${shown(value)} is not a condition; all matching flows show.`,
        });
      else if (isFilter(flag.word)) {
        filters.push({ word: flag.word, value, negated });
        negated = false;
      } else ignored.push(`--${flag.word}`);
    }
  }
  if (negated) return commandFailed("--not stands at the end; it belongs before the flag that it negates.");
  if (ignored.length > 0)
    notes.push({ kind: "ignored", text: `Without meaning here: ${[...new Set(ignored)].join(", ")}.` });
  return ok({ filters, since: times.get("since"), until: times.get("until"), notes });
}

/** One word can hold several short flags: `-fA`, `-nshop`, `-t=drop`. */
function flagsIn(word: string): Flag[] {
  if (word.startsWith("--")) {
    const equals = word.indexOf("=");
    return equals < 0
      ? [{ word: word.slice(2) }]
      : [{ word: word.slice(2, equals), attached: word.slice(equals + 1) }];
  }
  const flags: Flag[] = [];
  for (let at = 1; at < word.length; at++) {
    const name = SHORT_FLAGS.get(word.charAt(at)) ?? word.charAt(at);
    const rest = word.slice(at + 1);
    if (rest.startsWith("=")) return [...flags, { word: name, attached: rest.slice(1) }];
    if (needsValue(name) === true)
      return [...flags, rest === "" ? { word: name } : { word: name, attached: rest }];
    flags.push({ word: name });
  }
  return flags;
}

/** `undefined`: no flag of hubble observe. */
function needsValue(word: string): boolean | undefined {
  if (word === "not" || BARE_FILTERS.has(word) || IGNORED_BARE.has(word)) return false;
  if (IGNORED_WITH_VALUE.has(word) || LIMITS.has(word) || TIMES.has(word) || isFilter(word)) return true;
  return undefined;
}

function isFilter(word: string): boolean {
  if (BARE_FILTERS.has(word) || RAW_FILTERS.has(word)) return true;
  const found = findKeyWord(word);
  return found?.row.hubble === true && word === spellKey(found.row.key, found.side);
}

function unknownFlag(word: string): FailedCommand {
  const short = word.length === 1 ? "-" : "--";
  return commandFailed(`\`${short}${shown(word)}\` is not a flag of hubble observe.`);
}

function positionalHint(word: string): string | undefined {
  if (word === "agent-events" || word === "debug-events") return "Agent and debug events are not flows.";
  return "Values with spaces need quotes.";
}

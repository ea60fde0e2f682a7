/**
 * Reads a pasted `hubble observe` command as a filter.
 *
 * Flags keep Hubble's meaning (Cilium 1.19.4, `hubble/cmd/observe/flows_filter.go`): several values of one
 * flag are OR, `--not` concerns the next flag only, a pod without namespace is one of namespace `default`
 * unless `-n` or `-A` says otherwise. Where our filter cannot say the same, a note tells how they differ.
 */

import { ok, type Result } from "@/lib/base/result";
import { type CommandFailure, type CommandNote, commandFailed, type FailedCommand } from "./command-failure";
import { type Filter, formatFilter, makeTerm, parseFilter, type Term, withTerm } from "./filter";
import { flowFilterTerms, type ReadTerms } from "./flow-filter-read";
import { looksLikeFlowFilters, readFlowFilters } from "./flow-filter-text";
import { ALL_NAMESPACES, type FilterFlag, readFlags } from "./hubble-flags";
import {
  hubbleNames,
  isAbsorbed,
  type Namespaces,
  namespaceConflict,
  namespacesFor,
  namespacesOf,
} from "./hubble-namespaces";
import { parseHubbleTime } from "./hubble-time";
import {
  type FilterKey,
  findKeyWord,
  type KeyRow,
  kindOf,
  REFUSED_WORDS,
  type Side,
  type ValueOf,
} from "./keys";
import type { WorkloadValue } from "./name-kinds";
import { distributeFlags, flagsKind } from "./packet-kinds";
import { splitShellWords } from "./shell-words";
import { shown } from "./value-kind";

export interface PastedCommand {
  readonly filter: Filter;
  readonly from?: bigint;
  readonly to?: bigint;
  readonly notes: readonly CommandNote[];
}

const MOST_CHARACTERS = 65_536;
const COMMAND = /(?:^|[\s/])hubble\s+observe(?=\s|$)/;

/** True for text that is a command rather than a filter; what stands before `hubble` (kubectl exec ...) is no matter. */
export function looksLikeCommand(text: string): boolean {
  return COMMAND.test(text);
}

/** True for text of Hubble's: a command, or FlowFilters as JSON. */
export function looksPasted(text: string): boolean {
  return looksLikeCommand(text) || looksLikeFlowFilters(text);
}

/** Reads a command, or FlowFilters. */
export function parsePastedCommand(text: string): Result<PastedCommand, CommandFailure> {
  if (!looksLikeCommand(text) && looksLikeFlowFilters(text)) {
    const raw = readFlowFilters(text);
    const read = raw.ok ? flowFilterTerms(raw.value) : raw;
    return read.ok ? checked(read.value.terms, { notes: read.value.notes }) : read;
  }
  if (text.length > MOST_CHARACTERS)
    return commandFailed(`A command has at most ${MOST_CHARACTERS} characters.`);
  const command = COMMAND.exec(text);
  if (!command)
    return commandFailed("This is not a hubble observe command.", "It begins with: hubble observe");
  const split = splitShellWords(text.slice(command.index + command[0].length).trim());
  if (!split.ok) return commandFailed(split.message);
  const flags = readFlags(split.words);
  if (!flags.ok) return flags;
  const notes: CommandNote[] = [...flags.value.notes];
  if (split.rest !== "") {
    notes.push({ kind: "differs", text: `What follows the command is not read: ${shown(split.rest)}` });
  }

  const allowed = buildTerms(flags.value.filters, false);
  if (!allowed.ok) return allowed;
  const denied = buildTerms(flags.value.filters, true);
  if (!denied.ok) return denied;
  notes.push(...sameSideNotes(allowed.value), ...denyNotes(denied.value));
  const raw = readRawFilters(flags.value.filters, allowed.value.length > 0);
  if (!raw.ok) return raw;
  notes.push(...raw.value.notes);

  const range = readRange(flags.value.since, flags.value.until, notes);
  if (!range.ok) return range;
  return checked([...allowed.value, ...denied.value, ...raw.value.terms], { ...range.value, notes });
}

/** Every way in ends here: the filter is one that the link can hold. */
function checked(
  terms: readonly Term[],
  rest: Omit<PastedCommand, "filter">,
): Result<PastedCommand, CommandFailure> {
  const filter = { terms: terms.reduce<readonly Term[]>(withTerm, []) };
  const read = parseFilter(formatFilter(filter));
  return read.ok ? ok({ filter, ...rest }) : commandFailed(read.failure.message, read.failure.hint);
}

/** `--allowlist` and `--denylist`. Flags and filters that allow are OR in Hubble. */
function readRawFilters(
  flags: readonly FilterFlag[],
  hasAllowed: boolean,
): Result<ReadTerms, CommandFailure> {
  const raw = flags.filter(({ word }) => RAW_LISTS.has(word));
  if (raw.length === 0) return ok({ terms: [], notes: [] });
  if (raw.some(({ negated }) => negated))
    return commandFailed("--not cannot stand before a list of filters.");
  const read = readFlowFilters(raw.map(({ word, value }) => `${word}: ${value}`).join("\n"));
  if (!read.ok) return read;
  if (hasAllowed && read.value.allow.length > 0)
    return commandFailed(
      "--allowlist beside other flags means that either may match.",
      "A filter here has no OR between terms. Paste one of them at a time.",
    );
  return flowFilterTerms(read.value);
}

const RAW_LISTS: ReadonlySet<string> = new Set(["allowlist", "denylist"]);

/** Flags before which `--not` stands, and those without, are two filters of their own in Hubble. */
function buildTerms(all: readonly FilterFlag[], negated: boolean): Result<readonly Term[], CommandFailure> {
  const flags = all.filter((flag) => flag.negated === negated);
  const namespaces = namespacesOf(flags);
  const conflict = namespaceConflict(flags, namespaces);
  if (conflict) return conflict;
  const words = new Set(
    flags.map(keyWordOf).filter((word) => !ALL_NAMESPACES.has(word) && !RAW_LISTS.has(word)),
  );
  const terms: Term[] = [];
  for (const word of words) {
    const found = findKeyWord(word);
    if (found === undefined) return unavailable(word);
    const { row, side } = found;
    if (row.key === "namespace" && isAbsorbed(side ?? "either", flags, namespaces)) continue;
    const values: ValueOf<FilterKey>[] = [];
    const given = flags.filter((other) => keyWordOf(other) === word);
    for (const flag of given) {
      const read = readValues(row, side, flag, namespaces);
      if (!read.ok) return read;
      values.push(...read.value);
    }
    if (row.key === "tcp-flags") values.splice(0, values.length, ...hubbleFlags(given));
    terms.push(makeTerm(row.key, values, { side, negated }));
  }
  return ok(terms);
}

/** `--ipv4` and `--ip-version` are one condition. */
function keyWordOf({ word }: FilterFlag): string {
  return word === "ipv4" || word === "ipv6" ? "ip-version" : word;
}

function unavailable(word: string): FailedCommand {
  const refusal = REFUSED_WORDS.get(word);
  return commandFailed(refusal ?? `\`--${word}\` is not available in this version.`);
}

/** Values of one flag as given; a pod without namespace becomes one value for each namespace of its side. */
function readValues(
  row: KeyRow,
  side: Side | undefined,
  flag: FilterFlag,
  namespaces: Namespaces,
): Result<readonly ValueOf<FilterKey>[], CommandFailure> {
  if (row.key === "workload" && flag.value !== "/") return ok([hubbleWorkload(flag.value)]);
  if ((row.key === "pod" || row.key === "service") && flag.value !== "/") {
    return ok(hubbleNames(row.key, flag.value, namespacesFor(side ?? "either", namespaces)));
  }
  if (row.key === "tcp-flags") return readFlagSet(flag);
  if (BARE_VALUES.has(flag.word)) return ok([{ type: "word", word: BARE_VALUES.get(flag.word) ?? "yes" }]);
  const parsed = kindOf(row.key).parse({ text: flag.value, quoted: false });
  if (parsed.ok) return ok([parsed.value]);
  const hint = flag.value.includes(",")
    ? "Hubble takes one value for each flag; repeat the flag."
    : parsed.hint;
  return commandFailed(`--${flag.word}: ${parsed.message}`, hint);
}

/** Flags that stand without a value, and the word that they say. */
const BARE_VALUES: ReadonlyMap<string, "yes" | "v4" | "v6"> = new Map([
  ["encrypted", "yes"],
  ["unencrypted", "yes"],
  ["ipv4", "v4"],
  ["ipv6", "v6"],
]);

/** One `--tcp-flags`: all of a comma list. Read for its problems; the term is put together from all of them. */
function readFlagSet(flag: FilterFlag): Result<readonly ValueOf<"tcp-flags">[], CommandFailure> {
  for (const text of flag.value.split(",")) {
    const parsed = flagsKind.parse({ text, quoted: false });
    if (!parsed.ok || text.includes("/"))
      return commandFailed(
        `--tcp-flags: \`${shown(text)}\` is not a TCP flag.`,
        parsed.ok ? undefined : parsed.hint,
      );
  }
  return ok([]);
}

/** Several `--tcp-flags` are OR; the values of our term are AND. */
function hubbleFlags(flags: readonly FilterFlag[]): readonly ValueOf<"tcp-flags">[] {
  const sets = flags.map(({ value }) => value.toUpperCase().split(","));
  return distributeFlags(sets).map((any) => ({ type: "flags", any }));
}

/** Hubble's `[Kind/]name`: what stands before the slash is always the kind. */
function hubbleWorkload(text: string): WorkloadValue {
  const slash = text.indexOf("/");
  const kind = slash < 0 ? "" : text.slice(0, slash);
  const name = text.slice(slash + 1);
  return { type: "workload", ...(kind === "" ? {} : { kind }), ...(name === "" ? {} : { name }) };
}

/** Hubble matches its unsided flags together on one side of the flow; our terms stand each for itself. */
function sameSideNotes(terms: readonly Term[]): CommandNote[] {
  const unsided = terms.filter((term) => "side" in term && term.side === "either");
  if (unsided.length < 2) return [];
  const flags = unsided.map((term) => `--${term.key}`).join(" and ");
  return [
    {
      kind: "differs",
      text: `Hubble wants ${flags} to match on the same side of a flow; here each may match on either side, so more can show.`,
    },
  ];
}

/** Hubble hides what matches all negated flags together; our negated terms hide each for itself. */
function denyNotes(terms: readonly Term[]): CommandNote[] {
  if (terms.length < 2) return [];
  return [
    {
      kind: "differs",
      text: "Hubble hides only flows that match all the --not flags together; here each of them hides, so less can show.",
    },
  ];
}

function readRange(
  since: string | undefined,
  until: string | undefined,
  notes: CommandNote[],
): Result<{ from?: bigint; to?: bigint }, CommandFailure> {
  const range: { from?: bigint; to?: bigint } = {};
  for (const [flag, text, end] of [
    ["since", since, "from"],
    ["until", until, "to"],
  ] as const) {
    if (text === undefined) continue;
    const time = parseHubbleTime(text);
    if (time.kind === "absolute") range[end] = time.ns;
    else if (time.kind === "relative") {
      notes.push({
        kind: "differs",
        text: `--${flag} ${text} counts from now, which a saved log does not have; set the time range by hand.`,
      });
    } else
      return commandFailed(
        `--${flag}: \`${shown(text)}\` is not a time that can be read here.`,
        "Write it as RFC 3339, for example 2026-03-04T05:12:07Z.",
      );
  }
  return ok(range);
}

/** Filter text, a command or FlowFilters, as it comes from the filter bar. */
export type FilterInput =
  | { readonly kind: "filter"; readonly result: ReturnType<typeof parseFilter> }
  | { readonly kind: "command"; readonly result: ReturnType<typeof parsePastedCommand> };

export function readFilterInput(text: string): FilterInput {
  if (looksPasted(text)) return { kind: "command", result: parsePastedCommand(text) };
  return { kind: "filter", result: parseFilter(text) };
}

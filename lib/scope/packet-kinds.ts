/** Kinds of value about the packet: identity, TCP flags, the DNS name of an address, numbers. */

import { RESERVED_IDENTITY, TCP_FLAGS } from "@/lib/flow/enums";
import { nearestWord } from "./suggest";
import { anyOf, before, behind, comparisons, openEnd } from "./value-forms";
import { parsed, refused, shown, type ValueKind } from "./value-kind";

export interface IdentityValue {
  readonly type: "identity";
  readonly identity: number;
}

/**
 * One condition of `tcp-flags`: any of these flags is set. The values of a term must *all* hold (the one exception
 * to OR), so every combination that repeated flags of a command ask for can be said.
 */
export interface FlagsValue {
  readonly type: "flags";
  /** In the order of the TCP header, no two alike. */
  readonly any: readonly string[];
}

/** Literal pieces between the stars, in lower case, without a final dot. A star is any run of `-`, `.`, digits and a-z. */
export interface FqdnValue {
  readonly type: "fqdn";
  readonly pieces: readonly string[];
}

/** A whole number of at most 64 bits, greater than zero. */
export interface NumberValue {
  readonly type: "number";
  readonly decimal: string;
}

export interface LatencyValue {
  readonly type: "latency";
  readonly operator: ">" | ">=" | "<" | "<=" | "=";
  /** Nanoseconds, decimal. */
  readonly ns: string;
}

const IDENTITY_OF_NAME = new Map([...RESERVED_IDENTITY].map(([number, name]) => [name, number]));
const LARGEST_UINT32 = 2 ** 32 - 1;
const LARGEST_UINT64 = 2n ** 64n - 1n;

export const identityKind: ValueKind<IdentityValue> = {
  describe: "a number, or the name of a reserved identity",
  words: [...IDENTITY_OF_NAME.keys()],
  parse({ text }) {
    const named = IDENTITY_OF_NAME.get(text.toLowerCase());
    if (named !== undefined) return parsed({ type: "identity", identity: named });
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (number <= LARGEST_UINT32) return parsed({ type: "identity", identity: number });
    return refused(`\`${shown(text)}\` is not a security identity.`, {
      hint: `A number, or one of: ${[...IDENTITY_OF_NAME.keys()].join(", ")}.`,
      suggestion: nearestWord(text, [...IDENTITY_OF_NAME.keys()]),
    });
  },
  format({ identity }) {
    return { text: RESERVED_IDENTITY.get(identity) ?? String(identity) };
  },
};

const FLAG_TYPED = new RegExp(`(?:^|/)(?:${TCP_FLAGS.join("|")})$`, "i");

export const flagsKind: ValueKind<FlagsValue> = {
  describe: `TCP flags (${TCP_FLAGS.map((flag) => `\`${flag}\``).join(", ")}), all of which are set; \`SYN/RST\` is either`,
  words: TCP_FLAGS,
  forms: behind("/", "and another flag: either is set", FLAG_TYPED),
  parse({ text }) {
    const words = text.toUpperCase().split("/");
    const unknown = words.find((word) => !(TCP_FLAGS as readonly string[]).includes(word));
    if (unknown === undefined)
      return parsed({ type: "flags", any: TCP_FLAGS.filter((flag) => words.includes(flag)) });
    return refused(`\`${shown(unknown)}\` is not a TCP flag.`, {
      hint: `Known: ${TCP_FLAGS.join(", ")}.`,
      suggestion: words.length === 1 ? nearestWord(text, TCP_FLAGS) : undefined,
    });
  },
  format({ any }) {
    return { text: any.join("/") };
  },
};

export const fqdnKind: ValueKind<FqdnValue> = {
  describe: "a DNS name; `*` stands for any run of letters, digits, `-` and `.`",
  words: [],
  forms: anyOf(before("*.", "and a domain: every name below it"), openEnd),
  parse({ text }) {
    const name = text.trim().replace(/\.$/, "").toLowerCase();
    if (/^[-._0-9a-z*]+$/.test(name) && !name.endsWith("."))
      return parsed({ type: "fqdn", pieces: name.replaceAll(/\*+/g, "*").split("*") });
    return refused(`\`${shown(text)}\` is not a DNS name.`, {
      hint: "A name has letters, digits, `-`, `_` and `.`; `*` stands for any run, as in *.example.com.",
    });
  },
  format({ pieces }) {
    return { text: pieces.join("*") };
  },
};

export const positiveKind: ValueKind<NumberValue> = {
  describe: "a whole number greater than 0",
  words: [],
  parse({ text }) {
    const number = /^\d{1,20}$/.test(text) ? BigInt(text) : 0n;
    if (number > 0n && number <= LARGEST_UINT64) return parsed({ type: "number", decimal: String(number) });
    return refused(`\`${shown(text)}\` is not a whole number greater than 0.`);
  },
  format({ decimal }) {
    return { text: decimal };
  },
};

const LATENCY = /^(>=|<=|>|<|=)(\d{1,9})(?:\.(\d{1,6}))?$/;

export const latencyKind: ValueKind<LatencyValue> = {
  describe: "a comparison in milliseconds: `>250`, `<=0.5`",
  words: [],
  forms: comparisons("milliseconds"),
  parse({ text }) {
    const [, operator, whole = "", fraction = ""] = LATENCY.exec(text) ?? [];
    if (operator === undefined) {
      return refused(`\`${shown(text)}\` is not a comparison.`, {
        hint: "Write >, >=, <, <= or = before a number of milliseconds; for a range, two terms.",
        suggestion: /^\d{1,9}(?:\.\d{1,6})?$/.test(text) ? `>=${text}` : undefined,
      });
    }
    const ns = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
    return parsed({ type: "latency", operator: operator as LatencyValue["operator"], ns: String(ns) });
  },
  format({ operator, ns }) {
    const digits = ns.padStart(7, "0");
    const fraction = digits.slice(-6).replace(/0+$/, "");
    return { text: `${operator}${digits.slice(0, -6)}${fraction === "" ? "" : `.${fraction}`}` };
  },
};

/**
 * Turns "all of these, in each any of its flags" into "any of these, in each all of its flags", and back: the
 * one way is written like the other. Lists that say nothing new are left out.
 */
export function distributeFlags(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  let found: readonly (readonly string[])[] = [[]];
  for (const list of lists) {
    const longer = found.flatMap((one) =>
      list.map((flag) => TCP_FLAGS.filter((other) => other === flag || one.includes(other))),
    );
    found = withoutSupersets(longer);
  }
  return found;
}

function maskOf(flags: readonly string[]): number {
  return TCP_FLAGS.reduce((mask, flag, bit) => mask + (flags.includes(flag) ? 2 ** bit : 0), 0);
}

function withoutSupersets(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  // Ties by the flags themselves, so that equal conditions come out equal.
  const shortest = lists.toSorted((a, b) => a.length - b.length || maskOf(a) - maskOf(b));
  const kept: (readonly string[])[] = [];
  for (const list of shortest)
    if (!kept.some((other) => other.every((flag) => list.includes(flag)))) kept.push(list);
  return kept;
}

/** Kinds of value that are one word, one number or one piece of text. */

import { type EnumTable, enumName } from "@/lib/flow/enums";
import { type Glob, globText, parseGlob } from "./glob";
import { writeValue } from "./scan";
import { nearestWord } from "./suggest";
import { anyOf, before, openEnd } from "./value-forms";
import { parsed, refused, shown, type ValueKind } from "./value-kind";

/** `name` as a flow holds it: the enum's name, else the decimal text of a number without a name, else a foreign word. */
export interface EnumValue {
  readonly type: "enum";
  readonly name: string;
}

export interface WordValue<Word extends string> {
  readonly type: "word";
  readonly word: Word;
}

/** Compared exactly, with case. */
export interface TextValue {
  readonly type: "text";
  readonly text: string;
}

/** Found anywhere in a name, without case. */
export interface SearchValue {
  readonly type: "search";
  readonly text: string;
}

/** A whole name, with stars for any run of characters. */
export interface FileValue {
  readonly type: "file";
  readonly name: Glob;
}

/** How many. */
export interface CountValue {
  readonly type: "count";
  readonly count: number;
}

export interface PortValue {
  readonly type: "port";
  readonly port: number;
}

/** Numbers of protobuf enums are int32; ten digits hold them all. */
const ENUM_NUMBER = /^-?\d{1,10}$/;

/**
 * An enum of the flow message, by name (any case) or number.
 *
 * `words` gives names another spelling (`egress` for EGRESS). A word that is in no table is refused when
 * plain and kept when quoted: a newer Hubble may write it, and what a log shows can be filtered.
 */
export function enumKind(
  table: EnumTable,
  what: string,
  words: readonly (readonly [name: string, word: string])[] = [],
): ValueKind<EnumValue> {
  const wordOf = new Map(words);
  const spelled = [...table.numberOf.keys()].map((name) => ({ name, word: wordOf.get(name) ?? name }));
  const byWord = new Map(
    spelled.flatMap(({ name, word }) => [
      [name.toLowerCase(), name],
      [word.toLowerCase(), name],
    ]),
  );
  const list = spelled.map(({ word }) => word);
  return {
    describe: `${what}: ${list.length > 12 ? "name or number" : list.map((word) => `\`${word}\``).join(", ")}`,
    words: list,
    parse({ text, quoted }) {
      if (ENUM_NUMBER.test(text)) return parsed({ type: "enum", name: enumName(table, Number(text)) });
      if (quoted) return parsed({ type: "enum", name: text });
      const name = byWord.get(text.toLowerCase());
      if (name !== undefined) return parsed({ type: "enum", name });
      return refused(`\`${shown(text)}\` is not ${what}.`, {
        hint: [listed(list), "If the log really has this word, write it in quotes."]
          .filter(Boolean)
          .join(" "),
        suggestion: nearestWord(text, list),
      });
    },
    format({ name }) {
      if (ENUM_NUMBER.test(name)) return { text: name };
      return table.numberOf.has(name) ? { text: wordOf.get(name) ?? name } : { text: name, asIs: true };
    },
  };
}

/** One of a fixed list of words, any case on input. `also` maps other spellings to a word of the list. */
export function wordKind<const Word extends string>(
  what: string,
  list: readonly Word[],
  also: Readonly<Record<string, Word>> = {},
): ValueKind<WordValue<Word>> {
  const byText = new Map<string, Word>(list.map((word) => [word, word]));
  for (const [text, word] of Object.entries(also)) byText.set(text, word);
  return {
    describe: `${what}: ${list.map((word) => `\`${word}\``).join(", ")}`,
    words: list,
    parse({ text }) {
      const word = byText.get(text.toLowerCase());
      if (word !== undefined) return parsed({ type: "word", word });
      return refused(`\`${shown(text)}\` is not ${what}.`, {
        hint: listed(list),
        suggestion: nearestWord(text, list),
      });
    },
    format({ word }) {
      return { text: word };
    },
  };
}

export function textKind(describe: string): ValueKind<TextValue> {
  return {
    describe,
    words: [],
    parse({ text }) {
      return parsed({ type: "text", text });
    },
    format({ text }) {
      return { text };
    },
  };
}

export const yesNoKind = wordKind("an answer", ["yes", "no"], { true: "yes", false: "no" });

export const searchKind: ValueKind<SearchValue> = {
  describe: "a piece of a name, in any case",
  words: [],
  parse({ text }) {
    return parsed({ type: "search", text });
  },
  format({ text }) {
    return { text };
  },
};

export const fileKind: ValueKind<FileValue> = {
  describe: "the name of a file; `*` stands for any run of characters",
  words: [],
  forms: anyOf(before("*", "and how the name ends"), openEnd),
  parse({ text }) {
    return parsed({ type: "file", name: parseGlob(text) });
  },
  format({ name }) {
    return { text: globText(name) };
  },
};

export const portKind: ValueKind<PortValue> = {
  describe: "a port number, 0 to 65535",
  words: [],
  parse({ text }) {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (port <= 65535) return parsed({ type: "port", port });
    return refused(`\`${shown(text)}\` is not a port number.`, {
      hint: "Ports are whole numbers from 0 to 65535; several are separated by commas.",
    });
  },
  format({ port }) {
    return { text: String(port) };
  },
};

export const countKind: ValueKind<CountValue> = {
  describe: "a number, 0 or more",
  words: [],
  parse({ text }) {
    if (/^\d{1,9}$/.test(text)) return parsed({ type: "count", count: Number(text) });
    return refused(`\`${shown(text)}\` is not a number.`, { hint: "A whole number, 0 or more." });
  },
  format({ count }) {
    return { text: String(count) };
  },
};

/** Nothing for a list too long to read in a hint. */
function listed(words: readonly string[]): string | undefined {
  return words.length > 12 ? undefined : `Known: ${words.map((word) => writeValue(word)).join(", ")}.`;
}

/** What is kept with a pin, to tell years later whether it still shows what it showed. */

import { z } from "zod";

/** Hexadecimal SHA-256. */
const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** Of what a capture held at a revision. */
export const contentSealSchema = z.object({
  revision: z.int().nonnegative(),
  /** Of all files together. */
  digest,
  /** The first of them, to say which one differs. */
  files: z.array(z.object({ name: z.string(), digest })).max(100),
  /** How many there are. */
  count: z.int().nonnegative(),
});

export type ContentSeal = z.infer<typeof contentSealSchema>;

/** Of what a pin showed. */
export const pinSealSchema = z.object({
  /** RFC 3339. */
  at: z.string(),
  /** Version of the rules by which the revision was settled. */
  rules: z.int().nonnegative(),
  /** Digest of the program that answered: questions may be answered otherwise by another. */
  program: z.string(),
  answers: z.array(z.object({ question: z.string(), digest })),
  /** Headline numbers, to say how it differs. */
  events: z.int().nonnegative(),
  drops: z.int().nonnegative().nullable(),
});

export type PinSeal = z.infer<typeof pinSealSchema>;

const CHECK_STATES = ["same", "newer-rules", "differs", "not-checked"] as const;

export const checkSchema = z.object({
  state: z.enum(CHECK_STATES),
  says: z.string().describe("A sentence for the reader."),
});

export type Check = z.infer<typeof checkSchema>;

/** A pin's answers and its capture's content, as they are now. */
export interface Found {
  readonly content: ContentSeal;
  readonly seal: PinSeal;
}

/** Compares what is there with what was when the pin was saved. `sealed`: undefined when nothing was kept then. */
export function checkPin(
  sealed: { readonly content: ContentSeal | undefined; readonly seal: PinSeal | undefined },
  now: Found,
): Check {
  const { content, seal } = sealed;
  if (content === undefined || seal === undefined)
    return { state: "not-checked", says: "Saved by an older Eyepiece, which kept nothing to compare with." };
  if (content.digest !== now.content.digest)
    return {
      state: "differs",
      says: `The records are not those that were saved: ${filesText(content, now.content)}.`,
    };
  const changed = changedAnswers(seal, now.seal);
  if (changed.length === 0) return { state: "same", says: `The same as when it was saved, ${dayOf(seal)}.` };
  const asksOthers = questionsOf(seal) !== questionsOf(now.seal);
  const parts = `${changed.join(", ")} ${changed.length === 1 ? "differs" : "differ"}${numbersText(seal, now.seal)}`;
  // What a pin asks is the program's choice, and no sign of a change.
  if (seal.program !== now.seal.program || seal.rules !== now.seal.rules || asksOthers)
    return { state: "newer-rules", says: `The same data, answered by newer rules: ${parts}.` };
  return {
    state: "differs",
    says: `Not what was saved ${dayOf(seal)}, although the records are the same: ${parts}. The capture's file was changed outside Eyepiece.`,
  };
}

function dayOf({ at }: PinSeal): string {
  return `on ${at.slice(0, 10)}`;
}

function questionsOf({ answers }: PinSeal): string {
  return answers.map(({ question }) => question).join(" ");
}

function changedAnswers(before: PinSeal, now: PinSeal): string[] {
  const place = (seal: PinSeal) =>
    new Map(seal.answers.map(({ question, digest }, at) => [`${at} ${question}`, digest]));
  const [was, is] = [place(before), place(now)];
  const keys = [...new Set([...was.keys(), ...is.keys()])].filter((key) => was.get(key) !== is.get(key));
  return [...new Set(keys.map((key) => key.slice(key.indexOf(" ") + 1)))];
}

function numbersText(before: PinSeal, now: PinSeal): string {
  const say = ({ events, drops }: PinSeal) => `${events} events and ${drops ?? "unknown"} drops`;
  return say(before) === say(now) ? "" : ` (saved with ${say(before)}, now ${say(now)})`;
}

function filesText(before: ContentSeal, now: ContentSeal): string {
  const is = new Map(now.files.map(({ name, digest }) => [name, digest]));
  const was = new Set(before.files.map(({ name }) => name));
  const parts = before.files.flatMap(({ name, digest }) => {
    const found = is.get(name);
    if (found === undefined) return [`${name} is missing`];
    return found === digest ? [] : [`${name} was changed`];
  });
  parts.push(...now.files.flatMap(({ name }) => (was.has(name) ? [] : [`${name} was added`])));
  if (parts.length === 0) return "a file was changed";
  return parts.length > 3 ? `${parts.slice(0, 3).join(", ")} and ${parts.length - 3} more` : parts.join(", ");
}

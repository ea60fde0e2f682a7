/** Event types with their sub-types: `drop`, `drop:133`, `trace:to-endpoint`, `129`. */

import {
  DROP_REASON,
  EVENT_TYPE,
  SOCKET_TRANSLATION_POINT,
  TRACE_OBSERVATION_POINT,
  TRACE_SUB_TYPE,
} from "@/lib/flow/enums";
import { enumKind } from "./simple-kinds";
import { nearestWord } from "./suggest";
import { behind } from "./value-forms";
import { parsed, refused, shown, type ValueKind } from "./value-kind";

/** `event_type.type`, and `event_type.sub_type` where one is asked for (0 is a sub-type like any other). */
export interface EventValue {
  readonly type: "event";
  readonly event: number;
  readonly subType?: number;
}

const EVENT = { drop: 1, trace: 4, traceSock: 7 } as const;

/** Types that flows have; debug and agent events are other kinds of record. */
const FLOW_EVENT_WORDS = ["drop", "trace", "policy-verdict", "l7", "trace-sock", "capture"];

const TRACE_WORDS = new Map(
  [...TRACE_SUB_TYPE].map(([number, name]) => [name.toLowerCase().replaceAll("_", "-"), number]),
);

/** `SOCK_XLATE_POINT_PRE_DIRECTION_FWD` is `pre-xlate-fwd` on the command line. */
const SOCK_WORDS = new Map(
  [...SOCKET_TRANSLATION_POINT.numberOf].flatMap(([name, number]) => {
    const match = /^SOCK_XLATE_POINT_(PRE|POST)_DIRECTION_(FWD|REV)$/.exec(name);
    return match ? [[`${match[1]}-xlate-${match[2]}`.toLowerCase(), number] as const] : [];
  }),
);

const DROP_WORDS = new Map([...DROP_REASON.numberOf].map(([name, number]) => [name.toLowerCase(), number]));

/** Sub-type words by event type; only those of `trace` and `trace-sock` are written back as words. */
const SUB_TYPE_WORDS: ReadonlyMap<number, ReadonlyMap<string, number>> = new Map<
  number,
  ReadonlyMap<string, number>
>([
  [EVENT.drop, DROP_WORDS],
  [EVENT.trace, TRACE_WORDS],
  [EVENT.traceSock, SOCK_WORDS],
]);

const NUMBER = /^\d{1,9}$/;

const EVENT_TYPED = new RegExp(`^(?:${FLOW_EVENT_WORDS.join("|")})$`, "i");

export const eventKind: ValueKind<EventValue> = {
  describe: "an event type (name or number), with its sub-type behind a colon",
  forms: behind(":", "and its sub-type", EVENT_TYPED),
  words: [...FLOW_EVENT_WORDS, ...[...TRACE_WORDS.keys()].map((word) => `trace:${word}`)],
  parse({ text }) {
    const colon = text.indexOf(":");
    const word = colon < 0 ? text : text.slice(0, colon);
    const event = NUMBER.test(word) ? Number(word) : EVENT_TYPE.numberOf.get(word.toLowerCase());
    if (event === undefined) {
      const nearest = nearestWord(word, FLOW_EVENT_WORDS);
      return refused(`\`${shown(word)}\` is not an event type.`, {
        hint: `Known: ${FLOW_EVENT_WORDS.join(", ")}, or a number.`,
        suggestion: nearest === undefined || colon < 0 ? nearest : nearest + text.slice(colon),
      });
    }
    if (colon < 0) return parsed({ type: "event", event });
    return parseSubType(event, word, text.slice(colon + 1));
  },
  format({ event, subType }) {
    const word = EVENT_TYPE.nameOf.get(event) ?? String(event);
    return { text: subType === undefined ? word : `${word}:${subTypeText(event, subType)}` };
  },
};

function parseSubType(event: number, typeWord: string, text: string): ReturnType<typeof eventKind.parse> {
  const words = SUB_TYPE_WORDS.get(event);
  const subType = NUMBER.test(text) ? Number(text) : words?.get(text.toLowerCase());
  if (subType !== undefined) return parsed({ type: "event", event, subType });
  const nearest = nearestWord(text, [...(words?.keys() ?? [])]);
  return refused(`\`${shown(text)}\` is not a sub-type of \`${shown(typeWord)}\`.`, {
    hint:
      event === EVENT.trace
        ? `Known: ${[...TRACE_WORDS.keys()].join(", ")}.`
        : "A sub-type is a number here.",
    suggestion: nearest === undefined ? undefined : `${typeWord}:${nearest}`,
  });
}

function subTypeText(event: number, subType: number): string {
  if (event === EVENT.drop) return String(subType);
  for (const [word, number] of SUB_TYPE_WORDS.get(event) ?? []) if (number === subType) return word;
  return String(subType);
}

/** `TO_ENDPOINT` is `to-endpoint` on the command line. */
export const tracePointKind = enumKind(
  TRACE_OBSERVATION_POINT,
  "a trace point",
  [...TRACE_OBSERVATION_POINT.numberOf.keys()].map(
    (name) => [name, name.toLowerCase().replaceAll("_", "-")] as const,
  ),
);

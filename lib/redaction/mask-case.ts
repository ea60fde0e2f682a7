/**
 * An investigation that goes along with a masked copy: what it says is masked like the records, and its links lead to the same
 * rows of the copy.
 *
 * A link that names something only in part (`pod:shop/web-7d`, a pattern) can be masked by no list of values: its pin is left out
 * rather than shown.
 */

import type { Investigation, Pin } from "@/lib/investigations/investigation";
import { type Filter, formatFilter, parseFilter, type Term } from "@/lib/scope/filter";
import { VIEW_WORDS } from "@/lib/scope/link";
import { addressesIn, findOriginals } from "./cover";
import type { MaskKind } from "./kinds";
import type { Mask } from "./mask";
import { isEnumWord, isKept, isKnownLabelKey, isTelling } from "./words";

export type CaseText = Pick<Investigation, "title" | "notes" | "pins">;

export interface MaskedCase {
  readonly case: CaseText;
  /** Pins whose links cannot be masked. */
  readonly leftOut: number;
}

/** Keys whose values are words of Hubble, numbers, or yes and no. */
const HARMLESS: ReadonlySet<string> = new Set(
  "verdict port protocol type drop-reason-desc traffic-direction tcp-flags ip-version http-method http-status encrypted unencrypted reply server-port unplaced drop decided-by attempt answered direction trace-point dns-rcode expansion not-a-loss latency-ms aggregated request answer kafka-api connection lookup dns dns-state dns-qtype dns-answers".split(
    " ",
  ),
);
/** Ids of the original, which are others in the copy; names of its files; what a map folds, by order of names too. */
const OF_THE_ORIGINAL: ReadonlySet<string> = new Set(["cause", "file", "map-part"]);
const NAMES: readonly MaskKind[] = ["pods", "namespaces", "nodes", "dns", "urls", "labels"];
/** Words of values that are none of the log's. */
const VALUE_WORDS: ReadonlySet<string> = new Set(
  "reserved world host remote-node kube-apiserver health init unmanaged ingress unknown dns cidr ip service identity any k8s in notin fqdn".split(
    " ",
  ),
);
/** Parameters of a view that may hold names. What is open in the original is not looked for in the copy. */
const DROPPED: ReadonlySet<string> = new Set(["flow", "cause"]);
const PLAIN: ReadonlySet<string> = new Set(["from", "to", "revision", "order", "v"]);

export function maskCase(mask: Mask, { title, notes, pins }: CaseText): MaskedCase {
  const masked = pins.flatMap((pin) => maskPin(mask, pin) ?? []);
  return {
    case: { title: mask.text(title), notes: mask.text(notes), pins: masked },
    leftOut: pins.length - masked.length,
  };
}

function maskPin(mask: Mask, pin: Pin): Pin | undefined {
  const link = pin.view === null ? "" : maskLink(mask, pin.link);
  return link === undefined
    ? undefined
    : { ...pin, link, title: mask.text(pin.title), note: mask.text(pin.note) };
}

/** Undefined: it cannot be masked. */
export function maskLink(mask: Mask, link: string): string | undefined {
  const masked = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(link)) {
    if (DROPPED.has(name)) continue;
    const kept = PLAIN.has(name) ? value : maskParameter(mask, name, value);
    if (kept !== undefined) masked.append(name, kept);
    // What decides the rows must not be left out; what is looked for or open may.
    else if (name === "q" || name === "hide") return undefined;
  }
  return masked.toString();
}

function maskParameter(mask: Mask, name: string, value: string): string | undefined {
  if (name === "q" || name === "off") return maskFilter(mask, value);
  if (name === "hide") return maskHide(mask, value);
  // Words of ours have no blanks; what a log can hold may have.
  const known = Object.entries(VIEW_WORDS).find(([word]) => word === name)?.[1];
  if (known !== undefined && !known.form.test("a b")) return value;
  return isCovered(mask, value) ? mask.text(value) : undefined;
}

/** Kinds of noise, then a filter. */
function maskHide(mask: Mask, value: string): string | undefined {
  const [noise = "", ...rest] = value.split(" ");
  const filter = maskFilter(mask, rest.join(" "));
  return filter === undefined ? undefined : `${noise} ${filter}`.trim();
}

function maskFilter(mask: Mask, text: string): string | undefined {
  const parsed = parseFilter(text);
  if (!parsed.ok) return undefined;
  const terms = parsed.value.terms.map((term) => maskTerm(mask, term));
  return terms.includes(undefined) ? undefined : terms.join(" ");
}

function maskTerm(mask: Mask, term: Term): string | undefined {
  const text = formatFilter({ terms: [term] } satisfies Filter);
  if (HARMLESS.has(term.key)) return text;
  if (OF_THE_ORIGINAL.has(term.key)) return undefined;
  const colon = text.indexOf(":");
  const [key, value] = [text.slice(0, colon + 1), text.slice(colon + 1)];
  if (term.key === "identity") return key + maskIdentities(mask, value);
  const networks = value.replace(/[\da-fA-F:.]+\/\d{1,3}(?![\w.])/g, (network) => mask.network(network));
  if (networks !== value)
    return isCovered(mask, withoutNetworks(networks)) ? key + mask.text(networks) : undefined;
  return isCovered(mask, value) ? key + mask.text(value) : undefined;
}

function withoutNetworks(text: string): string {
  return text.replace(/[\da-fA-F:.]+\/\d{1,3}(?![\w.])/g, "");
}

function maskIdentities(mask: Mask, value: string): string {
  return value.replace(/\d+/g, (number) => String(mask.identity("identity", Number(number))));
}

/** Everything in it that could name something is a masked value as a whole, or is of a kind that is not masked. */
function isCovered(mask: Mask, text: string): boolean {
  let rest = "";
  let from = 0;
  for (const { start, end } of findOriginals(text, mask.originals)) {
    rest += `${text.slice(from, start)} `;
    from = end;
  }
  rest += text.slice(from);
  if (mask.has("ips") && addressesIn(rest).length > 0) return false;
  if (!NAMES.some((kind) => mask.has(kind))) return true;
  const words = rest.match(/[\w-]+(?:[./][\w-]+)*/g) ?? [];
  return words.every((word) => isKnownLabelKey(word) || word.split(/[./]/).every(isHarmless));
}

function isHarmless(word: string): boolean {
  return !isTelling(word) || isKept(word) || isEnumWord(word) || VALUE_WORDS.has(word);
}

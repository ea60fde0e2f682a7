/**
 * Kubernetes label selectors over Cilium labels: parsed, written back in one spelling, and matched.
 *
 * Grammar and meaning are those of `hubble observe --label` (Cilium 1.19.4 `pkg/hubble/filters/labels.go` and
 * `labelparser.go`, k8s.io/apimachinery `labels.Parse`): requirements joined by commas, all of which must
 * hold; a key may name the label's source before a colon, and without one any source will do; of several
 * labels with the key the first in the list counts; a `cidr:` key matches the labels of narrower ranges too.
 */

import { type Cidr, cidrContains, parseCidr } from "./address";
import { anyOf, before, behind } from "./value-forms";
import { parsed, refused, shown, type ValueKind } from "./value-kind";

/** `in` and `notin` also say `=` and `!=`; a `notin` holds when there is no such label. */
export interface LabelRequirement {
  /** `any`: whatever the source. */
  readonly source: string;
  readonly key: string;
  readonly operator: "exists" | "absent" | "in" | "notin" | "above" | "below";
  /** Sorted, no two alike; empty for `exists` and `absent`, one whole number for `above` and `below`. */
  readonly values: readonly string[];
}

export interface LabelValue {
  readonly type: "label";
  readonly requirements: readonly LabelRequirement[];
}

/** A label cut into its parts. */
export interface Label {
  readonly source: string;
  readonly key: string;
  readonly value: string;
}

type Operator = "=" | "==" | "!=" | "in" | "notin" | ">" | "<";

const TOKEN = /\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+)/y;
const WHOLE_NUMBER = /^-?\d{1,15}$/;
const PUNCTUATION = /^(?:==|!=|[=!(),<>])$/;

const LABEL_KEY = /^[^\s=!(),<>]+$/;

export const labelKind: ValueKind<LabelValue> = {
  describe: "a label selector: `key=value`, `key in (a,b)`, `key`, `!key`; with commas, in quotes",
  words: [],
  forms: anyOf(
    before("!", "and a key: no such label"),
    behind("=", "and the value of this label", LABEL_KEY),
    behind("!=", "and a value that it does not have", LABEL_KEY),
  ),
  parse({ text }) {
    const tokens = tokensOf(text);
    const reader = new SelectorReader(tokens);
    const requirements = reader.read();
    if (typeof requirements !== "string") return parsed({ type: "label", requirements });
    return refused(`\`${shown(text)}\` is not a label selector: ${requirements}`, {
      hint: 'For example label:app=web, label:k8s:app or label:"app in (web,api),!canary".',
    });
  },
  format({ requirements }) {
    return { text: requirements.map(requirementText).join(",") };
  },
};

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) tokens.push(match[1] ?? "");
  return tokens;
}

/** Reads tokens as requirements; a text says what is wrong. */
class SelectorReader {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  read(): readonly LabelRequirement[] | string {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const requirement = this.requirement();
      if (typeof requirement === "string") return requirement;
      requirements.push(requirement);
      if (this.at === this.tokens.length) return requirements;
      if (this.take() !== ",") return "between two conditions stands a comma.";
    }
  }

  private take(): string | undefined {
    return this.tokens[this.at++];
  }

  private requirement(): LabelRequirement | string {
    const isAbsent = this.tokens[this.at] === "!";
    if (isAbsent) this.at++;
    const word = this.take();
    if (word === undefined || PUNCTUATION.test(word)) return "a key is missing.";
    const { source, key } = keyOf(word);
    if (key === "") return "a key is missing behind the colon.";
    if (isAbsent) return { source, key, operator: "absent", values: [] };
    const next = this.tokens[this.at];
    if (next === undefined || next === ",") return { source, key, operator: "exists", values: [] };
    this.at++;
    const compared = this.compared(next as Operator);
    return typeof compared === "string" ? compared : { source, key, ...compared };
  }

  private compared(operator: Operator): Pick<LabelRequirement, "operator" | "values"> | string {
    switch (operator) {
      case "=":
      case "==":
        return { operator: "in", values: [this.value()] };
      case "!=":
        return { operator: "notin", values: [this.value()] };
      case "in":
      case "notin":
        return this.list(operator);
      case ">":
      case "<": {
        const value = this.value();
        if (!WHOLE_NUMBER.test(value)) return `behind \`${operator}\` stands a whole number.`;
        return { operator: operator === ">" ? "above" : "below", values: [value] };
      }
      default:
        return `\`${shown(operator)}\` is not an operator.`;
    }
  }

  /** A value may be empty: `key=`. */
  private value(): string {
    const next = this.tokens[this.at];
    if (next === undefined || PUNCTUATION.test(next)) return "";
    this.at++;
    return next;
  }

  private list(operator: "in" | "notin"): Pick<LabelRequirement, "operator" | "values"> | string {
    if (this.take() !== "(") return `behind \`${operator}\` stands a list in parentheses.`;
    const values = new Set<string>();
    for (;;) {
      values.add(this.value());
      const next = this.take();
      if (next === ")") return { operator, values: [...values].sort() };
      if (next !== ",") return "a list ends with `)`.";
    }
  }
}

function keyOf(word: string): { source: string; key: string } {
  const colon = word.indexOf(":");
  return colon < 0
    ? { source: "any", key: word }
    : { source: word.slice(0, colon), key: word.slice(colon + 1) };
}

function requirementText({ source, key, operator, values }: LabelRequirement): string {
  const name = source === "any" && !key.includes(":") ? key : `${source}:${key}`;
  switch (operator) {
    case "exists":
      return name;
    case "absent":
      return `!${name}`;
    case "above":
      return `${name}>${values[0]}`;
    case "below":
      return `${name}<${values[0]}`;
    case "in":
      return values.length === 1 ? `${name}=${values[0]}` : `${name} in (${values.join(",")})`;
    case "notin":
      return values.length === 1 ? `${name}!=${values[0]}` : `${name} notin (${values.join(",")})`;
  }
}

/** `source:key=value`; a colon behind the equals sign belongs to the value. */
export function parseLabel(text: string): Label {
  const equals = text.indexOf("=");
  const colon = text.indexOf(":");
  const hasSource = colon > 0 && (equals < 0 || colon < equals);
  const rest = hasSource ? text.slice(colon + 1) : text;
  const split = rest.indexOf("=");
  return {
    source: hasSource ? text.slice(0, colon) : "unspec",
    key: split < 0 ? rest : rest.slice(0, split),
    value: split < 0 ? "" : rest.slice(split + 1),
  };
}

export function matchesSelector({ requirements }: LabelValue, labels: readonly Label[]): boolean {
  return requirements.every((requirement) => holds(requirement, labels));
}

function holds(requirement: LabelRequirement, labels: readonly Label[]): boolean {
  const { operator, values } = requirement;
  const found = labels.find((label) => hasKey(label, requirement));
  switch (operator) {
    case "exists":
      return found !== undefined;
    case "absent":
      return found === undefined;
    case "in":
      return found !== undefined && values.includes(found.value);
    case "notin":
      return found === undefined || !values.includes(found.value);
    case "above":
    case "below": {
      if (found === undefined || !WHOLE_NUMBER.test(found.value)) return false;
      const [value, bound] = [Number(found.value), Number(values[0])];
      return operator === "above" ? value > bound : value < bound;
    }
  }
}

function hasKey(label: Label, { source, key }: LabelRequirement): boolean {
  if (source !== "any" && label.source !== source) return false;
  if (label.key === key) return true;
  if (source !== "cidr") return false;
  const [wanted, had] = [cidrOf(key), cidrOf(label.key)];
  return (
    wanted !== undefined && had !== undefined && had.bits >= wanted.bits && cidrContains(wanted, had.network)
  );
}

/** In labels the colons of IPv6 are written as dashes. */
function cidrOf(key: string): Cidr | undefined {
  return parseCidr(key.replaceAll("-", ":"));
}

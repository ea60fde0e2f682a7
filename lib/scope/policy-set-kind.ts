/** A set of policies, whole: `shop/CiliumNetworkPolicy/no-database + /CiliumClusterwideNetworkPolicy/deny-all`. */

import { parsed, refused, shown, type ValueKind } from "./value-kind";

/** What the record named of a policy; at least one part is there. */
export interface PolicyName {
  readonly kind: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
}

export interface PolicySetValue {
  readonly type: "policies";
  /** Sorted by their text, no two alike. */
  readonly policies: readonly PolicyName[];
}

const AND = " + ";
/** Splits at a plus between blanks and at a slash, unless a backslash stands before it. */
const PLUS = /(?<=(?:^|[^\\])(?:\\\\)*) \+ /;
const SLASH = /(?<=(?:^|[^\\])(?:\\\\)*)\//;

export const policySetKind: ValueKind<PolicySetValue> = {
  describe: "`namespace/Kind/name`, parts that the log left out are empty; several policies joined by ` + `",
  words: [],
  parse({ text }) {
    const policies: PolicyName[] = [];
    for (const part of text.split(PLUS)) {
      const parts = part.split(SLASH).map(unescaped);
      const [namespace, kind, name] = parts;
      if (parts.length !== 3 || parts.every((piece) => piece === null))
        return refused(`\`${shown(part)}\` is not a policy.`, {
          hint: 'Whole references are wanted: denied-by:"shop/CiliumNetworkPolicy/no-database". policy: finds parts of one.',
        });
      policies.push({ namespace: namespace ?? null, kind: kind ?? null, name: name ?? null });
    }
    return parsed(policySet(policies));
  },
  format({ policies }) {
    return { text: policies.map(referenceText).join(AND) };
  },
};

/** In the one order that a set has here. */
export function policySet(policies: readonly PolicyName[]): PolicySetValue {
  const byText = new Map(policies.map((policy) => [referenceText(policy), policy]));
  const sorted = [...byText].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    type: "policies",
    policies: sorted.map(([, { namespace, kind, name }]) => ({ namespace, kind, name })),
  };
}

function referenceText({ namespace, kind, name }: PolicyName): string {
  return [namespace, kind, name].map((part) => (part ?? "").replaceAll(/[\\/+]/g, "\\$&")).join("/");
}

function unescaped(part: string): string | null {
  return part === "" ? null : part.replaceAll(/\\([\\/+])/g, "$1");
}

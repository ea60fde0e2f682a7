/** Ways to write a value beyond its plain text, for completion: comparisons, beginnings, ranges, patterns. */

import type { ValueForm, ValueForms } from "./value-kind";

/** A mark that a value begins with, offered while it is being typed. */
export function before(mark: string, about: string): ValueForms {
  return (typed) => (mark !== typed && mark.startsWith(typed) ? [{ text: mark, about }] : []);
}

/** A mark that can follow what was typed, where that is as `fits` says. */
export function behind(mark: string, about: string, fits: RegExp): ValueForms {
  return (typed) => (fits.test(typed) ? [{ text: typed + mark, about }] : []);
}

export function anyOf(...all: readonly ValueForms[]): ValueForms {
  return (typed) => all.flatMap((forms) => forms(typed));
}

const COMPARISONS = [
  { mark: ">", about: "more than so many" },
  { mark: ">=", about: "so many or more" },
  { mark: "<", about: "less than so many" },
  { mark: "<=", about: "so many or less" },
  { mark: "=", about: "exactly so many" },
] as const;

/** Comparisons with a number, and the other end of a range once one end is there. */
export function comparisons(unit: string): ValueForms {
  return (typed) => {
    const end = /^([<>])=?[\d.]+$/.exec(typed)?.[1];
    if (end !== undefined) {
      const text = end === ">" ? "<" : ">";
      return [{ text, about: `a second term, for a range of ${unit}`, isSecondTerm: true }];
    }
    const isNumber = /^\d[\d.]*$/.test(typed);
    return COMPARISONS.flatMap(({ mark, about }): ValueForm[] => {
      if (isNumber) return [{ text: mark + typed, about: `${about} ${unit}` }];
      return mark !== typed && mark.startsWith(typed) ? [{ text: mark, about: `${about} ${unit}` }] : [];
    });
  };
}

/** The beginning of a status code with a plus. */
export function statusBeginnings(classes: readonly string[]): ValueForms {
  return (typed) => {
    const beginnings = typed === "" ? classes : /^[1-5]\d?$/.test(typed) ? [typed] : [];
    return beginnings.map((digits) => ({
      text: `${digits}+`,
      about: `${digits.padEnd(3, "0")} to ${digits.padEnd(3, "9")}`,
    }));
  };
}

/** A pattern that is found anywhere, tied to an end of the text. */
export const patternEnds: ValueForms = anyOf(
  before("^", "and how the text begins"),
  (typed) => (/^[^^]/.test(typed) ? [{ text: `^${typed}`, about: "the text begins with it" }] : []),
  behind("$", "the text ends with it", /[^$\\]$/),
);

/** `*` for what is left open. */
export const openEnd: ValueForms = behind("*", "names that begin so", /[^*\\]$/);

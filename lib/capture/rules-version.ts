/** Raised whenever the rules of settling give another answer for the same flows. */
export const RULES_VERSION = 13;

/** Which of the questions that wait goes first (waiting.ts). */

import type { QuestionName } from "./questions";

export const USUAL = 1;

/** Rows and what is read of single flows are quick, and looked at first; what reads the whole capture stands beside or below. */
export const RANKS: { readonly [Name in QuestionName]?: number } = {
  ...{ files: 0, file: 0, flows: 0, flow: 0, flowBytes: 0 },
  ...{ report: 2, changes: 2, facets: 2, contentDigest: 2 },
};

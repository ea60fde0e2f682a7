/**
 * Signs that an export was filtered (`hubble-export-allowlist`, `hubble observe --verdict ...`): what is not in
 * such a file did not necessarily not happen.
 *
 * A sign is not a proof, so a file of few flows gives none.
 */

import type { FileFacts } from "./facts";

const FEWEST_FLOWS = 50;

export interface SuspectedFilter {
  readonly file: string;
  readonly sign: "one-verdict" | "no-forwarded" | "one-namespace" | "only-l7";
  /** The verdict or namespace. */
  readonly value: string | null;
  readonly text: string;
}

export function suspectFilters(files: readonly FileFacts[]): SuspectedFilter[] {
  return files.filter(({ flows }) => flows >= FEWEST_FLOWS).flatMap(signsOf);
}

function signsOf(file: FileFacts): SuspectedFilter[] {
  const signs: SuspectedFilter[] = [];
  const say = (sign: SuspectedFilter["sign"], value: string | null, text: string): void => {
    signs.push({ file: file.name, sign, value, text });
  };
  const verdicts = Object.keys(file.verdicts);
  const [only] = verdicts;
  if (verdicts.length === 1 && only !== undefined && only !== "FORWARDED")
    say("one-verdict", only, `Only flows with verdict ${only}: it cannot tell whether anything worked.`);
  else if (verdicts.length > 1 && file.verdicts.FORWARDED === undefined)
    say("no-forwarded", null, "No FORWARDED flow: it cannot tell whether anything worked.");
  else if (only === "FORWARDED" && verdicts.length === 1)
    say("one-verdict", only, "Only FORWARDED flows: drops may have been left out.");
  const [namespace] = file.commonNamespaces;
  if (file.commonNamespaces.length === 1 && namespace !== undefined && file.namespaces > 1)
    say(
      "one-namespace",
      namespace,
      `Every flow has namespace ${namespace} on one side: other traffic may have been left out.`,
    );
  const types = Object.keys(file.types);
  if (types.length === 1 && types[0] === "L7")
    say("only-l7", null, "Only requests and responses (L7): packets and their drops may have been left out.");
  return signs;
}

/** The missing rules of several causes, as one policy for each workload that they select. */

import { fail, ok, type Result } from "@/lib/base/result";
import { type AllowWish, alsoAllowed } from "@/lib/insight/causes/allow-rule";
import { dropSentence } from "@/lib/insight/causes/drop-words";
import { type PolicyDialect, policyFiles } from "@/lib/insight/causes/policy-file";
import type { DropPoliciesAnswer } from "./answers-drops";
import { findCause } from "./causes";
import { readLookups } from "./drop-lookups";
import { readWishes } from "./drop-wish";
import type { QuestionFailure } from "./failure";
import type { OpenCapture } from "./open-capture";

export interface DropPoliciesParameters {
  readonly causes: readonly string[];
  readonly dialect: PolicyDialect;
}

export function readDropPolicies(
  capture: OpenCapture,
  { causes, dialect }: DropPoliciesParameters,
): Result<DropPoliciesAnswer, QuestionFailure> {
  const wishes = new Map<AllowWish, { readonly causeId: string; readonly sentence: string }>();
  const leftOut: DropPoliciesAnswer["leftOut"] = [];
  const says = new Set<string>();
  for (const causeId of new Set(causes)) {
    const cause = findCause(capture, causeId);
    if (cause === undefined)
      return fail(
        "cause_not_found",
        `There is no cause ${causeId.slice(0, 40)} of drops in this capture.`,
        "Ask for the drops by cause to see which there are.",
      );
    const sentence = dropSentence(cause.facts);
    const lookups = readLookups(capture, cause);
    const asked = readWishes(capture, cause, lookups);
    if (!asked.ok) {
      leftOut.push({ causeId, sentence, why: asked.why });
      continue;
    }
    for (const wish of asked.wishes) {
      wishes.set(wish, { causeId, sentence });
      for (const sentence of alsoAllowed(wish, lookups.isResolverSeen)) says.add(sentence);
    }
    for (const why of asked.besides) leftOut.push({ causeId, sentence, why });
  }
  const written = policyFiles(dialect, [...wishes.keys()]);
  const unsaid = new Map<string, DropPoliciesAnswer["leftOut"][number]>();
  for (const [wish, why] of written.leftOut) {
    const cause = wishes.get(wish);
    if (cause !== undefined) unsaid.set(`${cause.causeId} ${why}`, { ...cause, why });
  }
  leftOut.push(...unsaid.values());
  return ok({
    meta: capture.meta("drops"),
    files: written.files.map(({ workload, fileName, yaml, wishes: of }) => ({
      workload,
      fileName,
      yaml,
      causes: [...new Set(of.flatMap((wish) => wishes.get(wish)?.causeId ?? []))],
    })),
    leftOut,
    alsoAllows: written.files.length === 0 ? [] : [...says],
  });
}

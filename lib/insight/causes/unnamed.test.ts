import { describe, expect, it } from "vitest";
import { type UnnamedFacts, whyUnnamed } from "./unnamed";

const DENIED: UnnamedFacts = {
  decidedBy: "policy",
  isNamed: false,
  isCertain: false,
  isMasked: false,
  hasVerdicts: true,
};

describe("why no policy is named", () => {
  it.each<readonly [string, Partial<UnnamedFacts>, RegExp]>([
    [
      "the agent is too old, or the rule cannot be named",
      { isCertain: true },
      /Cilium before 1\.16 does not/,
    ],
    [
      "no rule matched",
      { decidedBy: "default-deny", isCertain: true },
      /no rule matched, so there is none to name/,
    ],
    ["a field mask left them out", { isMasked: true, hasVerdicts: false }, /a field mask or aggregation/],
    ["the verdict records of these drops are missing", {}, /records of these drops are missing/],
    ["the capture holds no verdict records", { hasVerdicts: false }, /holds no policy-verdict records/],
  ])("%s", (_name, facts, says) => {
    expect(whyUnnamed({ ...DENIED, ...facts })).toMatch(says);
  });

  it.each<readonly [string, Partial<UnnamedFacts>]>([
    ["one is named", { isNamed: true }],
    ["no policy has a part in it", { decidedBy: "datapath" }],
    ["the proxy refused a request", { decidedBy: "l7-rule" }],
    ["rows differ in what decided", { decidedBy: null }],
  ])("is not asked where %s", (_name, facts) => {
    expect(whyUnnamed({ ...DENIED, ...facts })).toBeNull();
  });
});

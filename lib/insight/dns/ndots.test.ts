import { describe, expect, it } from "vitest";
import { bestNdots, ndotsYaml } from "./ndots";

describe("the value of ndots that saves most", () => {
  it.each([
    ["the larger saving", { ndots1: 10, ndots2: 4, dot: 12 }, 1],
    ["2 of equal ones: names of services keep their list", { ndots1: 8, ndots2: 8, dot: 8 }, 2],
    ["one saves, the other costs", { ndots1: -3, ndots2: 5, dot: 9 }, 2],
    ["neither", { ndots1: 0, ndots2: -2, dot: 9 }, null],
  ] as const)("%s", (_name, saved, expected) => {
    expect(bestNdots(saved)).toBe(expected);
  });
});

describe("the piece of a manifest", () => {
  it("of a Deployment stands in its template", () => {
    expect(ndotsYaml("Deployment", 2)).toBe(
      `spec:
  template:
    spec:
      dnsConfig:
        options:
        - name: ndots
          value: "2"
`,
    );
  });

  it("of a CronJob stands in the template of its job", () => {
    expect(ndotsYaml("CronJob", 1).split("\n").slice(0, 5)).toEqual([
      "spec:",
      "  jobTemplate:",
      "    spec:",
      "      template:",
      "        spec:",
    ]);
  });

  it.each([["Pod"], [null], ["Rollout"]])("of %s is that of a pod", (kind) => {
    expect(ndotsYaml(kind, 1)).toBe(
      'spec:\n  dnsConfig:\n    options:\n    - name: ndots\n      value: "1"\n',
    );
  });
});

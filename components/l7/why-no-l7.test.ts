import { describe, expect, it } from "vitest";
import { whyNoL7 } from "./why-no-l7";

const HTTP_RULE = { title: "See HTTP requests", why: "", code: "http: {}", language: "yaml" } as const;
const DNS_RULE = { title: "See DNS names and errors", why: "", code: "dns: {}", language: "yaml" } as const;
const NOTHING = {
  ...{ layer7: [], aggregation: null, missing: [], filters: [], accepted: 60 },
  advice: [DNS_RULE, HTTP_RULE],
};

describe("why there are no requests", () => {
  it("is the scope, where the capture has some", () => {
    const facts = { ...NOTHING, layer7: [{ protocol: "http", flows: 65, namespaces: ["shop"] }] };
    expect(whyNoL7(facts, "http", true)).toMatchObject({ isScope: true, advice: [] });
    expect(whyNoL7(facts, "http", true).says[0]).toContain("65 HTTP records");
    expect(whyNoL7(facts, "grpc", false).says[0]).toContain("hold no gRPC");
  });

  it("is that no policy was at work, with the policy that would show them, whatever the scope", () => {
    const absence = whyNoL7(NOTHING, "http", true);
    expect(absence.says).toHaveLength(1);
    expect(absence.says[0]).toContain("No L7 policy was seen at work");
    expect(absence.advice).toEqual([HTTP_RULE]);
  });

  it("names aggregation, masks and filters first", () => {
    const { says } = whyNoL7(
      {
        ...NOTHING,
        aggregation: { flows: 12, events: 40, withoutCounters: 0, intervalNs: null },
        missing: [{ field: "Type", rulesOut: "" }],
        filters: [{ file: "a", sign: "verdict", value: "DROPPED", text: "Only drops." }],
      },
      "http",
      false,
    );
    expect(says[0]).toContain("left members out (Type)");
    expect(says[1]).toContain("12 records are aggregated");
    expect(says[2]).toBe("Only drops.");
    expect(says).toHaveLength(4);
  });

  it("does not say that there is no gRPC where aggregation cannot tell", () => {
    const facts = {
      ...NOTHING,
      layer7: [{ protocol: "http", flows: 12, namespaces: [] }],
      aggregation: { flows: 12, events: 40, withoutCounters: 0, intervalNs: null },
    };
    expect(whyNoL7(facts, "grpc", false).says.join(" ")).toContain("gRPC calls stand among the HTTP answers");
    expect(whyNoL7({ ...facts, aggregation: null }, "grpc", false).says.join(" ")).toContain("hold no gRPC");
  });

  it("says what else of L7 there is", () => {
    const facts = { ...NOTHING, layer7: [{ protocol: "dns", flows: 148, namespaces: [] }] };
    expect(whyNoL7(facts, "http", false).says.at(-1)).toBe("Of L7 the capture has DNS (148 records).");
  });
});

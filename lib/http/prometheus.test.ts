import { describe, expect, it } from "vitest";
import { formatMetrics } from "./prometheus";

describe("metrics as text", () => {
  it("have a help and a type line, then one for each sample", () => {
    const families = [
      {
        name: "a_total",
        type: "counter",
        help: "How many.",
        samples: [{ value: 3, labels: { of: 'x"\\\n', to: "y" } }, { value: 0.5 }],
      },
      {
        name: "b_seconds",
        type: "histogram",
        help: "How long.",
        samples: [
          { suffix: "_bucket", labels: { le: "+Inf" }, value: 2 },
          { suffix: "_count", value: Number.POSITIVE_INFINITY },
        ],
      },
    ] as const;
    expect(formatMetrics(families)).toBe(
      [
        "# HELP a_total How many.",
        "# TYPE a_total counter",
        'a_total{of="x\\"\\\\\\n",to="y"} 3',
        "a_total 0.5",
        "# HELP b_seconds How long.",
        "# TYPE b_seconds histogram",
        'b_seconds_bucket{le="+Inf"} 2',
        "b_seconds_count +Inf",
        "",
      ].join("\n"),
    );
  });
});

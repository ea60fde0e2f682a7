import { expect, test } from "vitest";
import type { WorkloadRow } from "@/lib/questions/answers-workloads";
import { scoreText } from "./workload-words";

const scored = (imbalance: number | null): Pick<WorkloadRow, "imbalance" | "pods"> => ({
  imbalance,
  pods: [],
});

test("a score below the bound does not read as the bound", () => {
  expect([0, 0.244, 0.246, 0.25, 0.254, 1].map((score) => scoreText(scored(score)))).toEqual([
    "0.00",
    "0.24",
    "0.246",
    "0.25",
    "0.25",
    "1.00",
  ]);
  expect(scoreText(scored(null))).toBe("no pod names");
});

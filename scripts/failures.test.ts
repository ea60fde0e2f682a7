import { expect, test } from "vitest";
import { failedStories, failedTests } from "./failures.mjs";

test("a failed test is named with the first lines of why, a file that cannot run with its message", () => {
  const report = {
    testResults: [
      {
        name: "/house/lib/a.test.ts",
        status: "failed",
        assertionResults: [
          { fullName: "adds up", status: "passed" },
          {
            fullName: "counts drops",
            status: "failed",
            failureMessages: [
              "\u001b[31mexpected 3 to be 4\u001b[39m\n\n  at a.test.ts:7\n2\n3\n4\n5\n6\n7\n8\n9",
            ],
          },
        ],
      },
      {
        name: "/house/lib/b.test.ts",
        status: "failed",
        message: "Cannot find module 'c'",
        assertionResults: [],
      },
      {
        name: "/house/lib/d.test.ts",
        status: "passed",
        assertionResults: [{ fullName: "d", status: "passed" }],
      },
    ],
  };
  expect(failedTests(report, "/house")).toEqual([
    "lib/a.test.ts: counts drops",
    "    expected 3 to be 4",
    "    at a.test.ts:7",
    "    2",
    "    3",
    "    4",
    "    5",
    "    6",
    "    7",
    "lib/b.test.ts",
    "    Cannot find module 'c'",
  ]);
});

test("a story is named when it failed, and when it passed only at the second attempt", () => {
  const story = (title: string, status: string, results: object[]) => ({
    title,
    tests: [{ status, results }],
  });
  const failed = { status: "failed", error: { message: "Expected: 1\nReceived: 2" } };
  const suites = [
    {
      file: "a.spec.ts",
      specs: [story("opens", "expected", [{ status: "passed" }])],
      suites: [
        {
          file: "a.spec.ts",
          specs: [
            story("shares", "unexpected", [failed, failed]),
            story("prints", "flaky", [failed, { status: "passed" }]),
          ],
        },
      ],
    },
  ];
  expect(failedStories(suites)).toEqual([
    "a.spec.ts: shares",
    "    Expected: 1",
    "    Received: 2",
    "a.spec.ts: prints (passed at the second attempt)",
    "    Expected: 1",
    "    Received: 2",
  ]);
});

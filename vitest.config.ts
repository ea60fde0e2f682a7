import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "") } },
  oxc: { jsx: { runtime: "automatic" } },
  test: {
    environment: "node",
    // A test that asserts nothing, such as one over an empty list, fails.
    expect: { requireAssertions: true },
    include: ["**/*.test.ts", "**/*.test.tsx"],
    exclude: ["**/node_modules/**", "build/**", "e2e/**", "data/**"],
    globalSetup: "./scripts/test-setup.ts",
    env: { TZ: "UTC", LC_ALL: "C.UTF-8", EYEPIECE_CHECK_ANSWERS: "1" },
    allowOnly: process.env.CI === undefined,
    // Both cores of a small machine: the default leaves one of two idle. So a test may wait for the other one.
    maxWorkers: "100%",
    // Against tests that hang. A busy machine may take several times as long as an idle one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Loading the program anew for each of two hundred files took as long as many of their tests. What a file changes in
    // its process it puts back.
    isolate: false,
  },
});

import type { NextConfig } from "next";

// There is deliberately no proxy (middleware) file: one that matches an upload cuts its body off at
// 10 MiB without an error. What stands in front of the pages is bin/front.ts.
const config: NextConfig = {
  poweredByHeader: false,
  // Fixed when the pages are built; scripts/steps.mjs builds again when it changes.
  basePath: (process.env.EYEPIECE_BASE_PATH ?? "").trim().replace(/\/$/, ""),
  // `npm test` checks types on its own, tests included; the first start need not wait for it.
  typescript: { ignoreBuildErrors: true },
  // Few large files rather than many small ones: on a warm first view each file costs the browser about 4 ms of two busy cores
  // (bench/RESULTS.md, pages), and one that holds a whole layout compresses better.
  experimental: {
    turbopackChunking: { minChunkSize: 1_000_000, maxMergeChunkSize: 5_000_000 },
  },
};

export default config;

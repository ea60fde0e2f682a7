/**
 * Ingest against DuckDB: the same generated file, in turn, ratios in one run; and the same file packed with gzip.
 *
 * `node scripts/run-ts.mjs bench/ingest.ts [--records 1000000] [--rounds 3]`
 */

import { parseArgs } from "node:util";
import { z } from "zod";
import {
  bundleThreads,
  commit,
  generatedLog,
  machine,
  median,
  packed,
  runProgram,
  sizeMiB,
  warm,
} from "./measure";

const { values } = parseArgs({
  options: { records: { type: "string", default: "1000000" }, rounds: { type: "string", default: "3" } },
});
const runSchema = z.object({
  seconds: z.number(),
  readSeconds: z.number().optional(),
  cpuSeconds: z.number(),
  records: z.number(),
  flows: z.number(),
  peakMiB: z.number(),
  captureMiB: z.number().optional(),
});
type Run = z.infer<typeof runSchema>;

bundleThreads();
const file = await generatedLog(Number(values.records));
const gzipFile = await packed(file);
warm(file);
warm(gzipFile);
const run = async (program: string, source: string, ...more: string[]): Promise<Run> =>
  runSchema.parse(JSON.parse(await runProgram(program, [source, ...more])));
const rounds: { ours: Run; gzip: Run; memory: Run; disk: Run }[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  rounds.push({
    ours: await run("bench/eyepiece-run.ts", file),
    memory: await run("bench/duckdb-run.ts", file, "memory"),
    gzip: await run("bench/eyepiece-run.ts", gzipFile),
    disk: await run("bench/duckdb-run.ts", file, "disk"),
  });
  console.error(JSON.stringify(rounds.at(-1)));
}
type Who = keyof (typeof rounds)[number];
const of = (who: Who): Run[] => rounds.map((round) => round[who]);
const spread = (numbers: readonly number[], digits: number): string =>
  `${median(numbers).toFixed(digits)} (${numbers.map((one) => one.toFixed(digits)).join(", ")})`;
const seconds = (who: Who): string =>
  `${spread(
    of(who).map((one) => one.seconds),
    1,
  )} s; cpu ${spread(
    of(who).map((one) => one.cpuSeconds),
    1,
  )} s; peak ${Math.max(...of(who).map((one) => one.peakMiB))} MiB`;
const ratio = (a: Who, b: Who, of: "seconds" | "cpuSeconds"): string =>
  spread(
    rounds.map((round) => round[a][of] / round[b][of]),
    2,
  );
const [first] = of("ours");
console.log(`machine  ${machine()}; commit ${commit()}; medians of ${rounds.length} rounds (each)`);
console.log(
  `log      ${sizeMiB(file).toFixed(0)} MiB, ${first?.records} records, ${((sizeMiB(file) * 2 ** 20) / (first?.records ?? 1)).toFixed(0)} bytes each; gzip ${sizeMiB(gzipFile).toFixed(0)} MiB; capture ${((first?.captureMiB ?? 0) / sizeMiB(file)).toFixed(3)} of the log`,
);
console.log(`Eyepiece ${seconds("ours")}`);
const reading = of("ours").map(({ readSeconds = 0 }) => readSeconds);
console.log(`  of that until the last flow can be browsed: ${spread(reading, 1)} s`);
console.log(`  gzip   ${seconds("gzip")}`);
console.log(`DuckDB   ${seconds("memory")}, in memory`);
console.log(`DuckDB   ${seconds("disk")}, into a file`);
for (const [name, a, b] of [
  ["DuckDB in memory", "ours", "memory"],
  ["DuckDB into a file", "ours", "disk"],
  ["gzip to plain", "gzip", "ours"],
] as const) {
  console.log(`ratio    ${ratio(a, b, "seconds")} wall, ${ratio(a, b, "cpuSeconds")} cpu: ${name}`);
}
for (const who of ["memory", "disk"] as const) {
  const ratios = rounds.map((round) => (round.ours.readSeconds ?? 0) / round[who].seconds);
  console.log(`ratio    ${spread(ratios, 2)} wall: until the last flow can be browsed, to DuckDB (${who})`);
}

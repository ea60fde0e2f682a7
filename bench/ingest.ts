/**
 * Ingest against DuckDB: the same generated file, in turn, ratios in one run.
 *
 * `node scripts/run-ts.mjs bench/ingest.ts [--records 1000000] [--rounds 3]`
 */

import { parseArgs } from "node:util";
import { z } from "zod";
import { buildBundles } from "../scripts/bundles.mjs";
import { commit, generatedLog, machine, median, runProgram, sizeMiB, warm } from "./measure";

const { values } = parseArgs({
  options: { records: { type: "string", default: "1000000" }, rounds: { type: "string", default: "3" } },
});
const runSchema = z.object({
  seconds: z.number(),
  cpuSeconds: z.number(),
  records: z.number(),
  flows: z.number(),
  peakMiB: z.number(),
  captureMiB: z.number().optional(),
});
type Run = z.infer<typeof runSchema>;

await buildBundles();
const file = await generatedLog(Number(values.records));
warm(file);
const run = async (program: string, ...more: string[]): Promise<Run> =>
  runSchema.parse(JSON.parse(await runProgram(program, [file, ...more])));
const rounds: { ours: Run; memory: Run; disk: Run }[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  rounds.push({
    ours: await run("bench/eyepiece-run.ts"),
    memory: await run("bench/duckdb-run.ts", "memory"),
    disk: await run("bench/duckdb-run.ts", "disk"),
  });
  console.error(JSON.stringify(rounds.at(-1)));
}
const of = (who: "ours" | "memory" | "disk") => rounds.map((round) => round[who]);
const seconds = (who: "ours" | "memory" | "disk") => median(of(who).map((one) => one.seconds));
const cpu = (who: "ours" | "memory" | "disk") => median(of(who).map((one) => one.cpuSeconds));
const ratio = (who: "memory" | "disk") =>
  median(rounds.map((round) => round.ours.seconds / round[who].seconds));
const [first] = of("ours");
console.log(`machine  ${machine()}; commit ${commit()}`);
console.log(
  `log      ${sizeMiB(file).toFixed(0)} MiB, ${first?.records} records, ${((sizeMiB(file) * 2 ** 20) / (first?.records ?? 1)).toFixed(0)} bytes each`,
);
console.log(
  `Eyepiece ${seconds("ours").toFixed(2)} s, peak ${Math.max(...of("ours").map((one) => one.peakMiB))} MiB, capture ${((first?.captureMiB ?? 0) / sizeMiB(file)).toFixed(3)} of the log`,
);
console.log(`DuckDB   ${seconds("memory").toFixed(2)} s in memory, ${seconds("disk").toFixed(2)} s on disk`);
console.log(
  `ratio    ${ratio("memory").toFixed(2)} (DuckDB in memory), ${ratio("disk").toFixed(2)} (DuckDB on disk); median of ${rounds.length} paired rounds`,
);
console.log(
  `cpu      ${cpu("ours").toFixed(1)} s of processor time; DuckDB ${cpu("memory").toFixed(1)} s in memory, ${cpu("disk").toFixed(1)} s on disk`,
);

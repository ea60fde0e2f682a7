import { fail, ok, type Result } from "@/lib/base/result";
import { FORMATS, type Format, isFormat } from "./shapes/shape.ts";
import { WORKLOADS } from "./shop.ts";

/** What the command line asks for. */
export interface Options {
  readonly out: string;
  readonly seed: number;
  readonly nodes: number;
  readonly workloads: number | null;
  readonly minutes: number | null;
  readonly records: number | null;
  readonly bytes: number | null;
  readonly singleFile: boolean;
  readonly gzip: boolean;
  readonly format: Format;
}

const USAGE = `usage: node scripts/run-ts.mjs scripts/generator/main.ts --out DIR
  --seed N       same seed, same bytes (default 5)
  --minutes N    span of the capture (default 21, more when many records are asked for)
  --records N    stop at this many records
  --bytes N      stop at this many bytes, before compression
  --nodes N      nodes of the cluster, 3 to 200 (default 3)
  --workloads N  workloads of the cluster, 23 to 3000 (default 23, those of the shop)
  --single-file  one merged file instead of one per node
  --gzip         write .gz files
  --format NAME  what writes the records: ${Object.keys(FORMATS).join(", ")} (default hubble)`;

const NUMBERS = {
  "--seed": "seed",
  "--minutes": "minutes",
  "--records": "records",
  "--bytes": "bytes",
  "--nodes": "nodes",
  "--workloads": "workloads",
} as const;
const LIMITS = {
  seed: [0, Number.MAX_SAFE_INTEGER],
  minutes: [1, 100_000],
  records: [1, 1_000_000_000],
  bytes: [1, 1_000_000_000_000_000],
  nodes: [3, 200],
  workloads: [WORKLOADS.length, 3000],
} as const;

/** Reads the arguments. Refusals have code `usage` and say which argument is wrong. */
export function readOptions(args: readonly string[]): Result<Options> {
  const numbers = new Map<string, number>();
  const flags = new Set<string>();
  let out = "";
  let format: Format = "hubble";
  for (let i = 0; i < args.length; i++) {
    const name = args[i] ?? "";
    if (name === "--single-file" || name === "--gzip") {
      flags.add(name);
      continue;
    }
    const value = args[++i];
    if (value === undefined) return fail("usage", `${name} needs a value or is not known`, USAGE);
    if (name === "--out") out = value;
    else if (name === "--format") {
      if (!isFormat(value)) return fail("usage", `--format ${value} is not known`, USAGE);
      format = value;
    } else {
      const refused = takeNumber(numbers, name, value);
      if (refused) return fail("usage", refused, USAGE);
    }
  }
  if (!out) return fail("usage", "--out is missing", USAGE);
  if (numbers.has("records") && numbers.has("bytes"))
    return fail("usage", "--records and --bytes exclude each other", USAGE);
  return ok({
    out,
    seed: numbers.get("seed") ?? 5,
    nodes: numbers.get("nodes") ?? 3,
    workloads: numbers.get("workloads") ?? null,
    minutes: numbers.get("minutes") ?? null,
    records: numbers.get("records") ?? null,
    bytes: numbers.get("bytes") ?? null,
    singleFile: flags.has("--single-file"),
    gzip: flags.has("--gzip"),
    format,
  });
}

/** Stores the number, or says why it cannot. */
function takeNumber(numbers: Map<string, number>, name: string, value: string): string | null {
  const key = Object.entries(NUMBERS).find(([option]) => option === name)?.[1];
  if (!key) return `${name} is not known`;
  const number = Number(value);
  const [low, high] = LIMITS[key];
  if (!/^\d+$/.test(value) || number < low || number > high)
    return `${name} must be a whole number from ${low} to ${high}`;
  numbers.set(key, number);
  return null;
}

/** Writes so many bytes of one merged log, always the same, to the output: `BYTES`. For log-stream.ts. */

import { once } from "node:events";
import { generate, plan } from "../scripts/generator/generate";
import { readOptions } from "../scripts/generator/options";

const PORTION_CHARS = 256 * 1024;

const [bytes = ""] = process.argv.slice(2);
const options = readOptions(["--out", ".", "--single-file", "--seed", "1", "--bytes", bytes]);
if (!options.ok) throw new Error(options.failure.message);
let lines: string[] = [];
let chars = 0;
/** Lines are ASCII. */
function flush(): void {
  process.stdout.write(Buffer.from(lines.join(""), "latin1"));
  lines = [];
  chars = 0;
}
const sink = {
  write(_node: number, line: string): void {
    lines.push(line, "\n");
    chars += line.length + 1;
    if (chars >= PORTION_CHARS) flush();
  },
  async ready(): Promise<void> {
    if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
  },
};
await generate(plan(options.value), sink, () => []);
flush();

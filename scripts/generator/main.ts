/**
 * Writes an invented Hubble capture and the truth about it. See README.md beside this file.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { generate, type LineSink, plan } from "./generate.ts";
import { type Options, readOptions } from "./options.ts";
import { LogFile } from "./output.ts";
import { FORMATS, shapeOf } from "./shapes/shape.ts";

async function run(options: Options): Promise<void> {
  mkdirSync(options.out, { recursive: true });
  const ending = FORMATS[options.format];
  const names = options.singleFile
    ? [`events${ending}`]
    : Array.from({ length: options.nodes }, (_, i) => `node-${i + 1}-events${ending}`);
  const files = names.map((name) => new LogFile(options.out, name, options.gzip, shapeOf(options.format)));
  const sink: LineSink = {
    write: (node, line) => files[options.singleFile ? 0 : node]?.write(line),
    ready: async () => {
      for (const file of files) await file.ready();
    },
  };
  const began = performance.now();
  const truth = await generate(plan(options), sink, () =>
    files.map(({ name, records, bytes }) => ({ name, records, bytes })),
  );
  for (const file of files) await file.close();
  writeFileSync(path.join(options.out, "truth.json"), `${JSON.stringify(truth, null, 2)}\n`);
  const seconds = (performance.now() - began) / 1000;
  const speed = truth.bytes / 1e6 / seconds;
  console.log(
    `${truth.records.total} records, ${truth.bytes} bytes in ${files.length} files; ${truth.first} to ${truth.last}; ${seconds.toFixed(1)} s, ${speed.toFixed(0)} MB/s`,
  );
}

const options = readOptions(process.argv.slice(2));
if (options.ok) await run(options.value);
else {
  console.error(`${options.failure.message}\n\n${options.failure.hint ?? ""}`);
  process.exitCode = 2;
}

/** A generated log as a stream, for sizes that need not lie on the disk. */

import { once } from "node:events";
import { PassThrough, type Readable } from "node:stream";
import { generate, plan } from "../scripts/generator/generate";
import { readOptions } from "../scripts/generator/options";

const PORTION_CHARS = 256 * 1024;

/** So many bytes of one merged log, always the same. Lines are ASCII. */
export function generatedStream(bytes: number): Readable {
  const options = readOptions(["--out", ".", "--single-file", "--seed", "1", "--bytes", String(bytes)]);
  if (!options.ok) throw new Error(options.failure.message);
  const stream = new PassThrough({ highWaterMark: 4 * PORTION_CHARS });
  let lines: string[] = [];
  let chars = 0;
  const flush = (): void => {
    stream.write(Buffer.from(lines.join(""), "latin1"));
    lines = [];
    chars = 0;
  };
  const sink = {
    write(_node: number, line: string): void {
      lines.push(line, "\n");
      chars += line.length + 1;
      if (chars >= PORTION_CHARS) flush();
    },
    async ready(): Promise<void> {
      if (stream.writableNeedDrain) await once(stream, "drain");
    },
  };
  generate(plan(options.value), sink, () => []).then(
    () => {
      flush();
      stream.end();
    },
    (error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return stream;
}

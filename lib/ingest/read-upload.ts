/**
 * The way of an upload: opened, and each file in it read to a sink of its own.
 *
 * An entry of an archive that holds no record is no log: it is left aside, after its first part or at its end,
 * and not refused line by line.
 */

import { Budget } from "./budget";
import type { DecodedBatch, DecodePool } from "./decode-pool";
import type { FileRefusal } from "./file-refusal";
import { PACKING_LIMITS } from "./limits";
import { type Opened, openUpload, type UploadSource } from "./open";
import { type FileEnd, readFile } from "./read-file";

/** Takes the batches of one file, and how it ended. */
export interface FileSink {
  load(batches: readonly DecodedBatch[]): void | Promise<void>;
  end(end: FileEnd): void;
  /** It was no log: nothing of it is kept. */
  drop(): void;
}

export interface UploadSink {
  /** A file begins. `names` lead to it within the upload; none when it is the upload itself. */
  begin(file: { readonly names: readonly string[]; readonly packing: string }): FileSink;
  /** The upload is an archive: what comes are its entries. */
  archive(packing: string): void;
  /** An entry that is not kept, and why. */
  aside(names: readonly string[], why: string): void;
  /** The upload or an entry cannot be read, or not to its end. */
  refuse(names: readonly string[], refusal: FileRefusal): void;
}

/** Rejects with the signal's reason when cancelled, and with any error of the source or the sink. */
export async function readUpload(
  source: UploadSource,
  pool: DecodePool,
  sink: UploadSink,
  signal: AbortSignal,
  limits = PACKING_LIMITS,
): Promise<void> {
  const budget = new Budget(() => source.consumed, limits);
  for await (const opened of openUpload(source, budget)) {
    signal.throwIfAborted();
    if (opened.kind === "archive") {
      if (opened.names.length === 0) sink.archive(opened.packing);
    } else if (opened.kind === "aside") sink.aside(opened.names, opened.why);
    else if (opened.kind === "refused") sink.refuse(opened.names, opened.refusal);
    else if (!(await readOne(opened, pool, sink, signal))) return;
  }
}

/** False when nothing more of the upload may be read. */
async function readOne(
  file: Extract<Opened, { kind: "file" }>,
  pool: DecodePool,
  sink: UploadSink,
  signal: AbortSignal,
): Promise<boolean> {
  const { names } = file;
  const into = sink.begin(file);
  const probe = new Probe(into, names.length > 0);
  const end = await readFile(file.bytes, pool, probe, signal);
  if (probe.holdsNothing && end.endedEarly === undefined) {
    into.drop();
    sink.aside(names, end.unpackedBytes === 0 ? "empty" : "no records in it");
  } else into.end(end);
  return !end.endedEarly?.endsUpload;
}

/** What every line of another kind of file is refused for. */
const NO_LOG = new Set(["not_a_record", "not_a_flow"]);

/** Watches whether an entry of an archive is a log. */
class Probe {
  private bytes = 0;
  private recognised = 0;

  constructor(
    private readonly into: FileSink,
    private readonly isEntry: boolean,
  ) {}

  get holdsNothing(): boolean {
    return this.isEntry && this.recognised === 0;
  }

  get isEnough(): boolean {
    return this.holdsNothing && this.bytes >= PACKING_LIMITS.probeBytes;
  }

  async load(batches: readonly DecodedBatch[]): Promise<void> {
    for (const { batch } of batches) {
      this.bytes += batch.block.rawBytes;
      this.recognised += batch.flows + batch.others.length;
      for (const [code, records] of Object.entries(batch.refusedBy))
        if (!NO_LOG.has(code)) this.recognised += records;
    }
    await this.into.load(batches);
  }
}

/** What travels from the splitter to a decoder: a stretch of the file with the documents in it. */

import type { ReadingContext } from "@/lib/flow/reading-context";
import type { RefusalCode } from "@/lib/formats/record";

/** A stretch of the unpacked file with the documents in it. */
export interface Chunk {
  /** Which chunk of the file it is, from 0. Each becomes one block. */
  readonly number: number;
  /** In memory of its own. */
  readonly bytes: Uint8Array;
  /** Offset of `bytes` in the unpacked file. */
  readonly offset: number;
  /** Per document: start, end (within `bytes`), line number. */
  readonly documents: Int32Array<ArrayBuffer>;
  /** Documents that are refused already, by their number. */
  readonly refused: ReadonlyMap<number, RefusalCode>;
  /** Why, where the code alone does not say it. */
  readonly reasons: ReadonlyMap<number, string>;
  /** Documents that are lines of a container runtime, some of them parts of one line. */
  readonly parted: ReadonlySet<number>;
  /** From this document on, rows are read with this context; nothing before the first entry. */
  readonly contexts: readonly { readonly from: number; readonly context: ReadingContext | undefined }[];
}

/** A document as it is added: places within the window, its first line, and what is special about it. */
export interface Added {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly refused?: RefusalCode | undefined;
  readonly reason?: string | undefined;
  /** Lines of a container runtime in it. */
  readonly parts?: number | undefined;
}

/** Gathers the documents of the next chunk. */
export class ChunkDraft {
  constructor(private readonly memory: (bytes: number) => Uint8Array) {}

  private number = 0;
  private places: number[] = [];
  private moreRecords = 0;
  private refused = new Map<number, RefusalCode>();
  private reasons = new Map<number, string>();
  private parted = new Set<number>();
  private contexts: { from: number; context: ReadingContext | undefined }[] = [];
  /** What the last document was read with. */
  private lastContext: ReadingContext | undefined;

  /** Records that its documents may become. */
  get records(): number {
    return this.documents + this.moreRecords;
  }

  private get documents(): number {
    return this.places.length / 3;
  }

  add({ start, end, line, refused, reason, parts }: Added, context: ReadingContext | undefined): void {
    const number = this.documents;
    if (context !== this.lastContext) {
      this.contexts.push({ from: number, context });
      this.lastContext = context;
    }
    if (refused !== undefined) this.refused.set(number, refused);
    if (reason !== undefined) this.reasons.set(number, reason);
    if (parts !== undefined) {
      this.parted.add(number);
      this.moreRecords += parts;
    }
    this.places.push(start, end, line);
  }

  /** The chunk, and an empty draft again; undefined when there is nothing in it. `offset` is that of the window. */
  take(window: Uint8Array, offset: number): Chunk | undefined {
    if (this.places.length === 0) return undefined;
    const documents = Int32Array.from(this.places);
    const start = documents[0] as number;
    const end = documents[documents.length - 2] as number;
    for (let i = 0; i < documents.length; i += 3) {
      documents[i] = (documents[i] as number) - start;
      documents[i + 1] = (documents[i + 1] as number) - start;
    }
    const bytes = this.memory(end - start);
    bytes.set(window.subarray(start, end));
    const { refused, reasons, parted, contexts } = this;
    this.empty();
    return {
      number: this.number++,
      bytes,
      offset: offset + start,
      documents,
      refused,
      reasons,
      parted,
      contexts,
    };
  }

  private empty(): void {
    this.places = [];
    this.moreRecords = 0;
    this.refused = new Map();
    this.reasons = new Map();
    this.parted = new Set();
    this.contexts = [];
    this.lastContext = undefined;
  }
}

/**
 * Opens an upload: unwraps gzip, zstd, zip, tar and UTF-16, one in the other, told apart by the first bytes.
 *
 * What comes out is files, each as a stream: the upload itself, or the entries of an archive one after the
 * other. Memory does not grow with any of them. A zip is read from its end, so it is waited for until it is
 * whole, and a zip within another archive is copied aside first. What cannot be read is told where it lies:
 * of the file, of the entry, or of the archive; what came before is kept.
 */

import type { Budget } from "./budget";
import { ByteReader } from "./byte-reader";
import { FileRefusal } from "./file-refusal";
import { gunzip } from "./gunzip";
import { byteOrderOf, HEAD_BYTES, isHole, type Packing, refuseUnreadable, sniffPacking } from "./sniff";
import { asideByName } from "./sysdump";
import { readTar } from "./tar";
import { unzstd } from "./unzstd";
import { behindHole, fromUtf16 } from "./utf16";
import { readZip } from "./zip";
import type { RandomAccess } from "./zip-directory";

/** Where the bytes of an upload come from. */
export interface UploadSource {
  bytes(): AsyncGenerator<Uint8Array>;
  /** Bytes read of it so far. */
  readonly consumed: number;
  /** The whole of it, once it has arrived. */
  whole(): Promise<RandomAccess>;
  /** Copies a stream to the disk, no more than so many bytes of it, for the time of the work. */
  withCopy<T>(
    bytes: AsyncIterable<Uint8Array>,
    mostBytes: number,
    work: (copy: RandomAccess) => AsyncGenerator<T>,
  ): AsyncGenerator<T>;
}

interface Place {
  /** The entries that lead to it, from the outermost archive in; none for the upload itself. */
  readonly names: readonly string[];
  /** Packings around its text: "plain", "gzip", "gzip+tar". */
  readonly packing: string;
}

export type Opened =
  | (Place & { readonly kind: "file"; readonly bytes: AsyncGenerator<Uint8Array> })
  /** An archive begins: what comes are its entries. */
  | (Place & { readonly kind: "archive" })
  /** An entry that is not read, and why. */
  | { readonly kind: "aside"; readonly names: readonly string[]; readonly why: string }
  /** A file or an archive that cannot be read, or not to its end. */
  | { readonly kind: "refused"; readonly names: readonly string[]; readonly refusal: FileRefusal };

/** A stream that may be packed. */
interface Layer {
  readonly names: readonly string[];
  readonly packings: readonly Packing[];
  /** Packings around it, those of outer archives included. */
  readonly depth: number;
  readonly reader: ByteReader;
  /** Set for the upload itself, as it was sent. */
  readonly whole: (() => Promise<RandomAccess>) | undefined;
}

/** Each file is read, or returned from, before the next one is asked for. */
export async function* openUpload(source: UploadSource, budget: Budget): AsyncGenerator<Opened> {
  const reader = new ByteReader(source.bytes());
  try {
    yield* new Opener(source, budget).open({
      names: [],
      packings: [],
      depth: 0,
      reader,
      whole: () => source.whole(),
    });
  } finally {
    // Whoever holds a file open behind the source closes it then.
    await reader.close();
  }
}

class Opener {
  constructor(
    private readonly source: UploadSource,
    private readonly budget: Budget,
  ) {}

  /** What is thrown as a refusal is told of the file at this place; all else ends the reading. */
  async *open(layer: Layer): AsyncGenerator<Opened> {
    try {
      this.budget.layer(layer.depth);
      yield* this.unwrap(layer);
    } catch (refusal) {
      if (!(refusal instanceof FileRefusal)) throw refusal;
      if (refusal.endsUpload && layer.names.length > 0) throw refusal;
      // Of an entry that was never a log it is enough to say that it is there.
      if (refusal.code === "not_text" && layer.names.length > 0)
        yield { kind: "aside", names: layer.names, why: "not text" };
      else yield { kind: "refused", names: layer.names, refusal };
    }
  }

  private async *unwrap(layer: Layer): AsyncGenerator<Opened> {
    const { reader } = layer;
    const head = await reader.peek(HEAD_BYTES);
    const packing = sniffPacking(head);
    switch (packing) {
      case "gzip":
        return yield* this.inner(layer, packing, gunzip(reader, this.budget));
      case "zstd":
        return yield* this.inner(layer, packing, unzstd(reader, this.budget));
      case "tar":
        yield archive(layer, packing);
        return yield* this.entries(readTar(reader), layer);
      case "zip":
        yield archive(layer, packing);
        return yield* this.zipEntries(layer);
      case "utf-16":
        return yield this.file(layer, packing, fromUtf16(reader.rest(), byteOrderOf(head) === "big"));
      case "plain":
        refuseUnreadable(head);
        return yield this.file(layer, packing, isHole(head) ? behindHole(reader) : reader.rest());
    }
  }

  private async *inner(
    layer: Layer,
    packing: Packing,
    bytes: AsyncGenerator<Uint8Array>,
  ): AsyncGenerator<Opened> {
    const reader = new ByteReader(bytes);
    try {
      yield* this.unwrapDeeper({
        ...layer,
        packings: [...layer.packings, packing],
        depth: layer.depth + 1,
        reader,
        whole: undefined,
      });
    } finally {
      await reader.close();
    }
  }

  private async *unwrapDeeper(layer: Layer): AsyncGenerator<Opened> {
    this.budget.layer(layer.depth);
    yield* this.unwrap(layer);
  }

  private file({ names, packings }: Layer, packing: Packing, bytes: AsyncGenerator<Uint8Array>): Opened {
    if (names.length > 0) this.budget.file();
    const around = packing === "plain" && packings.length > 0 ? packings : [...packings, packing];
    return { kind: "file", names, packing: around.join("+"), bytes };
  }

  private async *zipEntries(layer: Layer): AsyncGenerator<Opened> {
    if (layer.whole !== undefined) {
      yield* this.entries(readZip(await layer.whole(), this.budget), layer);
      return;
    }
    yield* this.source.withCopy(layer.reader.rest(), this.budget.limits.scratchBytes, (copy) =>
      this.entries(readZip(copy, this.budget), layer),
    );
  }

  private async *entries(entries: AsyncIterable<Entry>, { names, depth }: Layer): AsyncGenerator<Opened> {
    for await (const entry of entries) {
      this.budget.entry();
      const path = [...names, entry.name];
      if (entry.name === "xl/workbook.xml") {
        yield { kind: "refused", names: path, refusal: workbook() };
        continue;
      }
      const why = entry.aside ?? asideByName(path);
      if (why !== undefined) {
        yield { kind: "aside", names: path, why };
        continue;
      }
      const reader = new ByteReader(entry.bytes);
      try {
        yield* this.open({ names: path, packings: [], depth: depth + 1, reader, whole: undefined });
      } finally {
        await reader.close();
      }
    }
  }
}

interface Entry {
  readonly name: string;
  readonly aside: string | undefined;
  readonly bytes: AsyncGenerator<Uint8Array>;
}

/** A workbook is a zip with this entry (ECMA-376). Its cells are in other entries, as XML. */
function workbook(): FileRefusal {
  return new FileRefusal(
    "packing_not_read",
    "This is an Excel workbook, which is not read: save it as CSV and add that.",
  );
}

function archive({ names, packings }: Layer, packing: Packing): Opened {
  return { kind: "archive", names, packing: [...packings, packing].join("+") };
}

/**
 * Unwraps a file as a stream: plain text or gzip, told apart by the first bytes, never by the name.
 *
 * Other packings are recognised and refused by name. What is no text at all is refused as a whole, not
 * line by line.
 */

import { createGunzip } from "node:zlib";
import type { RefusalCode } from "@/lib/formats/record";

export type Packing = "plain" | "gzip";

/** The file as such cannot be read, or not to its end. Counts as one refused record. */
export class FileRefusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message);
  }
}

const GZIP = [0x1f, 0x8b];

const NOT_READ: readonly (readonly [name: string, signature: readonly number[], offset: number])[] = [
  ["a zip archive", [0x50, 0x4b, 0x03, 0x04], 0],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd], 0],
  ["bzip2", [0x42, 0x5a, 0x68], 0],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a], 0],
  ["a tar archive", [0x75, 0x73, 0x74, 0x61, 0x72], 257],
];

export function sniffPacking(head: Uint8Array): Packing {
  if (GZIP.every((byte, i) => head[i] === byte)) return "gzip";
  return "plain";
}

/** Byte order marks of UTF-16, as `>` of Windows PowerShell writes it. */
const UTF_16 = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];

function refuseUnreadable(head: Uint8Array): void {
  const packing = NOT_READ.find(([, signature, offset]) =>
    signature.every((byte, i) => head[offset + i] === byte),
  );
  if (packing !== undefined) {
    throw new FileRefusal(
      "packing_not_read",
      `This is ${packing[0]}, which is not read yet: unpack it and add the files inside.`,
    );
  }
  if (UTF_16.some((mark) => mark.every((byte, i) => head[i] === byte))) {
    throw new FileRefusal(
      "not_text",
      "This text is in UTF-16, as Windows PowerShell writes it: save it as UTF-8 and add it again.",
    );
  }
  if (isBinary(head)) {
    throw new FileRefusal("not_text", "This is not a text file: no flow log begins like this.");
  }
}

/** Text has no NUL and few other control characters. (A log with a stray NUL further on is still read.) */
function isBinary(head: Uint8Array): boolean {
  let controls = 0;
  for (const byte of head) {
    if (byte === 0) return true;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 27) controls++;
  }
  return controls * 20 > head.length;
}

/** The unpacked bytes. Throws {@link FileRefusal} where they cannot be read, or not further. */
export async function* unpack(
  packed: AsyncIterable<Uint8Array>,
  onPacking: (packing: Packing) => void,
): AsyncGenerator<Uint8Array> {
  const source = packed[Symbol.asyncIterator]();
  try {
    const head = await readHead(source);
    const packing = sniffPacking(head.bytes);
    onPacking(packing);
    if (packing === "gzip") {
      const plain = gunzip(behind(head, source));
      try {
        yield* checked(await readHead(plain), plain);
      } finally {
        await plain.return(undefined);
      }
    } else yield* checked(head, source);
  } finally {
    // Whoever holds a file open behind the source closes it then.
    await source.return?.();
  }
}

/** The beginning of a stream, and the error that ended it there. */
interface Head {
  readonly bytes: Uint8Array;
  readonly failure?: unknown;
}

const HEAD_BYTES = 4096;

/** So many bytes, unless the stream is shorter. */
async function readHead(source: AsyncIterator<Uint8Array>): Promise<Head> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < HEAD_BYTES) {
      const next = await source.next();
      if (next.done) break;
      parts.push(next.value);
      length += next.value.length;
    }
  } catch (failure) {
    // What came before is read all the same.
    return { bytes: Buffer.concat(parts), failure };
  }
  return { bytes: parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts) };
}

async function* checked(head: Head, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  refuseUnreadable(head.bytes.subarray(0, HEAD_BYTES));
  yield* behind(head, rest);
}

/** The whole stream again: its head, then the rest. */
async function* behind(head: Head, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.bytes.length > 0) yield head.bytes;
  if (head.failure !== undefined) throw head.failure;
  for (;;) {
    const next = await rest.next();
    if (next.done) return;
    yield next.value;
  }
}

/**
 * Several members behind each other are one file. What came before a break is given out first, but for the
 * last chunk when the break is not the end.
 */
async function* gunzip(packed: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = createGunzip({ chunkSize: 64 * 1024 });
  const feeding = feed(packed, stream);
  try {
    for await (const bytes of stream) yield bytes as Buffer;
    const unread = (await feeding) - stream.bytesWritten;
    if (unread > 0) {
      throw new FileRefusal(
        "packing_broken",
        `${unread} bytes behind the end of the gzip data were not read.`,
      );
    }
  } catch (error) {
    if (isZlibError(error)) {
      throw new FileRefusal(
        "packing_broken",
        "The gzip file is damaged or breaks off here; what came before was read.",
      );
    }
    throw error;
  } finally {
    stream.destroy();
    await feeding.catch(() => undefined);
  }
}

/** Resolves with the number of bytes that were fed. */
async function feed(
  packed: AsyncGenerator<Uint8Array>,
  stream: ReturnType<typeof createGunzip>,
): Promise<number> {
  let fed = 0;
  try {
    for await (const bytes of packed) {
      if (stream.destroyed) return fed;
      fed += bytes.length;
      if (!stream.write(bytes)) await drained(stream);
    }
    stream.end();
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
  }
  return fed;
}

function drained(stream: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done);
      stream.off("close", done);
      resolve();
    };
    stream.on("drain", done);
    stream.on("close", done);
  });
}

function isZlibError(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_")
  );
}

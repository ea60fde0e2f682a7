import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FileRefusal, type Packing, unpack } from "./open";

interface Opened {
  readonly text: string;
  readonly packing: Packing | undefined;
  readonly code: string | undefined;
  readonly message: string;
  readonly isClosed: boolean;
}

/** Everything that comes out of a file of these bytes, read in portions. */
async function open(file: Uint8Array, step = 65_536): Promise<Opened> {
  let isClosed = false;
  async function* portions(): AsyncGenerator<Uint8Array> {
    try {
      for (let at = 0; at < file.length; at += step) yield file.subarray(at, at + step);
    } finally {
      isClosed = true;
    }
  }
  const parts: Uint8Array[] = [];
  let packing: Packing | undefined;
  try {
    for await (const bytes of unpack(portions(), (found) => {
      packing = found;
    }))
      parts.push(bytes);
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error;
    const { code, message } = error;
    return { text: String(Buffer.concat(parts)), packing, code, message, isClosed };
  }
  return { text: String(Buffer.concat(parts)), packing, code: undefined, message: "", isClosed };
}

const bytes = (...values: number[]): Buffer => Buffer.from(values);
/** Does not compress well, so that a break lies within the text. */
const LOG = Array.from(
  { length: 5000 },
  (_, i) => `{"n":${i},"x":"${(i * 2_654_435_761) % 1_000_003}"}\n`,
).join("");
const GZIP = gzipSync(LOG);

describe("opening a file", () => {
  it.each([1, 7, 65_536])("gives plain text as it is, in portions of %i", async (step) => {
    expect(await open(Buffer.from('{"a":"ü"}\n'), step)).toEqual({
      text: '{"a":"ü"}\n',
      packing: "plain",
      code: undefined,
      message: "",
      isClosed: true,
    });
  });

  it.each([7, 1000, 65_536])("unpacks gzip, in portions of %i", async (step) => {
    expect(await open(GZIP, step)).toMatchObject({
      text: LOG,
      packing: "gzip",
      code: undefined,
      isClosed: true,
    });
  });

  it("unpacks gzip members one behind the other as one file", async () => {
    const file = Buffer.concat([gzipSync("one\n"), gzipSync(""), gzipSync("two\n"), GZIP]);
    expect(await open(file)).toMatchObject({ text: `one\ntwo\n${LOG}`, code: undefined });
  });

  it.each([
    ["an empty file", Buffer.alloc(0), "plain"],
    ["gzip of nothing", gzipSync(""), "gzip"],
  ])("finds nothing in %s", async (_name, file, packing) => {
    expect(await open(file)).toMatchObject({ text: "", packing, code: undefined });
  });

  it.each([12, 100, Math.floor(GZIP.length / 2), GZIP.length - 9, GZIP.length - 1])(
    "gives what came before a gzip breaks off after %i bytes, then says so",
    async (length) => {
      const { text, code, isClosed } = await open(GZIP.subarray(0, length));
      expect(code).toBe("packing_broken");
      expect(isClosed).toBe(true);
      expect(LOG.startsWith(text)).toBe(true);
      if (length > GZIP.length - 10) expect(text).toBe(LOG);
      // A break loses no more than the bytes behind it.
      expect(text.length).toBeGreaterThan((length / GZIP.length) * LOG.length * 0.5 - 2000);
    },
  );

  it("gives what came before a gzip is damaged, but for the last portion", async () => {
    const long = gzipSync(LOG.repeat(10), { level: 1 });
    const damaged = Buffer.from(long);
    damaged.fill(0xff, Math.floor(long.length * 0.8), Math.floor(long.length * 0.8) + 40);
    const { text, code } = await open(damaged);
    expect(code).toBe("packing_broken");
    expect(text.length).toBeGreaterThan(LOG.length * 10 * 0.5);
  });

  it("tells of bytes behind the end of a gzip", async () => {
    const { text, code, message } = await open(Buffer.concat([GZIP, Buffer.alloc(512), gzipSync("lost")]));
    expect(text).toBe(LOG);
    expect(code).toBe("packing_broken");
    expect(message).toMatch(/^\d+ bytes behind the end/);
  });

  it.each([
    ["a zip archive", bytes(0x50, 0x4b, 3, 4, 20, 0), "packing_not_read", "a zip archive"],
    ["zstd", bytes(0x28, 0xb5, 0x2f, 0xfd, 0), "packing_not_read", "zstd"],
    ["bzip2", Buffer.from("BZh91AY&SY"), "packing_not_read", "bzip2"],
    ["xz", bytes(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), "packing_not_read", "xz"],
    ["a tar archive", tar(), "packing_not_read", "a tar archive"],
    ["a tar archive in gzip", gzipSync(tar()), "packing_not_read", "a tar archive"],
    ["a program", bytes(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0), "not_text", "not a text file"],
    ["gzip in gzip", gzipSync(GZIP), "not_text", "not a text file"],
    ["UTF-16", Buffer.from('\ufeff{"flow":{}}', "utf16le"), "not_text", "UTF-16"],
    ["UTF-16 the other way round", bytes(0xfe, 0xff, 0, 0x7b), "not_text", "UTF-16"],
    [
      "many control characters",
      Buffer.from("\u0001\u0002\u0003\u0004abcdefgh"),
      "not_text",
      "not a text file",
    ],
  ])("refuses %s by name, in portions of any size", async (_name, file, code, words) => {
    for (const step of [1, 65_536]) {
      const opened = await open(file, step);
      expect(opened).toMatchObject({ code, text: "", isClosed: true });
      expect(opened.message).toContain(words);
    }
  });

  it("reads text with colours, tabs and a stray NUL further on", async () => {
    const text = `\u001b[32mlevel=info\u001b[0m\t{"a":1}\n${"x".repeat(5000)}\u0000\n`;
    expect(await open(Buffer.from(text))).toMatchObject({ text, code: undefined });
  });

  it("hands on the errors of the source", async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield GZIP.subarray(0, 100);
      throw new Error("the disk is gone");
    }
    const reading = async () => {
      for await (const _ of unpack(failing(), () => undefined)) {
        // Only the end matters.
      }
    };
    await expect(reading()).rejects.toThrow("the disk is gone");
  });

  it.each([
    ["plain", Buffer.from(LOG)],
    ["gzip", GZIP],
  ])("closes a %s source that is not read to its end", async (_name, file) => {
    let isClosed = false;
    async function* portions(): AsyncGenerator<Uint8Array> {
      try {
        for (let at = 0; at < file.length; at += 1000) yield file.subarray(at, at + 1000);
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of unpack(portions(), () => undefined)) break;
    expect(isClosed).toBe(true);
  });
});

/** The header of a member and an end: enough for its signature, at byte 257. */
function tar(): Buffer {
  const header = Buffer.alloc(1024);
  header.write("events.log", 0);
  header.write("ustar", 257);
  return header;
}

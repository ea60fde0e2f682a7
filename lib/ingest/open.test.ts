import { constants, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Budget } from "./budget";
import { FileRefusal } from "./file-refusal";
import { PACKING_LIMITS, type PackingLimits } from "./limits";
import { openUpload } from "./open";
import { pax, type TarMember, tar, zip, zstdFrame } from "./testing-archives";
import { MemorySource } from "./testing-source";

/** A file that came out: its way, packing and text, and how it ended. */
interface Out {
  readonly file: string;
  readonly packing: string;
  readonly text: string;
  readonly code: string | undefined;
}

interface Everything {
  /** How files ended that did not come to their end. */
  readonly said: readonly string[];
  readonly files: readonly Out[];
  readonly archives: readonly string[];
  /** Way and reason. */
  readonly aside: readonly string[];
  readonly refused: readonly { readonly at: string; readonly code: string; readonly message: string }[];
  readonly isClosed: boolean;
}

async function open(
  file: Uint8Array,
  { step = 65_536, limits = {} }: { step?: number; limits?: Partial<PackingLimits> } = {},
): Promise<Everything> {
  const source = new MemorySource(file, step);
  const budget = new Budget(() => source.consumed, { ...PACKING_LIMITS, ...limits });
  const files: Out[] = [];
  const said: string[] = [];
  const archives: string[] = [];
  const aside: string[] = [];
  const refused: { at: string; code: string; message: string }[] = [];
  for await (const opened of openUpload(source, budget)) {
    const at = opened.names.join(" > ");
    if (opened.kind === "archive") archives.push(`${at}:${opened.packing}`);
    else if (opened.kind === "aside") aside.push(`${at}: ${opened.why}`);
    else if (opened.kind === "refused")
      refused.push({ at, code: opened.refusal.code, message: opened.refusal.message });
    else {
      const { text, refusal } = await drain(opened.bytes);
      files.push({ file: at, packing: opened.packing, text, code: refusal?.code });
      if (refusal !== undefined) said.push(refusal.message);
    }
  }
  return { files, said, archives, aside, refused, isClosed: source.isClosed };
}

async function drain(bytes: AsyncGenerator<Uint8Array>): Promise<{ text: string; refusal?: FileRefusal }> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of bytes) parts.push(part);
  } catch (refusal) {
    if (!(refusal instanceof FileRefusal)) throw refusal;
    return { text: String(Buffer.concat(parts)), refusal };
  }
  return { text: String(Buffer.concat(parts)) };
}

const whole = (file: string, text: string, packing = "plain"): Out => ({
  file,
  packing,
  text,
  code: undefined,
});
const bytes = (...values: number[]): Buffer => Buffer.from(values);
/** Does not compress well, so that a break lies within the text. */
const LOG = Array.from(
  { length: 5000 },
  (_, i) => `{"n":${i},"x":"${(i * 2_654_435_761) % 1_000_003}"}\n`,
).join("");
const GZIP = gzipSync(LOG);
const FLOW_LINE = '{"flow":{"verdict":"AUDIT"}}\n';
/** Gzip of the text, and then a block of a kind that there is not (RFC 1951, 3.2.3: 11), in which anything may stand. */
function damagedBehind(text: string, level: number): Buffer {
  const good = gzipSync(text, { level, finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([good, Buffer.alloc(5000, 0x07)]);
}
/** With one bit turned round. */
function changedAt(file: Buffer, place: number): Buffer {
  const changed = Buffer.from(file);
  changed[place] = (changed[place] as number) ^ 1;
  return changed;
}
/** Made by zstd 1.5.7 -19: `{"flow":{"verdict":"FORWARDED","n":N,"x":"..."}}`, 60 lines. */
const ZSTD = Buffer.from(
  "KLUv/WRdC9ULADYdQxtwTdIBDgBNCygYABtM6IuJlFImmVIS59XffiFIADUANQB1VSWssdzO5nas7HNXZkV0Ojsz7yNZM2dbbfffelfV4eI4SCEGoSAAxSAOBIAIDAgYBBwYFBAQg0QgMCRAKEiQCoNMPDQskIqlyqlSPzdHLw2LOi332Vz+bP8yS7//pXVaeSS5GEtvkahmjLDoiEPI4tkRtkzTdZdV9VKEAf7ZU+VF17FS53OuHMuYnPPQ9JqNt1r5WIXsXu8pPx+/LtK+/ozq4iI9PhffpDLXs63OWuYBi+MgRKXcS7V21kz9RfSjU5n1f1XhnFb7tfm0J6Oi8WV25nJe6U2vY+MbKqypIyuisbPyaaFnXAJ2qBGAaIEW8PXv0BuFDhIQFZAF//8JAX+GZALbkZUD2ok5EKHAWThJyIUFQQnVhPoYccZUQCRkSGAQ5HIAVWJUpmLtdHlJwDw/AuAtCOlhbrLJQTJqkJK6x4EIECBAGBABgIgGNygpe7JNqvNEm08=",
  "base64",
);
const ZSTD_TEXT = Array.from(
  { length: 60 },
  (_, i) => `{"flow":{"verdict":"FORWARDED","n":${i},"x":"${(i * 2_654_435_761) % 1_000_003}"}}\n`,
).join("");

describe("a file that is no archive", () => {
  it.each([1, 7, 65_536])("is given as it is, in portions of %i", async (step) => {
    const text = '{"a":"\u00fc"}\n';
    expect(await open(Buffer.from(text), { step })).toEqual({
      files: [whole("", text)],
      said: [],
      archives: [],
      aside: [],
      refused: [],
      isClosed: true,
    });
  });

  it.each([7, 1000, 65_536])("comes out of gzip, in portions of %i", async (step) => {
    const opened = await open(GZIP, { step });
    expect(opened.files).toEqual([whole("", LOG, "gzip")]);
    expect(opened.isClosed).toBe(true);
  });

  it.each([
    ["begins with more zero bytes than are looked at", `${"\0".repeat(10_000)}${LOG}`],
    ["ends with more zero bytes than it has text", `{"a":1}\n${"\0".repeat(10_000)}`],
  ])("is text when it %s", async (_how, text) => {
    expect((await open(Buffer.from(text))).files).toEqual([whole("", text)]);
  });

  it.each([
    ["an SQLite database", "SQLite format 3\0", "first page"],
    ["a Parquet file", "PAR1\u0015\u0000", "JSON lines or CSV"],
    ["an Avro file", "Obj\u0001\u0004", "avro-tools"],
    ["a packet capture", "\u00d4\u00c3\u00b2\u00a1\u0002\u0000", "hubble observe"],
    ["a PDF", "%PDF-1.4\n", "log itself"],
    ["a picture", "\u0089PNG\r\n", "log itself"],
  ])("is refused by name when it is %s", async (name, head, next) => {
    const { refused } = await open(Buffer.from(`${head}${"x".repeat(100)}`, "latin1"));
    expect(refused).toMatchObject([{ at: "", code: "not_text" }]);
    expect(refused[0]?.message).toContain(name);
    expect(refused[0]?.message).toContain(next);
  });

  it("comes out of gzip that is filled up with zero bytes", async () => {
    const opened = await open(Buffer.concat([GZIP, Buffer.alloc(100_000)]), { step: 1000 });
    expect(opened.files).toEqual([whole("", LOG, "gzip")]);
  });

  it("comes out of gzip members one behind the other as one file", async () => {
    const file = Buffer.concat([gzipSync("one\n"), gzipSync(""), gzipSync("two\n"), GZIP]);
    expect((await open(file)).files).toEqual([whole("", `one\ntwo\n${LOG}`, "gzip")]);
  });

  it.each([1, 13, 65_536])("comes out of zstd, in portions of %i", async (step) => {
    expect((await open(ZSTD, { step })).files).toEqual([whole("", ZSTD_TEXT, "zstd")]);
  });

  it("comes out of zstd frames one behind the other, past frames that are to be skipped", async () => {
    const skipped = Buffer.concat([bytes(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0), Buffer.from("xyz")]);
    const repeated = zstdFrame(["one\n", [0x2d, 70_000], "\n"], { checksum: true });
    const file = Buffer.concat([skipped, repeated, zstdFrame(["two\n"], { contentBytes: 4 }), ZSTD]);
    expect((await open(file)).files).toEqual([
      whole("", `one\n${"-".repeat(70_000)}\ntwo\n${ZSTD_TEXT}`, "zstd"),
    ]);
  });

  it.each([
    ["little", Buffer.from('\ufeff{"a":"\u00fc\ud83d\ude00"}\r\n', "utf16le")],
    ["big", Buffer.from('\ufeff{"a":"\u00fc\ud83d\ude00"}\r\n', "utf16le").swap16()],
    ["little (and no mark)", Buffer.from('{"a":"\u00fc\ud83d\ude00"}\r\n', "utf16le")],
    ["big (and no mark)", Buffer.from('{"a":"\u00fc\ud83d\ude00"}\r\n', "utf16le").swap16()],
  ])("comes out of UTF-16 with the %s end first, in portions of any size", async (_name, file) => {
    for (const step of [1, 3, 65_536]) {
      expect((await open(file, { step })).files).toEqual([
        whole("", '{"a":"\u00fc\ud83d\ude00"}\r\n', "utf-16"),
      ]);
    }
  });

  it.each([
    ["little", (text: string) => Buffer.from(text, "utf16le")],
    ["big", (text: string) => Buffer.from(text, "utf16le").swap16()],
  ])("comes out of UTF-16 with the %s end first behind a hole of zero bytes", async (_name, encoded) => {
    for (const zeros of [4096, 10_000]) {
      const { files } = await open(Buffer.concat([Buffer.alloc(zeros), encoded(LOG)]), { step: 999 });
      expect(files).toEqual([whole("", `${"\0".repeat(zeros)}${LOG}`)]);
    }
  });

  it("comes out of a long UTF-16 log without a mark, in gzip", async () => {
    const opened = await open(gzipSync(Buffer.from(LOG, "utf16le")));
    expect(opened.files).toEqual([whole("", LOG, "gzip+utf-16")]);
  });

  it.each([
    // Nowhere near every other byte is zero.
    ["scattered", `{"a":"${"x\u0000".repeat(50)}"}\n${FLOW_LINE.repeat(40)}`],
    // Zero bytes beside each other, of any number.
    ...[1, 2, 3, 63].map((zeros): [string, string] => [
      `${zeros} leading`,
      `${"\u0000".repeat(zeros)}${FLOW_LINE.repeat(9)}`,
    ]),
  ])("is not taken for UTF-16 for some zero bytes: %s", async (_how, text) => {
    expect((await open(Buffer.from(text))).files).toEqual([whole("", text)]);
  });

  it("comes out of gzip in gzip", async () => {
    expect((await open(gzipSync(GZIP))).files).toEqual([whole("", LOG, "gzip+gzip")]);
  });

  it.each([
    ["an empty file", Buffer.alloc(0), "plain"],
    ["gzip of nothing", gzipSync(""), "gzip"],
  ])("is empty for %s", async (_name, file, packing) => {
    expect((await open(file)).files).toEqual([whole("", "", packing)]);
  });

  it.each([
    `\u001b[32mlevel=info\u001b[0m\t{"a":1}\n${"x".repeat(5000)}\u0000\n`,
    // A machine that lost power; a file that was cut to nothing while its writer went on behind its old end.
    `{"flow":{"verdict":"AUDIT"}}\u0000\u0000\n${'{"flow":{"verdict":"AUDIT"}}\n'.repeat(9)}`,
    `${"\u0000".repeat(3000)}{"flow":{"verdict":"AUDIT"}}\n`,
  ])("may hold colours, tabs and stray NULs: %j", async (text) => {
    expect((await open(Buffer.from(text))).files).toEqual([whole("", text)]);
  });

  it.each([
    ["bzip2", Buffer.from("BZh91AY&SY"), "packing_not_read", "bunzip2"],
    ["xz", bytes(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), "packing_not_read", "unxz"],
    ["7z", bytes(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0), "packing_not_read", "7z x"],
    ["a program", bytes(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0), "not_text", "not a text file"],
    ["nothing but NUL", Buffer.alloc(2048), "not_text", "not a text file"],
    [
      "many control characters",
      Buffer.from("\u0001\u0002\u0003\u0004abcdefgh"),
      "not_text",
      "not a text file",
    ],
    ["a program in gzip", gzipSync(bytes(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0)), "not_text", "not a text file"],
  ])("is refused by name when it is %s, in portions of any size", async (_name, file, code, words) => {
    for (const step of [1, 65_536]) {
      const { files, refused, isClosed } = await open(file, { step });
      expect(files).toEqual([]);
      expect(refused).toMatchObject([{ at: "", code, message: expect.stringContaining(words) }]);
      expect(isClosed).toBe(true);
    }
  });
});

describe("a file that breaks off", () => {
  it.each([12, 100, Math.floor(GZIP.length / 2), GZIP.length - 9, GZIP.length - 1])(
    "gives what came before gzip ends after %i bytes, then says so",
    async (length) => {
      const { files, refused, isClosed } = await open(GZIP.subarray(0, length));
      const text = files[0]?.text ?? "";
      expect(files[0]?.code ?? refused[0]?.code).toBe("packing_broken");
      expect(isClosed).toBe(true);
      expect(LOG.startsWith(text)).toBe(true);
      if (length > GZIP.length - 10) expect(text).toBe(LOG);
      // A break loses no more than the bytes behind it.
      expect(text.length).toBeGreaterThan((length / GZIP.length) * LOG.length * 0.5 - 2000);
    },
  );

  it.each([
    ["a small file", LOG, 6],
    ["a file of one line", FLOW_LINE, 6],
    ["a file of many portions", LOG.repeat(20), 1],
  ])("gives all that came before gzip is damaged: %s", async (_what, text, level) => {
    for (const step of [3000, 65_536]) {
      const { files, said } = await open(damagedBehind(text, level), { step });
      expect(files).toEqual([{ ...whole("", text, "gzip"), code: "packing_broken" }]);
      expect(said).toEqual([expect.stringContaining("what came before was read. Copy")]);
    }
  });

  it("says what may be lost before the damage of a large gzip", async () => {
    const text = LOG.repeat(20);
    const { files, said } = await open(damagedBehind(text, 1), { limits: { packedKept: 100_000 } });
    expect(said).toEqual([expect.stringContaining("was read, but for 64 KiB at most. Copy")]);
    expect(text.startsWith(files[0]?.text ?? "?")).toBe(true);
    expect(files[0]?.text.length).toBeGreaterThan(text.length - 65_536);
  });

  it.each([
    ["bytes that are none", Buffer.concat([GZIP, Buffer.from("rubbish")]), "7 bytes behind the end"],
    [
      "zeros and more gzip",
      Buffer.concat([GZIP, Buffer.alloc(512), gzipSync("lost")]),
      "bytes behind the end",
    ],
    ["a wrong checksum", changedAt(GZIP, GZIP.length - 8), "checksum does not fit"],
    ["a wrong length", changedAt(GZIP, GZIP.length - 1), "checksum does not fit"],
  ])("gives all of gzip that ends with %s, and says so", async (_what, file, words) => {
    for (const step of [1, 100, 65_536]) {
      const { files, said } = await open(file, { step });
      expect(files).toMatchObject([{ text: LOG, code: "packing_broken" }]);
      expect(said).toEqual([expect.stringContaining(words)]);
    }
  });

  it("reads gzip with all that its header may hold, in several members", async () => {
    // RFC 1952: extra field of 5 bytes, name, comment, and a checksum of the header, which zlib is asked to make.
    const header = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 5, 0]),
      Buffer.from("extra"),
      Buffer.from("events.log\0"),
      Buffer.from(`${"a long comment ".repeat(40)}\0`),
      Buffer.from([0, 0]),
    ]);
    const long = Buffer.concat([header, GZIP.subarray(10)]);
    for (const step of [1, 1000, 65_536]) {
      const { files } = await open(Buffer.concat([long, gzipSync(""), GZIP]), { step });
      expect(files).toMatchObject([{ text: LOG + LOG, code: undefined }]);
    }
    const endless = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]),
      Buffer.alloc(80_000, 65),
    ]);
    expect((await open(endless)).files).toMatchObject([{ text: "", code: "packing_broken" }]);
  });

  it.each([
    ["in its second frame", Buffer.concat([zstdFrame(["one\n"]), ZSTD.subarray(0, 200)]), "one\n"],
    ["before its checksum", zstdFrame(["one\n"], { checksum: true }).subarray(0, -2), "one\n"],
    ["with less than it said", zstdFrame(["one\n"], { contentBytes: 5 }), "one\n"],
    ["with something else behind it", Buffer.concat([zstdFrame(["one\n"]), Buffer.from("else")]), "one\n"],
  ])("gives what came before zstd ends %s", async (_how, file, text) => {
    expect((await open(file)).files).toMatchObject([{ text, code: "packing_broken" }]);
  });

  it("hands on the errors of the source", async () => {
    const source = new MemorySource(GZIP);
    source.bytes = async function* () {
      yield GZIP.subarray(0, 100);
      throw new Error("the disk is gone");
    };
    const reading = async () => {
      for await (const opened of openUpload(source, new Budget(() => 0)))
        if (opened.kind === "file") await drain(opened.bytes);
    };
    await expect(reading()).rejects.toThrow("the disk is gone");
  });

  it.each([
    ["plain", Buffer.from(LOG)],
    ["gzip", GZIP],
    ["tar", tar([{ name: "a", content: LOG }])],
    ["tar in gzip", gzipSync(tar([{ name: "a", content: LOG }]))],
    ["zip in tar", tar([{ name: "a.zip", content: zip([{ name: "a", content: LOG }]) }])],
  ])("closes a %s source that is not read to its end", async (_name, file) => {
    const source = new MemorySource(file, 1000);
    for await (const opened of openUpload(source, new Budget(() => source.consumed)))
      if (opened.kind === "file") break;
    expect(source.isClosed).toBe(true);
  });
});

describe("a tar archive", () => {
  const LONG = `${"deep/".repeat(60)}events.log`;

  it.each([1, 700, 65_536])("gives its files, in portions of %i", async (step) => {
    const file = tar([
      { name: "logs/", type: "5" },
      { name: "logs/a.log", content: "one\n" },
      { name: "logs/empty.log" },
      { name: "b.log.gz", content: GZIP },
      { name: "c.log", content: "x".repeat(512), isOld: true },
      { name: "d.log", content: "four\n", prefix: "node-4/var/log" },
    ]);
    const opened = await open(file, { step });
    expect(opened.archives).toEqual([":tar"]);
    expect(opened.files).toEqual([
      whole("logs/a.log", "one\n"),
      whole("logs/empty.log", ""),
      whole("b.log.gz", LOG, "gzip"),
      whole("c.log", "x".repeat(512)),
      whole("node-4/var/log/d.log", "four\n"),
    ]);
    expect(opened.refused).toEqual([]);
    expect(opened.isClosed).toBe(true);
  });

  it.each([
    ["gzip", (file: Buffer) => gzipSync(file), ":gzip+tar"],
    ["zstd", (file: Buffer) => zstdFrame([file]), ":zstd+tar"],
  ])("is read out of %s", async (_name, pack, packing) => {
    const opened = await open(pack(tar([{ name: "a.log", content: "one\n" }])));
    expect(opened).toMatchObject({ archives: [packing], files: [whole("a.log", "one\n")], refused: [] });
  });

  it("takes long names and sizes from the headers before a file", async () => {
    const size = Buffer.alloc(12);
    size.writeUInt8(0x80, 0);
    size.writeUInt32BE(4, 8);
    const opened = await open(
      tar([
        { name: "././@LongLink", type: "L", content: `${LONG}\0` },
        { name: "cut", content: "one\n" },
        pax({ path: `${LONG}.2`, mtime: "1.5", size: "4" }),
        { name: "cut", content: "two\n", size: 0 },
        { name: "binary", content: "3 4\n", size },
        { name: "plain", content: "four\n" },
      ]),
    );
    expect(opened.files).toEqual([
      whole(LONG, "one\n"),
      whole(`${LONG}.2`, "two\n"),
      whole("binary", "3 4\n"),
      whole("plain", "four\n"),
    ]);
  });

  it("never follows links, makes devices, or walks out by a name", async () => {
    const opened = await open(
      tar([
        { name: "passwd", type: "2", size: 0 },
        { name: "hard", type: "1", size: 9999 },
        { name: "null", type: "3" },
        { name: "disk", type: "4" },
        { name: "fifo", type: "6" },
        { name: "odd", type: "Z" },
        pax({ "GNU.sparse.major": "1", path: "holes.log" }),
        { name: "x", content: "holes\n" },
        { name: "../../../etc/cron.d/x", content: "one\n" },
        { name: "C:\\windows\\x", content: "two\n" },
      ]),
    );
    expect(opened.aside).toEqual([
      "passwd: a link",
      "hard: a link",
      "null: a device",
      "disk: a device",
      "fifo: a pipe",
      "odd: of an unknown kind",
      "holes.log: a sparse file",
    ]);
    // The names stay what they are: text to be shown.
    expect(opened.files).toEqual([whole("../../../etc/cron.d/x", "one\n"), whole("C:\\windows\\x", "two\n")]);
  });

  it.each([512, 700, 1024, 1536])(
    "that is cut after %i bytes gives what came before, and says so once",
    async (length) => {
      const file = tar([
        { name: "a", content: "one\n" },
        { name: "b", content: "two\n".repeat(100) },
      ]).subarray(0, length);
      const { files, refused } = await open(file);
      const told = [...files.flatMap(({ code }) => code ?? []), ...refused.map(({ code }) => code)];
      expect(told).toEqual(["packing_broken"]);
      expect("one\n".startsWith(files[0]?.text ?? "")).toBe(true);
    },
  );

  it("whose sizes lie is told as damaged where its headers stop making sense", async () => {
    const short: TarMember = { name: "a", content: "x".repeat(2000), size: 100 };
    const shortened = await open(tar([short, { name: "b", content: "two\n" }]));
    expect(shortened.files).toEqual([whole("a", "x".repeat(100))]);
    expect(shortened.refused).toMatchObject([{ at: "", code: "packing_broken" }]);
    const { files, refused } = await open(tar([{ name: "a", content: LOG, size: 0o77777777777 }]));
    expect(files).toMatchObject([{ file: "a", code: "packing_broken" }]);
    expect(refused).toEqual([]);
  });
});

describe("a zip archive", () => {
  it.each([false, true])("gives its files, with the end in the long form: %s", async (long) => {
    const file = zip(
      [
        { name: "logs/", content: "", isStored: true },
        { name: "logs/a.log", content: "one\n" },
        { name: "stored.log", content: LOG, isStored: true },
        { name: "long.log", content: LOG, isLong: true },
        { name: "later.log", content: LOG, hasDescriptor: true },
        { name: "stored-later.log", content: "two\n", isStored: true, hasDescriptor: true },
        { name: "zstd.log", content: ZSTD, isStored: true, method: 93, claims: ZSTD_TEXT.length, crc: 0 },
        { name: "b.log.gz", content: GZIP },
      ],
      { long },
    );
    const opened = await open(file);
    expect(opened.archives).toEqual([":zip"]);
    expect(opened.files).toEqual([
      whole("logs/a.log", "one\n"),
      whole("stored.log", LOG),
      whole("long.log", LOG),
      whole("later.log", LOG),
      whole("stored-later.log", "two\n"),
      { ...whole("zstd.log", ZSTD_TEXT), code: "packing_broken" },
      whole("b.log.gz", LOG, "gzip"),
    ]);
    expect(opened.refused).toEqual([]);
    expect(opened.isClosed).toBe(true);
  });

  it("is told by name when it is an Excel workbook", async () => {
    const { files, refused } = await open(zip([{ name: "xl/workbook.xml", content: "<workbook/>" }]));
    expect(files).toEqual([]);
    expect(refused).toEqual([
      {
        at: "xl/workbook.xml",
        code: "packing_not_read",
        message: "This is an Excel workbook, which is not read: save it as CSV and add that.",
      },
    ]);
  });

  it("may be empty, or stand behind something else that is a zip too", async () => {
    expect(await open(zip([]))).toMatchObject({ archives: [":zip"], files: [], refused: [] });
    const file = Buffer.concat([
      zip([{ name: "lost", content: "x" }]),
      zip([{ name: "a", content: "one\n" }]),
    ]);
    expect((await open(file)).files).toEqual([whole("a", "one\n")]);
  });

  it("refuses what is encrypted by name and reads the rest", async () => {
    const opened = await open(
      zip([
        { name: "secret.log", content: "???", isEncrypted: true },
        { name: "a.log", content: "one\n" },
        { name: "link", content: "/etc/passwd", isLink: true, isStored: true },
        { name: "odd.log", content: "???", method: 14 },
      ]),
    );
    expect(opened.files).toEqual([
      { ...whole("secret.log", ""), code: "archive_encrypted" },
      whole("a.log", "one\n"),
      { ...whole("odd.log", ""), code: "packing_not_read" },
    ]);
    expect(opened.aside).toEqual(["link: a link"]);
  });

  it.each([
    ["a checksum", { crc: 1 }, LOG],
    ["a size that is too large", { claims: LOG.length + 1 }, LOG],
  ])("whose entry lies about %s gives it and says that it is damaged", async (_what, lie, text) => {
    const opened = await open(
      zip([
        { name: "a", content: LOG, ...lie },
        { name: "b", content: "two\n" },
      ]),
    );
    expect(opened.files).toEqual([{ ...whole("a", text), code: "packing_broken" }, whole("b", "two\n")]);
  });

  it("whose entry holds more than it says is read no further than it says", async () => {
    const { files } = await open(zip([{ name: "a", content: LOG, claims: 10 }]));
    expect(files).toMatchObject([{ code: "packing_broken" }]);
    expect(files[0]?.text.length).toBeLessThanOrEqual(10);
  });

  it.each([
    ["stored", { isStored: true }],
    ["deflated", {}],
    ["with sizes behind the content", { hasDescriptor: true }],
    ["with sizes behind the content and no signature", { hasDescriptor: true, bareDescriptor: true }],
  ])("that lost its end gives the entries before the break: %s", async (_how, how) => {
    const file = zip([
      { name: "a", content: LOG, ...how },
      { name: "b", content: "two\n", ...how },
      { name: "c", content: LOG, ...how },
    ]);
    const atC = file.indexOf("PK\u0003\u0004", file.indexOf("PK\u0003\u0004", 100) + 1, "latin1");
    const cut = await open(file.subarray(0, atC + 1000));
    expect(cut.files.slice(0, 2)).toEqual([whole("a", LOG), whole("b", "two\n")]);
    expect(cut.files[2]).toMatchObject({ file: "c", code: "packing_broken" });
    expect(LOG.startsWith(cut.files[2]?.text ?? "?")).toBe(true);
    expect(cut.refused).toEqual([]);
    const between = await open(file.subarray(0, atC));
    expect(between.files).toEqual([whole("a", LOG), whole("b", "two\n")]);
    expect(between.refused).toMatchObject([{ at: "", code: "packing_broken" }]);
  });

  it("with a damaged list of contents gives what the list had before", async () => {
    const file = zip([
      { name: "a", content: "one\n" },
      { name: "b", content: "two\n" },
    ]);
    file.writeUInt32LE(0, file.lastIndexOf("PK\u0001\u0002", undefined, "latin1"));
    const { files, refused } = await open(file);
    expect(files).toEqual([whole("a", "one\n")]);
    expect(refused).toMatchObject([
      { code: "packing_broken", message: expect.stringContaining("after 1 entries") },
    ]);
  });
});

describe("archives in archives", () => {
  it("are opened to a bounded depth", async () => {
    let file: Buffer = Buffer.from("one\n");
    for (let layer = 1; layer <= 6; layer++)
      file = layer % 2 ? gzipSync(file) : zip([{ name: `layer-${layer}`, content: file }]);
    expect((await open(file)).files).toEqual([whole("layer-6 > layer-4 > layer-2", "one\n", "gzip")]);
    const deeper = await open(gzipSync(file));
    expect(deeper.files).toEqual([]);
    expect(deeper.refused).toMatchObject([{ code: "archive_too_deep" }]);
  });

  it("leave aside what is no text, what is hidden, and in a sysdump what is no flow log", async () => {
    const folder = "cilium-sysdump-20260821-120000";
    const opened = await open(
      zip([
        { name: `${folder}/hubble-flows-cilium-abcde-20260821-120000.json`, content: "one\n" },
        { name: `${folder}/cilium-configmap-20260821.yaml`, content: "a: 1\n" },
        { name: `${folder}/k8s-pods-20260821.yaml`, content: "a: 1\n" },
        {
          name: `${folder}/cilium-bugtool-cilium-abcde.tar.gz`,
          content: gzipSync(
            tar([
              { name: "bugtool/cmd/hubble-observe.json", content: "two\n" },
              { name: "bugtool/cmd/ip-a.md", content: "x\n" },
            ]),
          ),
        },
        { name: `${folder}/.DS_Store`, content: "x" },
        { name: "other/notes.txt", content: "three\n" },
        { name: "other/picture.png", content: bytes(0x89, 0x50, 0x4e, 0x47, 0, 0) },
      ]),
    );
    expect(opened.files.map(({ file, text }) => [file, text])).toEqual([
      [`${folder}/hubble-flows-cilium-abcde-20260821-120000.json`, "one\n"],
      [`${folder}/cilium-bugtool-cilium-abcde.tar.gz > bugtool/cmd/hubble-observe.json`, "two\n"],
      ["other/notes.txt", "three\n"],
    ]);
    expect(opened.aside.map((text) => text.replace(/^.*: /, ""))).toEqual([
      "not a flow log, by its place in a sysdump",
      "not a flow log, by its place in a sysdump",
      "not a flow log, by its place in a sysdump",
      "hidden",
      "not text",
    ]);
  });
});

describe("limits", () => {
  const MIB = 1024 * 1024;
  const BOMB = "flow flow\n".repeat(200_000);

  it.each([
    ["gzip", gzipSync(BOMB)],
    ["zip", zip([{ name: "a", content: BOMB }])],
    ["zstd", zstdFrame([...Array(40).fill([0x61, 128 * 1024])])],
    ["tar in gzip", gzipSync(tar([{ name: "a", content: BOMB }]))],
    ["gzip in zip", zip([{ name: "a", content: gzipSync(BOMB) }])],
  ])("end a bomb in %s by its ratio", async (_name, file) => {
    const { files, refused } = await open(file, { limits: { ratio: 100, ratioFrom: MIB } });
    const told = [...files.flatMap(({ code }) => code ?? []), ...refused.map(({ code }) => code)];
    expect(told).toEqual(["archive_bomb"]);
    expect(files.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(1.2 * MIB);
  });

  it("end what unpacks to too much, over all entries together", async () => {
    const file = zip(["a", "b", "c", "d"].map((name) => ({ name, content: LOG })));
    const { files, refused } = await open(file, { limits: { unpackedBytes: LOG.length * 2.5 } });
    expect(files.map(({ code }) => code)).toEqual([undefined, undefined, "archive_bomb", "archive_bomb"]);
    expect(refused).toEqual([]);
  });

  it("do not take a small file of equal lines for a bomb", async () => {
    const text = "{}\n".repeat(300_000);
    expect((await open(gzipSync(text))).files).toEqual([whole("", text, "gzip")]);
  });

  it.each([
    ["entries", { entries: 3 }, 3],
    ["files", { files: 2 }, 2],
  ] as const)("bound the number of %s", async (_what, limits, files) => {
    const members = Array.from({ length: 50 }, (_, i) => ({ name: `f${i}`, content: "x\n" }));
    for (const file of [zip(members), tar(members)]) {
      const opened = await open(file, { limits });
      expect(opened.files).toHaveLength(files);
      expect(opened.refused).toMatchObject([{ at: "", code: "archive_too_many" }]);
    }
  });

  it("refuse a zstd frame that asks for too much memory before giving it", async () => {
    // Exponent 31 - 10 = 21: a window of 2 GiB.
    const { files, refused } = await open(zstdFrame(["x\n"], { window: 21 << 3 }));
    const told = [...files.map(({ code }) => code), ...refused.map(({ code }) => code)];
    expect(told).toEqual(["packing_not_read"]);
  });

  it("bound the copy of a zip within another archive", async () => {
    const inner = zip([{ name: "a", content: LOG }]);
    const { refused, files } = await open(
      tar([
        { name: "a.zip", content: inner },
        { name: "b", content: "x\n" },
      ]),
      {
        limits: { scratchBytes: 1000 },
      },
    );
    expect(refused).toMatchObject([{ at: "a.zip", code: "archive_bomb" }]);
    expect(files).toEqual([whole("b", "x\n")]);
  });

  it("bound a header of a tar archive", async () => {
    const { refused } = await open(tar([{ name: "x", type: "L", size: 2 * MIB }]));
    expect(refused).toMatchObject([
      { at: "", code: "packing_broken", message: expect.stringContaining("absurdly") },
    ]);
  });
});

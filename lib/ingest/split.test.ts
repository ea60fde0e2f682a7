import { describe, expect, it } from "vitest";
import type { Chunk } from "./chunk";
import { LIMITS } from "./limits";
import { Splitter } from "./split";

interface Cut {
  readonly text: string;
  readonly line: number;
  /** In the file. */
  readonly offset: number;
  readonly code?: string;
}

type Limits = ConstructorParameters<typeof Splitter>[1];

/** Everything the splitter cuts, fed in portions of `step` bytes. */
function cut(input: string | Uint8Array, step: number, limits?: Limits): Cut[] {
  return chunksOf(input, step, limits).flatMap((chunk) =>
    Array.from({ length: chunk.documents.length / 3 }, (_, number): Cut => {
      const [start = 0, end = 0, line = 0] = chunk.documents.subarray(number * 3);
      const text = Buffer.from(chunk.bytes.subarray(start, end)).toString("latin1");
      const code = chunk.refused.get(number);
      return { text, line, offset: chunk.offset + start, ...(code === undefined ? {} : { code }) };
    }),
  );
}

function chunksOf(input: string | Uint8Array, step: number, limits?: Limits): Chunk[] {
  const bytes = typeof input === "string" ? Buffer.from(input, "latin1") : input;
  const chunks: Chunk[] = [];
  const splitter = new Splitter((chunk) => chunks.push(chunk), limits);
  for (let at = 0; at < bytes.length; at += step) splitter.push(bytes.subarray(at, at + step));
  splitter.end();
  return chunks;
}

/** Small blocks, so that every portion is a border between two looks at the bytes. */
const SMALL_BLOCKS: Limits = { ...LIMITS, blockBytes: 16 };

const A = '{"a":1}';
const B = '{"b":[{"c":"}"}]}';
const PRETTY = '{\n  "a": {\n    "b": [\n      1,\n      "x{"\n    ]\n  }\n}';
const POLICIES = JSON.stringify(
  { policies: [{ name: "p", labels: ["l"] }, { name: "q" }], workloads: [{ kind: "k" }] },
  null,
  2,
);
const TORN = PRETTY.slice(0, PRETTY.indexOf('{"'));
const indented = (text: string): string => text.replaceAll("\n", "\n  ");
/** Refused by the splitter, or left to the decoders to refuse. */
type Expected = readonly [text: string, line: number, code?: string];

/** name, input, documents in order with their lines. */
const CASES: readonly (readonly [name: string, input: string, expected: readonly Expected[]])[] = [
  ["nothing", "", []],
  ["blank lines only", "\n\n  \r\n\t\n", []],
  ["one line with its end", `${A}\n`, [[A, 1]]],
  ["one line without its end", A, [[A, 1]]],
  [
    "two lines",
    `${A}\n${B}\n`,
    [
      [A, 1],
      [B, 2],
    ],
  ],
  [
    "CRLF",
    `${A}\r\n${B}\r\n`,
    [
      [A, 1],
      [B, 2],
    ],
  ],
  [
    "a byte order mark",
    `\u00ef\u00bb\u00bf${A}\n${B}`,
    [
      [A, 1],
      [B, 2],
    ],
  ],
  [
    "byte order marks of files put behind each other, and the separators of jq --seq",
    `\u00ef\u00bb\u00bf${A}\n\u00ef\u00bb\u00bf${PRETTY}\n\u001e${PRETTY}\n\u001e${B}\n`,
    [
      [A, 1],
      [PRETTY, 2],
      [PRETTY, 10],
      [B, 18],
    ],
  ],
  [
    "blank lines between and around",
    `\n\n${A}\n\n  \n${B}\n\n`,
    [
      [A, 3],
      [B, 6],
    ],
  ],
  [
    "blanks around records",
    `  ${A}  \n\t${B}\t\n`,
    [
      [A, 1],
      [B, 2],
    ],
  ],
  [
    "a list on one line",
    `[${A},${B}]`,
    [
      [A, 1],
      [B, 1],
    ],
  ],
  [
    "a list with an entry per line",
    `[\n${A},\n${B}\n]\n`,
    [
      [A, 2],
      [B, 3],
    ],
  ],
  [
    "a list with commas in front",
    `[\n  ${A}\n  ,${B}\n]`,
    [
      [A, 2],
      [B, 3],
    ],
  ],
  [
    "a pretty-printed list",
    `[\n${PRETTY},\n${A}\n]`,
    [
      [PRETTY, 2],
      [A, 10],
    ],
  ],
  ["an empty list", "[]", []],
  ["an empty list over lines, then a record", `[\n\n]\n${A}`, [[A, 4]]],
  [
    "two lists",
    `[${A}]\n[${B}]`,
    [
      [A, 1],
      [B, 2],
    ],
  ],
  [
    "lines, then a list",
    `${A}\n[${B},${A}]\n${B}`,
    [
      [A, 1],
      [B, 2],
      [A, 2],
      [B, 3],
    ],
  ],
  ["a pretty-printed object", PRETTY, [[PRETTY, 1]]],
  [
    "pretty-printed objects one behind the other",
    `${PRETTY}\n${PRETTY}\n${A}`,
    [
      [PRETTY, 1],
      [PRETTY, 9],
      [A, 17],
    ],
  ],
  [
    "an object that closes and opens on one line",
    `{"a":\n1}{"b":\n2}`,
    [
      ['{"a":\n1}', 1],
      ['{"b":\n2}', 2],
    ],
  ],
  // Objects on one short line are one document here; the decoders take it apart.
  [
    "objects one behind the other on a line",
    `${A}${A}\n${B}`,
    [
      [`${A}${A}`, 1],
      [B, 2],
    ],
  ],
  [
    "lines that end with commas",
    `${A},\n${B},\n`,
    [
      [A, 1],
      [B, 2],
    ],
  ],
  ["braces and brackets inside texts", '{"a":"}{][\\"}"}\n', [['{"a":"}{][\\"}"}', 1]]],
  [
    "an escaped backslash before a quote",
    '{"a":"\\\\"}\n{"b":"\\\\\\""\n}',
    [
      ['{"a":"\\\\"}', 1],
      ['{"b":"\\\\\\""\n}', 2],
    ],
  ],
  [
    "a torn line in the middle",
    `${A}\n{"a":{"b":"tor\n${B}\n`,
    [
      [A, 1],
      ['{"a":{"b":"tor', 2, "torn"],
      [B, 3],
    ],
  ],
  [
    "a torn line that another record follows",
    `{"a":[1,\n${A}\n`,
    [
      ['{"a":[1,', 1, "torn"],
      [A, 2],
    ],
  ],
  [
    "a torn line at the end",
    `${A}\n{"a":{"b":`,
    [
      [A, 1],
      ['{"a":{"b":', 2, "torn"],
    ],
  ],
  [
    "an object that never closes",
    `{"a":\n1,\n${A}`,
    [
      ['{"a":\n1,', 1, "torn"],
      [A, 3],
    ],
  ],
  [
    "a pretty-printed object that breaks off at the end",
    `${PRETTY}\n${TORN}`,
    [
      [PRETTY, 1],
      [TORN, 9, "torn"],
    ],
  ],
  [
    "pretty-printed objects, one of which breaks off",
    `${TORN}\n${PRETTY}\n${TORN}\n${A}\n${TORN}\nlevel=info\n`,
    [
      [TORN, 1, "torn"],
      [PRETTY, 6],
      [TORN, 14, "torn"],
      [A, 19],
      [TORN, 20, "torn"],
      ["level=info", 25],
    ],
  ],
  [
    "a pretty-printed list in which an object breaks off",
    `[\n  ${indented(TORN)},\n  ${indented(PRETTY)}\n]\n${A}`,
    [
      [`${indented(TORN)},`, 2, "torn"],
      [indented(PRETTY), 7],
      [A, 16],
    ],
  ],
  [
    "a pretty-printed object damaged inside, to its end",
    `{\n  "a": "x,\n  "b": {\n    "c": 1\n  }\n}\n{\n"d": 1\n}`,
    [
      ['{\n  "a": "x,\n  "b": {\n    "c": 1\n  }\n}', 1, "torn"],
      ['{\n"d": 1\n}', 7],
    ],
  ],
  [
    "objects in lists of an object that breaks off",
    `{\n  "a": [\n    {\n      "b": 1\n    },\n    {\n      "b": tr\n{\n  "c": 1\n}`,
    [
      ['{\n  "a": [\n    {\n      "b": 1\n    },\n    {\n      "b": tr', 1, "torn"],
      ['{\n  "c": 1\n}', 8],
    ],
  ],
  [
    "records of Hubble in a list of an object that breaks off",
    '{\n  "a": [\n    {\n      "flow": {}\n    },\n    {\n      "flow": {',
    [
      ['{\n  "a": [', 1, "torn"],
      ['{\n      "flow": {}\n    }', 3],
      ['{\n      "flow": {', 6, "torn"],
    ],
  ],
  ...['"policies', "{\n      ", '"name"', "},"].map((from): (typeof CASES)[number] => {
    const end = POLICIES.slice(POLICIES.indexOf(from));
    return [
      `a pretty-printed record from ${from} in its lists on, and a whole one`,
      `    ${end}\n${PRETTY}`,
      [
        [end, 1, "not_a_record"],
        [PRETTY, end.split("\n").length + 1],
      ],
    ];
  }),
  [
    "a pretty-printed record that was cut within a line, and a whole one",
    `a": 1,\n  "b": [\n    {\n      "name": 2\n    }\n  ]\n}\n${PRETTY}`,
    [
      ['a": 1,\n  "b": [\n    {\n      "name": 2\n    }\n  ]\n}', 1, "not_a_record"],
      [PRETTY, 8],
    ],
  ],
  [
    "a line of text before others that are not indented, and one before a record that is",
    `x,"y"\n"z","y"\n`,
    [
      ['x,"y"', 1],
      ['"z","y"', 2],
    ],
  ],
  [
    "the end of a pretty-printed object, and a whole one",
    `${PRETTY.slice(PRETTY.indexOf('"x'))}\n${PRETTY}`,
    [
      [PRETTY.slice(PRETTY.indexOf('"x')), 1, "not_a_record"],
      [PRETTY, 5],
    ],
  ],
  [
    "texts that hold records",
    `{"a":\n"{\\"b\\":1}",\n"{\\"b\\":2}"\n`,
    [
      ['{"a":', 1, "torn"],
      ['"{\\"b\\":1}",', 2],
      ['"{\\"b\\":2}"', 3],
    ],
  ],
  [
    "a torn entry in a list",
    `[\n${A},\n{"a":\n,${B}\n]`,
    [
      [A, 2],
      ['{"a":', 3, "torn"],
      [B, 4],
    ],
  ],
  [
    "a list that never closes",
    `[${A},\n${B}`,
    [
      [A, 1],
      [B, 2],
      ["", 2, "torn"],
    ],
  ],
  ["a record behind text", `[pod/x/y] ${A}\n`, [[`[pod/x/y] ${A}`, 1]]],
  [
    "text behind a record",
    `${A} tail\n${B}`,
    [
      [A, 1],
      ["tail", 1],
      [B, 2],
    ],
  ],
  [
    "lines of text",
    "level=info msg=x\nhello\n",
    [
      ["level=info msg=x", 1],
      ["hello", 2],
    ],
  ],
  ["a lone bracket", "[\n", [["[", 1]]],
  [
    "a bracket before text",
    `[x\n${A}`,
    [
      ["[x", 1],
      [A, 2],
    ],
  ],
  [
    "a closing bracket without its list",
    `]\n${A}`,
    [
      ["]", 1],
      [A, 2],
    ],
  ],
  ["a list inside a list, as a line", `[[${A}]]`, [[A, 1]]],
  [
    "lists of lists, over lines",
    `[ [\n${A},\n${PRETTY}], []\n,[[${B}]]]\n${A}`,
    [
      [A, 2],
      [PRETTY, 3],
      [B, 11],
      [A, 12],
    ],
  ],
  [
    "more lists in each other than are opened",
    `[[[[${A}]]]]\n${B}`,
    [
      [`[[[[${A}]]]]`, 1],
      [B, 2],
    ],
  ],
  [
    "a list of texts that hold records",
    `["{\\"a\\":1}","{}",\n"{\\"b\\":\\n2}" ]\n${A}`,
    [
      ['"{\\"a\\":1}"', 1],
      ['"{}"', 1],
      ['"{\\"b\\":\\n2}"', 2],
      [A, 3],
    ],
  ],
  [
    "a text in a list that does not end with its line",
    `["{\\"a\\":1}",\n"{\\"b\\":\n${A}]`,
    [
      ['"{\\"a\\":1}"', 1],
      ['"{\\"b\\":', 2],
      [A, 3],
    ],
  ],
  [
    "NUL bytes around a record",
    `\0\0${A}\0\n${B}\0${A}\0`,
    [
      [A, 1],
      [B, 2],
      [A, 2],
    ],
  ],
  [
    "what closes a list or a quote behind a record, and the same on a line of its own",
    `${A}];\n${B}'\n];\n`,
    [
      [A, 1],
      [B, 2],
      ["];", 3],
    ],
  ],
  [
    "a record that breaks off before others on a line that ends torn",
    '{"flow":{"a":"x{"flow":{"b":1}},{"flow":{"c":\n{"flow":{}}',
    [
      ['{"flow":{"a":"x', 1, "torn"],
      ['{"flow":{"b":1}}', 1],
      ['{"flow":{"c":', 1, "torn"],
      ['{"flow":{}}', 2],
    ],
  ],
  [
    "holes of zero bytes",
    `${"\0".repeat(9000)}${A}\n${"\0".repeat(64)}\n${"\0".repeat(100)}${B}${"\0".repeat(5000)}`,
    [
      ["\0".repeat(4096), 1, "not_a_record"],
      [A, 1],
      ["\0".repeat(64), 2, "not_a_record"],
      ["\0".repeat(100), 3, "not_a_record"],
      [B, 3],
      ["\0".repeat(4096), 3, "not_a_record"],
    ],
  ],
  [
    "holes with records close between them",
    `${"\0".repeat(64)}${A}${"\0".repeat(128)}${B}${"\0".repeat(64)}`,
    [
      ["\0".repeat(64), 1, "not_a_record"],
      [A, 1],
      ["\0".repeat(128), 1, "not_a_record"],
      [B, 1],
      ["\0".repeat(64), 1, "not_a_record"],
    ],
  ],
  [
    "binary rubbish",
    "\u0001\u00ff\u00fe{\u0080\n\u0000\u00ff",
    [
      ["\u0001\u00ff\u00fe{\u0080", 1],
      ["\u0000\u00ff", 2],
    ],
  ],
  ["invalid UTF-8 inside a record", '{"a":"\u00ff\u00c3"}\n', [['{"a":"\u00ff\u00c3"}', 1]]],
  ["carriage returns alone do not end a line", `${A}\r${B}`, [[`${A}\r${B}`, 1]]],
  ["a comma alone", ",\n,,\n", []],
  [
    "a quote that never closes, then records",
    `{"a":"x\n${A}\n${B}`,
    [
      ['{"a":"x', 1, "torn"],
      [A, 2],
      [B, 3],
    ],
  ],
];

/** Where the text stands in the input: the n-th document begins at or behind the end of the one before. */
function placed(input: string, expected: readonly Expected[]): Cut[] {
  let from = 0;
  return expected.map(([text, line, code]) => {
    const offset = input.indexOf(text, from);
    from = offset + text.length;
    return { text, line, offset, ...(code === undefined ? {} : { code }) };
  });
}

describe("cutting bytes into documents", () => {
  describe.each([
    ["whole", Number.MAX_SAFE_INTEGER, LIMITS],
    ["whole, in small blocks", Number.MAX_SAFE_INTEGER, SMALL_BLOCKS],
    ["in portions of 4096 bytes", 4096, LIMITS],
    ["in portions of 7 bytes", 7, LIMITS],
    ["in portions of 7 bytes, in small blocks", 7, SMALL_BLOCKS],
    ["byte by byte", 1, LIMITS],
    ["byte by byte, in small blocks", 1, SMALL_BLOCKS],
  ])("%s", (_name, step, limits) => {
    it.each(CASES)("finds %s", (_case, input, expected) => {
      expect(cut(input, step, limits)).toEqual(placed(input, expected));
    });
  });

  it("keeps the files of a line apart from the places of the one before", () => {
    const [chunk] = chunksOf(`\n\n${A}\n${B}\n`, 100);
    expect(chunk?.offset).toBe(2);
    expect([...(chunk?.documents ?? [])]).toEqual([0, 7, 3, 8, 25, 4]);
    expect(chunk?.bytes.length).toBe(25);
  });

  it("makes a block of at most so many documents, so that each has a place", () => {
    const chunks = chunksOf("{}\n".repeat(20_000), 65_536);
    expect(chunks.map(({ documents }) => documents.length / 3)).toEqual([8192, 8192, 3616]);
    expect(chunks[2]?.documents[2]).toBe(16_385);
  });

  it("makes blocks of about half a MiB", () => {
    const line = `{"a":"${"x".repeat(1500)}"}\n`;
    const chunks = chunksOf(line.repeat(2000), 65_536);
    for (const { bytes } of chunks.slice(0, -1)) {
      expect(bytes.length).toBeGreaterThan(400_000);
      expect(bytes.length).toBeLessThan(700_000);
    }
  });
});

describe("long records", () => {
  const small = { ...LIMITS, recordBytes: 1000, blockBytes: 64 };
  const long = `{"a":"${"x".repeat(2000)}"}`;
  /** Over many lines. */
  const longPretty = `{"a":[\n${"1,\n".repeat(600)}1]}`;
  const steps = [1, 7, 100, Number.MAX_SAFE_INTEGER];

  it.each(steps)("refuses a line that is too long and reads the next one, in portions of %i", (step) => {
    const cuts = cut(`${A}\n${long}\n${B}\n`, step, small);
    expect(cuts.map(({ line, offset, code }) => [line, offset, code])).toEqual([
      [1, 0, undefined],
      [2, 8, "too_long"],
      [3, 8 + long.length + 1, undefined],
    ]);
    expect(cuts[1]?.text.startsWith('{"a":"xxx')).toBe(true);
  });

  it.each(steps)("refuses a line of text that is too long, in portions of %i", (step) => {
    const cuts = cut(`${"y".repeat(1001)}\n${"z".repeat(1000)}\n${A}`, step, small);
    expect(cuts.map(({ line, code }) => [line, code])).toEqual([
      [1, "too_long"],
      [2, undefined],
      [3, undefined],
    ]);
  });

  it.each(steps)("takes the longest record and refuses one a byte longer, in portions of %i", (step) => {
    const fits = `{"a":"${"x".repeat(1000 - 8)}"}`;
    const over = `{"a":"${"x".repeat(1001 - 8)}"}`;
    expect(cut(`${fits}\n${over}\n${fits}`, step, small).map(({ code }) => code)).toEqual([
      undefined,
      "too_long",
      undefined,
    ]);
    const list = cut(`[${fits},${fits}]`, step, small);
    expect(list.map(({ text, code }) => [text, code])).toEqual([
      [fits, undefined],
      [fits, undefined],
    ]);
  });

  it.each(steps)(
    "refuses the first line of an object that is too long over its lines, in portions of %i",
    (step) => {
      const cuts = cut(`${longPretty}\n${A}`, step, small);
      expect(cuts[0]).toEqual({ text: '{"a":[', line: 1, offset: 0, code: "too_long" });
      expect(cuts.at(-1)).toEqual({ text: A, line: 603, offset: longPretty.length + 1 });
      expect(cuts).toHaveLength(603);
    },
  );

  it("accepts a line of 5 MB", () => {
    const text = `{"a":"${"x".repeat(5_000_000)}"}`;
    const cuts = cut(`${A}\n${text}\n${B}`, 262_144);
    expect(cuts.map(({ text: { length }, line, code }) => [length, line, code])).toEqual([
      [A.length, 1, undefined],
      [text.length, 2, undefined],
      [B.length, 3, undefined],
    ]);
  });

  it("refuses a line of more than 16 MiB without holding on to it, and reads the next one", () => {
    const line = Buffer.alloc(40 * 1024 * 1024, "x");
    line.write('{"a":"');
    line[line.length - 1] = 10;
    const cuts = cut(Buffer.concat([line, Buffer.from(A)]), 262_144);
    expect(
      cuts.map(({ text: { length }, line: number, offset, code }) => [length, number, offset, code]),
    ).toEqual([
      [4096, 1, 0, "too_long"],
      [A.length, 2, line.length, undefined],
    ]);
  });
});

describe("bombs", () => {
  it("refuses 200,000 nested lists, and reads the next line", () => {
    const nested = `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    expect(cut(`${nested}\n${A}`, 65_536).map(({ line, code }) => [line, code])).toEqual([
      [1, "too_deep"],
      [2, undefined],
    ]);
  });

  it("refuses a long line that holds millions of values", () => {
    const many = `{"a":[${"0,".repeat(2_000_000)}0]}`;
    expect(cut(`${many}\n${A}`, 65_536).map(({ line, code }) => [line, code])).toEqual([
      [1, "too_long"],
      [2, undefined],
    ]);
  });

  it("does not hang on lines that only open", () => {
    const lines = 200_000;
    const cuts = cut('{"a":[\n'.repeat(lines), 65_536);
    expect(cuts).toHaveLength(lines);
    expect(new Set(cuts.map(({ code }) => code))).toEqual(new Set(["too_deep", "torn"]));
  });

  it("does not hang on an object that grows over many lines up to the bound", () => {
    const input = `{"a":"",\n${'"b":"",\n'.repeat(1_900_000)}\n${A}`;
    const cuts = cut(input, 65_536);
    expect(cuts[0]?.code).toBe("too_long");
    expect(cuts.at(-1)?.text).toBe(A);
  });

  it("does not hang on a list of many records on one line", () => {
    const cuts = cut(`[${`${A},`.repeat(1_000_000)}${A}]\n`, 65_536);
    expect(cuts).toHaveLength(1_000_001);
  });
});

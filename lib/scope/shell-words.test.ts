import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quoteShellWord, splitShellWords } from "./shell-words";
import { RUNS, SEED } from "./testing";
import { hostileText } from "./testing-values";

describe("splitShellWords", () => {
  const cases: [text: string, words: string[], rest: string][] = [
    ["", [], ""],
    ["  a  b\tc ", ["a", "b", "c"], ""],
    ["'a b' \"c d\"", ["a b", "c d"], ""],
    ["a'b'\"c\"d", ["abcd"], ""],
    ["''", [""], ""],
    ["a\\ b \\' \\\\", ["a b", "'", "\\"], ""],
    ['"a \\" \\\\ \\d"', ['a " \\ \\d'], ""],
    ["--a \\\n  --b \\\r\n--c", ["--a", "--b", "--c"], ""],
    ["a | jq .", ["a"], "| jq ."],
    ["a > out.json", ["a"], "> out.json"],
    ["a 2>/dev/null", ["a"], ">/dev/null"],
    ["a; b", ["a"], "; b"],
    ["a && b", ["a"], "&& b"],
    ["a\nb", ["a"], "b"],
    ["a # why", ["a"], "# why"],
    ["a#b", ["a#b"], ""],
    ["'$HOME'", ["$HOME"], ""],
    ["$ a", ["$", "a"], ""],
  ];
  it.each(cases)("splits %j", (text, words, rest) => {
    expect(splitShellWords(text)).toEqual({ ok: true, words, rest });
  });

  it.each(["'a", '"a', '"a\\"', "$HOME", "$" + "{X}", "$(date)", "`date`", '"$HOME"', "$'a'"])(
    "refuses %j",
    (text) => {
      expect(splitShellWords(text).ok).toBe(false);
    },
  );
});

describe("quoteShellWord", () => {
  const cases: [word: string, quoted: string][] = [
    ["shop/web", "shop/web"],
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["a b", "'a b'"],
    ["", "''"],
    ["it's", "'it'\\''s'"],
    ["$(rm -rf /)", "'$(rm -rf /)'"],
    ["k8s*", "'k8s*'"],
    ["!x", "'!x'"],
    ["~root", "'~root'"],
    ["a\nb", "$'a\\U0000000ab'"],
    ["\u001b[201~'\\", "$'\\U0000001b[201~\\'\\\\'"],
  ];
  it.each(cases)("writes %j as %s", (word, quoted) => {
    expect(quoteShellWord(word)).toBe(quoted);
  });

  it(`gives one word back to a shell, and never a control character (seed ${SEED})`, () => {
    fc.assert(
      fc.property(hostileText, (word) => {
        const quoted = quoteShellWord(word);
        expect(quoted).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        if (quoted.startsWith("$'")) return;
        expect(splitShellWords(quoted)).toEqual({ ok: true, words: [word], rest: "" });
      }),
      { ...RUNS, numRuns: 2000 },
    );
  });
});

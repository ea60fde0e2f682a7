import { describe, expect, it } from "vitest";
import { toCsv } from "./csv";

describe("a table as CSV", () => {
  it("quotes what has to be quoted, and leaves unknown empty", () => {
    expect(
      toCsv(
        ["name", "n"],
        [
          ["a,b", 1],
          ['say "x"', null],
          ["two\nlines", 3n],
        ],
      ),
    ).toBe('name,n\r\n"a,b",1\r\n"say ""x""",\r\n"two\nlines",3\r\n');
  });

  it.each([["=1+1"], ["+1"], ["-1"], ["@SUM(A1)"], ["\tx"]])("does not let %j be a formula", (text) => {
    expect(toCsv(["name"], [[text]])).toBe(`name\r\n'${text}\r\n`);
  });

  it("leaves numbers below zero numbers", () => {
    expect(toCsv(["n"], [[-5]])).toBe("n\r\n-5\r\n");
  });
});

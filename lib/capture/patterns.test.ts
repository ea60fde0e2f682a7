import { describe, expect, it } from "vitest";
import { pathOfUrl, patternProblem, toFqdnPattern, toPattern } from "./patterns";

describe("patterns", () => {
  it("are found anywhere, with case unless told otherwise", () => {
    expect(toPattern("b+c")("aabbcc")).toBe(true);
    expect(toPattern("^b")("ab")).toBe(false);
    expect(toPattern("B")("ab")).toBe(false);
    expect(toPattern("B", { ignoreCase: true })("ab")).toBe(true);
  });

  it.each([
    ["(", "missing closing"],
    ["a{1001}", "invalid repeat count"],
    ["((a{100}){100}){100}", "invalid repeat count"],
    ["[z-a]", "invalid character class range"],
    ["(?=x)", "(?="],
    ["*a", "missing argument"],
    ["\\1", "invalid escape"],
  ])("%s is refused with the reason", (pattern, reason) => {
    const problem = patternProblem(pattern);
    expect(problem).toContain(reason);
    expect(problem).toMatch(/^The pattern cannot be read: .*\.$/);
    expect(() => toPattern(pattern)).toThrow();
  });

  it("accepts what RE2 accepts", () => {
    for (const pattern of ["", "\\d+", "[[:alpha:]]", "(?i)x", "\\pL", "(?P<n>a)", "a|b", "^$", "\\Qa.b\\E"])
      expect(patternProblem(pattern)).toBeUndefined();
  });

  it("come to their end where backtracking would not", () => {
    const text = "x".repeat(50_000);
    for (const pattern of ["(x+x+)+y", "(x|x)*y", "(a?){50}a{50}$", "(x*)*$y"])
      expect(toPattern(pattern)(text)).toBe(false);
  });

  it("of DNS names have stars for letters, digits, dashes and dots", () => {
    const matches = (name: string, ...pieces: string[]) => toFqdnPattern(pieces)(name);
    expect(matches("api.example.com", "", ".example.com")).toBe(true);
    expect(matches("example.com", "", ".example.com")).toBe(false);
    expect(matches("apiXexample.com", "api.example.com")).toBe(false);
    expect(matches("a_b.com", "", ".com")).toBe(false);
    expect(matches("a_b.com", "a_", ".com")).toBe(true);
    expect(matches("x.api.io", "api", "")).toBe(false);
  });
});

describe("the path of a URL", () => {
  it.each([
    ["http://shop/users/1", "/users/1"],
    ["http://shop:8080/a?b=/c", "/a"],
    ["http://shop/a#b", "/a#b"],
    ["http://shop", ""],
    ["http://shop?x", ""],
    ["http://user:pw@shop/a", "/a"],
    ["http://[fd00::1]:80/a", "/a"],
    ["/plain?x", "/plain"],
    ["//shop/a", "//shop/a"],
    ["http://shop/a%2Fb%20c", "/a/b c"],
    ["http://shop/%c3%a9", "/é"],
    ["mailto:x", ""],
    ["*", "*"],
    // A control character, but none of ASCII.
    ["http://shop/a\u0085b", "/a\u0085b"],
  ])("%s has the path %s", (url, path) => {
    expect(pathOfUrl(url)).toBe(path);
  });

  it.each([
    "",
    "a/b",
    ":x",
    "http://shop/%zz",
    "http://shop/%4",
    "http://shop:port/",
    "http://[fd00::1/",
    "http://a b/",
    "http://shop/\u0001",
    "http://shop\u007f/",
  ])("%j is none that Go reads", (url) => {
    expect(pathOfUrl(url)).toBeUndefined();
  });
});

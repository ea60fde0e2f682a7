import { expect, test } from "vitest";
import { changeLink, dropParameter, linkText, scopePart } from "./link-change";

const start = "q=verdict:DROPPED&from=2026-03-04T05:00:00.000000000Z&order=asc";

function changed(query: string, change: Parameters<typeof changeLink>[1]): string {
  return linkText(changeLink(new URLSearchParams(query), change));
}

test("a change touches its own parameter and leaves the others", () => {
  expect(changed(start, { flow: "abc" })).toBe(
    "q=verdict:DROPPED&from=2026-03-04T05:00:00.000000000Z&flow=abc&order=asc",
  );
  expect(changed(start, { q: "port:53" })).toBe("q=port:53&from=2026-03-04T05:00:00.000000000Z&order=asc");
  expect(changed(start, { order: null })).toBe("q=verdict:DROPPED&from=2026-03-04T05:00:00.000000000Z");
});

test("a range replaces both ends", () => {
  expect(changed(start, { range: { to: 1_000_000_000n } })).toBe(
    "q=verdict:DROPPED&to=1970-01-01T00:00:01.000000000Z&order=asc",
  );
  expect(changed(start, { range: null })).toBe("q=verdict:DROPPED&order=asc");
});

test("from view to view go the scope and what is switched off, readable or not, and nothing of the view", () => {
  const along = (query: string) => linkText(scopePart(new URLSearchParams(query)));
  expect(along(`${start}&off=port:53&flow=abc&by=reason`)).toBe(
    "q=verdict:DROPPED&from=2026-03-04T05:00:00.000000000Z&off=port:53",
  );
  expect(along("flow=abc&q=verdct:X&revision=3")).toBe("q=verdct:X&revision=3");
  expect(along("order=asc")).toBe("");
});

test("an empty filter leaves the link", () => {
  expect(changed("q=port:53", { q: "" })).toBe("");
});

test("filter text that cannot be read is kept, to be corrected", () => {
  expect(changed("order=asc", { q: "verdct:X" })).toBe("order=asc&q=verdct:X");
});

test("one damaged part can be mended without losing another", () => {
  const mended = changed("q=verdct:X&from=yesterday", { q: "verdict:DROPPED" });
  expect(mended).toBe("q=verdict:DROPPED&from=yesterday");
  expect(linkText(dropParameter(new URLSearchParams(mended), "from"))).toBe("q=verdict:DROPPED");
});

test("a parameter that stands twice is replaced by one", () => {
  expect(changed("q=port:1&q=port:2", { q: "port:3" })).toBe("q=port:3");
});

test("ampersands, plus signs and quotes in values survive the link", () => {
  const text = linkText(changeLink(new URLSearchParams(), { q: 'pod:"a&b+c=d #e"' }));
  expect(new URLSearchParams(text).get("q")).toBe('pod:"a&b+c=d #e"');
});

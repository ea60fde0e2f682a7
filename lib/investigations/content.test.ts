import { describe, expect, it } from "vitest";
import { EMPTY_FILTER, makeTerm } from "@/lib/scope/filter";
import { decodeScope, decodeView, encodeLink } from "@/lib/scope/link";
import { readContent, type StoredPin, writeContent } from "./content";
import type { Pin } from "./investigation";
import { pinProblem, revisionOf } from "./revision";
import type { ContentSeal } from "./seal";

const pin: Pin = {
  id: "k3jf9a2m",
  view: "drops",
  link: "q=verdict:DROPPED&revision=2&by=policy",
  title: "Drops by policy",
  note: "Began with the roll-out at **05:12**.",
  pinnedAt: "2026-03-04T06:00:00.000Z",
};
const digest = "0123456789abcdef".repeat(4);
const seal = {
  at: "2026-03-04T06:00:00.000Z",
  rules: 11,
  program: "aa11bb22cc33dd44",
  answers: [{ question: "summary", digest }],
  events: 100,
  drops: 10,
};
const stored: StoredPin = { ...pin, seal };
const revision: ContentSeal = { revision: 2, digest, files: [{ name: "a.log", digest }], count: 1 };

describe("what is stored", () => {
  it("is read back", () => {
    const content = { pins: [stored], revisions: [revision] };
    expect(readContent(writeContent(content))).toEqual({ ok: true, value: content });
  });

  // A real text of each version, kept for ever.
  it("by version 1 opens", () => {
    const text =
      '{"version":1,"pins":[{"id":"k3jf9a2m","view":"drops","link":"q=verdict:DROPPED&revision=2&by=policy","title":"Drops by policy","note":"Began with the roll-out at **05:12**.","pinnedAt":"2026-03-04T06:00:00.000Z"},{"id":"zz00zz00","view":null,"link":"","title":"Next","note":"Ask the shop team.","pinnedAt":"2026-03-04T06:01:00.000Z"}]}';
    const read = readContent(text);
    expect(read.ok && read.value.pins.map(({ title }) => title)).toEqual(["Drops by policy", "Next"]);
    expect(read.ok && read.value.pins[0]).toEqual({ ...pin, seal: null });
    expect(read.ok && read.value.revisions).toEqual([]);
  });

  it("by version 2 opens", () => {
    const text = `{"version":2,"pins":[{"id":"k3jf9a2m","view":"drops","link":"q=verdict:DROPPED&revision=2&by=policy","title":"Drops by policy","note":"Began with the roll-out at **05:12**.","pinnedAt":"2026-03-04T06:00:00.000Z","seal":{"at":"2026-03-04T06:00:00.000Z","rules":11,"program":"aa11bb22cc33dd44","answers":[{"question":"summary","digest":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}],"events":100,"drops":10}}],"revisions":[{"revision":2,"digest":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","files":[{"name":"a.log","digest":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}],"count":1}]}`;
    expect(readContent(text)).toEqual({ ok: true, value: { pins: [stored], revisions: [revision] } });
  });

  it.each([
    ['{"version":3,"pins":[],"revisions":[]}', "investigation_newer"],
    ['{"version":1}', "investigation_damaged"],
    ['{"version":2,"pins":[]}', "investigation_damaged"],
    ['{"pins":[]}', "investigation_damaged"],
    ["[", "investigation_damaged"],
    ["null", "investigation_damaged"],
  ])("as %s is refused: %s", (text, code) => {
    expect(readContent(text)).toMatchObject({ ok: false, failure: { code } });
  });
});

describe("a link with hostile values", () => {
  it.each([
    "<script>alert(1)</script>",
    'a" onmouseover="x',
    "'; DROP TABLE Flow; --",
    'a,b c\\"d',
    "50% &q=x#y?z=+",
    "\u202egol\u200b",
    "\u0000\u001b[31m",
    "名前 \ud83d\ude00",
    "!verdict:DROPPED",
  ])("is kept and read back as it was: %j", (value) => {
    const scope = {
      filter: { terms: [makeTerm("text", [{ type: "search", text: value }])] },
      from: -1n,
      to: 2n ** 62n,
      revision: 7,
    };
    const link = encodeLink(scope, { off: EMPTY_FILTER, open: "x&y=z" }).toString();
    const kept = readContent(
      writeContent({ pins: [{ ...stored, link, title: value, note: value }], revisions: [] }),
    );
    const [read] = kept.ok ? kept.value.pins : [];
    expect(read).toMatchObject({ title: value, note: value, link });
    const params = new URLSearchParams(read?.link);
    expect(decodeScope(params)).toMatchObject({ scope, problems: [] });
    expect(decodeView(params).view.open).toBe("x&y=z");
  });
});

describe("a pin", () => {
  it("shows the revision of its link", () => {
    expect(revisionOf(pin)).toBe(2);
    expect(revisionOf({ view: null, link: "" })).toBeUndefined();
  });

  it.each([
    [pin, undefined],
    [{ ...pin, link: "q=verdict:DROPPED" }, "its link names no revision"],
    [{ ...pin, link: "q=verdct:DROPPED&revision=2" }, expect.stringContaining("verdct")],
    [{ ...pin, view: null }, "a note by itself has no link"],
    [{ ...pin, view: null, link: "" }, undefined],
  ])("is kept, or it is said why not: %#", (given, problem) => {
    expect(pinProblem(given)).toEqual(problem);
  });
});

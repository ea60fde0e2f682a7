import { describe, expect, it } from "vitest";
import { line, lines, TestCapture } from "@/lib/jobs/testing";
import { OpenCapture } from "./open-capture";
import { readScope } from "./scope-parameters";

function opened(): OpenCapture {
  const capture = new TestCapture();
  capture.add("a", lines(line(0)));
  const open = OpenCapture.open(capture.file);
  if (!open.ok) throw new Error(open.failure.message);
  return open.value;
}

describe("the scope of a question", () => {
  it("is refused for a pattern that cannot be read, with its place and the reason", () => {
    const capture = opened();
    // The second value of the second term.
    const q = 'verdict:DROPPED !http-path:a,"b(c"';
    const start = q.indexOf('"b(c"');
    expect(readScope(capture, { q })).toMatchObject({
      ok: false,
      failure: {
        code: "filter_invalid",
        message: "The pattern cannot be read: missing closing ): b(c.",
        details: { parameter: "q", position: { start, end: start + 5 } },
      },
    });
    capture.close();
  });

  it("tells the filter that a pasted command of Hubble's stands for, with its times and what differs", () => {
    const capture = opened();
    const q = "hubble observe --pod foo --verdict DROPPED --since 2026-08-21T12:00:00Z --last 5";
    const found = readScope(capture, { q });
    expect(found).toMatchObject({
      failure: {
        code: "filter_invalid",
        details: { position: { start: 0, end: q.length }, suggestion: "pod:default/foo verdict:DROPPED" },
      },
    });
    if (found.ok) throw new Error("a command was taken for a filter");
    expect(found.failure.hint).toContain("from=2026-08-21T12:00:00.000000000Z.");
    expect(found.failure.hint).toContain("--last");
    expect(readScope(capture, { q: "hubble observe --nonsense 3" })).toMatchObject({
      failure: { code: "filter_invalid", message: expect.stringContaining("--nonsense") },
    });
    capture.close();
  });

  it("takes question mark and dash for what they mean, unless they are quoted", () => {
    const capture = opened();
    expect(readScope(capture, { q: "dns-query:?,- http-url:-" }).ok).toBe(true);
    expect(readScope(capture, { q: 'dns-query:"?"' })).toMatchObject({ failure: { code: "filter_invalid" } });
    capture.close();
  });

  it("leaves texts that are no patterns alone", () => {
    const capture = opened();
    expect(readScope(capture, { q: 'pod:"a(b" text:"(" interface:"["' }).ok).toBe(true);
    capture.close();
  });
});

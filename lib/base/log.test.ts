import { describe, expect, it } from "vitest";
import { createLog, formatLogLine } from "./log";

const time = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6));

describe("formatLogLine", () => {
  it("writes time, level, message and ids on one line", () => {
    expect(formatLogLine(time, "warn", "request refused", { code: "host_refused", status: 403 })).toBe(
      "2026-01-02T03:04:05.006Z warn request refused code=host_refused status=403",
    );
  });

  it("leaves out ids that are not there", () => {
    expect(formatLogLine(time, "info", "started", { capture: undefined })).toBe(
      "2026-01-02T03:04:05.006Z info started",
    );
  });

  it("keeps a hostile value on its line", () => {
    expect(formatLogLine(time, "info", "file", { name: 'a\nb "c" d=e' })).toBe(
      '2026-01-02T03:04:05.006Z info file name="a\\nb \\"c\\" d=e"',
    );
  });

  it("cuts a value after 300 characters", () => {
    expect(formatLogLine(time, "info", "x", { name: "a".repeat(301) })).toBe(
      `2026-01-02T03:04:05.006Z info x name="${"a".repeat(300)}…"`,
    );
  });
});

describe("createLog", () => {
  it("stamps each line with the given clock and its level", () => {
    const lines: string[] = [];
    const log = createLog(
      (line) => lines.push(line),
      () => time,
    );
    log.info("a");
    log.error("b", { id: 1 });
    expect(lines).toEqual(["2026-01-02T03:04:05.006Z info a", "2026-01-02T03:04:05.006Z error b id=1"]);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorKinds, errorReplySchema, toErrorReply } from "./errors";
import { failure, json } from "./respond";

/** Rows `| \`code\` | status | ...` of docs/errors.md, as [code, status]. */
function documentedCodes(): [string, number][] {
  const text = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  return [...text.matchAll(/^\| `(\w+)` \| (\d{3}) \| \S.* \|$/gm)].map(([, code, status]) => [
    String(code),
    Number(status),
  ]);
}

describe("the table of error codes", () => {
  it("is the one in docs/errors.md, in the same order", () => {
    expect(documentedCodes()).toEqual(Object.entries(errorKinds).map(([code, { status }]) => [code, status]));
  });

  it("gives every code a client or server error status and a sentence as hint", () => {
    for (const [code, { status, hint }] of Object.entries(errorKinds)) {
      expect(status, code).toBeGreaterThanOrEqual(400);
      expect(status, code).toBeLessThan(600);
      expect(hint, code).toMatch(/^[A-Zd].*\.$/);
    }
  });
});

describe("toErrorReply", () => {
  it("takes the hint of the code when the failure has none", () => {
    expect(toErrorReply({ code: "capture_not_found", message: "There is no capture c1." })).toEqual({
      error: {
        code: "capture_not_found",
        message: "There is no capture c1.",
        hint: "List the captures to see which there are.",
      },
    });
  });

  it("keeps the failure's own hint and details", () => {
    const reply = toErrorReply({ code: "filter_invalid", message: "m", hint: "h", details: { position: 4 } });
    expect(reply.error).toEqual({
      code: "filter_invalid",
      message: "m",
      hint: "h",
      details: { position: 4 },
    });
  });

  it("passes the schema, and an unknown code does not", () => {
    const reply = toErrorReply({ code: "disk_full", message: "m" });
    expect(errorReplySchema.safeParse(reply).success).toBe(true);
    expect(errorReplySchema.safeParse({ error: { ...reply.error, code: "made_up" } }).success).toBe(false);
  });
});

describe("answers", () => {
  it("are JSON that no cache keeps", async () => {
    const response = json({ id: "c1" }, { status: 201, headers: { location: "/api/v1/captures/c1" } });
    expect(response.status).toBe(201);
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("location")).toBe("/api/v1/captures/c1");
    expect(await response.json()).toEqual({ id: "c1" });
  });

  it("carry the status of the failure's code", async () => {
    const response = failure({ code: "question_timeout", message: "Took too long." }, { "retry-after": "1" });
    expect(response.status).toBe(504);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(errorReplySchema.parse(await response.json()).error.code).toBe("question_timeout");
  });
});

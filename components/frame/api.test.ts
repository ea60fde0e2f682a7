import { expect, test } from "vitest";
import { capturePath, toApiError } from "./api";

test("an error answer keeps its code, sentence and hint", () => {
  const body = '{"error":{"code":"disk_full","message":"The disk is full.","hint":"Free space."}}';
  const error = toApiError(507, body);
  expect([error.code, error.message, error.hint, error.status]).toEqual([
    "disk_full",
    "The disk is full.",
    "Free space.",
    507,
  ]);
});

test.each(["<html>Bad gateway</html>", "", "null", '{"error":"no"}', '{"error":{"code":7}}'])(
  "an answer of another shape becomes a sentence with the status: %j",
  (body) => {
    const error = toApiError(502, body);
    expect(error.code).toBe("internal");
    expect(error.message).toBe("The server answered with status 502.");
  },
);

test("an id cannot leave its place in the path", () => {
  expect(capturePath("../x?y", "/flows")).toBe("/captures/..%2Fx%3Fy/flows");
});

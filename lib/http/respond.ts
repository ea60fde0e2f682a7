/** Answers of the interface under /api: JSON that no cache keeps, and failures in their one shape. */
import type { Failure } from "@/lib/base/result";
import { type ErrorCode, errorKinds, toErrorReply } from "./errors";

interface ReplyOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `body` must be plain JSON: 64-bit numbers are already decimal text. Throws on a bigint (a bug). */
export function json(body: unknown, { status = 200, headers }: ReplyOptions = {}): Response {
  return jsonText(JSON.stringify(body), { status, headers });
}

/** What is JSON already. */
export function jsonText(text: string, { status = 200, headers }: ReplyOptions = {}): Response {
  return new Response(text, {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}

/** The failure with the status of its code. */
export function failure(reason: Failure<ErrorCode>, headers?: Readonly<Record<string, string>>): Response {
  return json(toErrorReply(reason), { status: errorKinds[reason.code].status, headers });
}

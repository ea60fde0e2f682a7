/**
 * `PUT`: the file as the raw request body, plain or compressed. 202 with the file's state when the body has
 * arrived; with `?wait=true` 200 with its report once it is done and settled.
 *
 * `DELETE` (the last part is then the file's number): cancels a running file, removes a finished one; 204.
 */

import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { z } from "zod";
import { engine } from "@/bin/engine-slot";
import { json } from "@/lib/http/respond";
import { answered, failed, notAllowed, readCaptureId, readQuery } from "../../../../route-helpers";

export const dynamic = "force-dynamic";

interface FileRoute {
  readonly params: Promise<{ captureId: string; fileName: string }>;
}

const putQuery = z.object({ wait: z.enum(["true", "false"]).optional() });

export async function PUT(request: Request, route: FileRoute): Promise<Response> {
  const captureId = await readCaptureId(route);
  if (!captureId.ok) return failed(captureId.failure);
  const query = readQuery(request, putQuery);
  if (!query.ok) return failed(query.failure);
  const fileName = await readFileName(route);
  if (fileName === undefined)
    return failed({ code: "bad_request", message: "A file needs a name of 1 to 255 characters." });
  const received = await engine().captures.receive(captureId.value, {
    fileName,
    expectedBytes: expectedBytes(request),
    body:
      request.body === null
        ? Readable.from([])
        : Readable.fromWeb(request.body as NodeReadableStream<Uint8Array>),
  });
  if (!received.ok) return failed(received.failure);
  const { fileId, end } = received.value;
  if (query.value.wait === "true") {
    return end.then(
      (report) => json(report),
      (error: unknown) => failed({ code: "internal", message: String(error) }),
    );
  }
  return answered(await engine().captures.report(captureId.value, fileId), 202);
}

export async function DELETE(_request: Request, route: FileRoute): Promise<Response> {
  const captureId = await readCaptureId(route);
  if (!captureId.ok) return failed(captureId.failure);
  const { fileName } = await route.params;
  if (!/^\d{1,9}$/.test(fileName))
    return failed({ code: "file_not_found", message: "Files are removed by their number." });
  const removed = await engine().captures.removeFile(captureId.value, Number(fileName));
  return removed.ok ? new Response(null, { status: 204 }) : failed(removed.failure);
}

/** Control characters, and those that turn the direction of the text behind them. */
const ACTING = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name is only ever shown, never a path; acting characters would spoil a log line or a table. */
async function readFileName(route: FileRoute): Promise<string | undefined> {
  // Decoded already: a second time would make another name of `100%25.log`.
  const { fileName: name } = await route.params;
  const shown = name.toWellFormed().replace(ACTING, "\u2423").trim();
  return shown.length >= 1 && shown.length <= 255 ? shown : undefined;
}

function expectedBytes(request: Request): number | null {
  const length = request.headers.get("content-length");
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

const other = notAllowed("PUT, DELETE");

export { other as GET, other as POST, other as PATCH };

/**
 * `PUT`: the file as the raw request body, plain or compressed. 202 with the file's state when the body has
 * arrived; with `?wait=true` 200 with its report once it is done and settled.
 *
 * `GET` and `DELETE` (the last part is then the file's number): its report; cancels a running file, removes a
 * finished one, an archive with all its entries; 204.
 */

import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { engine } from "@/bin/engine-slot";
import { fail, ok } from "@/lib/base/result";
import { CALLS } from "@/lib/interface/calls";
import { expectedBytes, type Given, handle, routes } from "../../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.putFile, putFile),
  handle(CALLS.getFile, async ({ path, answer }) => {
    const fileId = fileNumber(path.fileName);
    if (fileId === undefined) return answer(fail("file_not_found", "Reports are asked for by number."));
    return answer(await engine().captures.report(path.captureId, fileId));
  }),
  handle(CALLS.deleteFile, async ({ path, answer }) => {
    const fileId = fileNumber(path.fileName);
    if (fileId === undefined) return answer(fail("file_not_found", "Files are removed by their number."));
    return answer(await engine().captures.removeFile(path.captureId, fileId));
  }),
);

async function putFile({ path, query, request, answer }: Given<typeof CALLS.putFile>): Promise<Response> {
  const { captureId } = path;
  const fileName = shownName(path.fileName);
  if (fileName === undefined)
    return answer(fail("bad_request", "A file needs a name of 1 to 255 characters."));
  const received = await engine().captures.receive(captureId, {
    fileName,
    expectedBytes: expectedBytes(request),
    body:
      request.body === null
        ? Readable.from([])
        : Readable.fromWeb(request.body as NodeReadableStream<Uint8Array>),
  });
  if (!received.ok) return answer(received);
  const { fileId, end } = received.value;
  if (query.wait === "true") return answer(ok(await end), 200);
  return answer(await engine().captures.report(captureId, fileId), 202);
}

function fileNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Control characters, and those that turn the direction of the text behind them. */
const ACTING = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name is only ever shown, never a path; acting characters would spoil a log line or a table. */
function shownName(name: string): string | undefined {
  // Decoded already: a second time would make another name of `100%25.log`.
  const shown = name.toWellFormed().replace(ACTING, "\u2423").trim();
  return shown.length >= 1 && shown.length <= 255 ? shown : undefined;
}

/** The records behind a pin, as lines, with their original bytes. */

import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { fail, ok, type Result } from "@/lib/base/result";
import type { PinnedFlows } from "@/lib/investigations/evidence";
import type { Pin } from "@/lib/investigations/investigation";
import type { ExportPage, ExportParameters } from "@/lib/questions/export/export";
import type { QuestionFailure } from "@/lib/questions/failure";
import { decodeScope, encodeScope } from "@/lib/scope/link";
import { streamExport } from "../export-stream";

type AskPage = (parameters: ExportParameters) => Promise<Result<ExportPage, QuestionFailure>>;

/** At most so many bytes; whole lines. */
export async function writePinnedFlows(
  file: string,
  pin: Pin,
  room: number,
  ask: AskPage,
): Promise<Result<Omit<PinnedFlows, "name" | "pins">>> {
  const { scope } = decodeScope(new URLSearchParams(pin.link));
  if (scope === undefined) return fail("bad_request", `The pin "${pin.title}" cannot be read.`);
  const parameters: ExportParameters = {
    format: "jsonl",
    columns: [],
    ...Object.fromEntries(encodeScope(scope)),
  };
  const streamed = await streamExport(parameters, ask);
  if (!streamed.ok) return streamed;
  const hash = createHash("sha256");
  let bytes = 0;
  let records = 0;
  let whole = true;
  const bounded = new Transform({
    transform: (page: Buffer, _encoding, done) => {
      const fitting = linesWithin(page, room - bytes);
      whole &&= fitting.length === page.length;
      bytes += fitting.length;
      for (const byte of fitting) if (byte === LINE_FEED) records++;
      hash.update(fitting);
      done(null, fitting);
    },
  });
  const body = Readable.fromWeb(streamed.value.body as NodeReadableStream<Uint8Array>);
  await pipeline(body, bounded, createWriteStream(file));
  return ok({ bytes, records, sha256: hash.digest("hex"), rewritten: streamed.value.rewritten, whole });
}

const LINE_FEED = 10;

/** As many whole lines as there is room for; pages are made of whole lines. */
function linesWithin(page: Buffer, room: number): Buffer {
  if (page.length <= room) return page;
  return room <= 0 ? page.subarray(0, 0) : page.subarray(0, page.lastIndexOf(LINE_FEED, room - 1) + 1);
}

export function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

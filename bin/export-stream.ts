/**
 * An export as a stream: page after page from the reader threads, each when the client has taken the one before.
 *
 * At most one page is held. A client that goes away ends it; so does a capture that changes under it, and then
 * the connection breaks off instead of ending, so that half an export is not taken for a whole one.
 */

import type { Result } from "@/lib/base/result";
import { csvHeader } from "@/lib/questions/export/csv";
import type { ExportPage, ExportParameters } from "@/lib/questions/export/export";
import type { QuestionFailure } from "@/lib/questions/failure";

type AskPage = (parameters: ExportParameters) => Promise<Result<ExportPage, QuestionFailure>>;

export interface Export {
  readonly body: ReadableStream<Uint8Array>;
  /**
   * How many records are not given byte for byte: a number when it is known before the first byte is sent; "some" when
   * there are in the first page of several; "unknown" when there may be in later ones.
   */
  readonly rewritten: string;
}

/** A failure of the first page is an answer; later ones break the stream off. */
export async function streamExport(
  parameters: ExportParameters,
  ask: AskPage,
): Promise<Result<Export, QuestionFailure>> {
  const first = await ask(parameters);
  if (!first.ok) return first;
  const { rewritten, next, mayRewrite } = first.value;
  const count = rewritten.respaced + rewritten.rows;
  const isKnown = next === null || !mayRewrite;
  return {
    ok: true,
    value: {
      body: stream(parameters, first.value, ask),
      rewritten: isKnown ? String(count) : count > 0 ? "some" : "unknown",
    },
  };
}

function stream(parameters: ExportParameters, first: ExportPage, ask: AskPage): ReadableStream<Uint8Array> {
  let page: ExportPage | undefined = first;
  let isBegun = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!isBegun && parameters.format === "csv")
          controller.enqueue(Buffer.from(csvHeader(parameters.columns)));
        isBegun = true;
        // A page may be empty: the filter held for nothing in its stretch.
        while (page !== undefined) {
          const { bytes, next } = page;
          if (bytes.length > 0) controller.enqueue(bytes);
          if (next === null) break;
          const following = await ask({ ...parameters, after: next });
          if (!following.ok) {
            controller.error(new Error(`export broke off: ${following.failure.code}`));
            return;
          }
          page = following.value;
          if (bytes.length > 0) return;
        }
        page = undefined;
        controller.close();
      },
      cancel() {
        page = undefined;
      },
    },
    { highWaterMark: 0 },
  );
}

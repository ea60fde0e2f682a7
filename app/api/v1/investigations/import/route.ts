/** Takes in an evidence bundle of another Eyepiece: the zip as the raw request body. 201 with the investigation. */

import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { expectedBytes, handle, routes } from "../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.importEvidence, async ({ request, answer }) => {
    const body =
      request.body === null
        ? Readable.from([])
        : Readable.fromWeb(request.body as NodeReadableStream<Uint8Array>);
    return answer(await engine().bundles.takeIn(body, expectedBytes(request)));
  }),
);

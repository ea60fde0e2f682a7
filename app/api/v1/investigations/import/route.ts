/** Takes in an evidence bundle of another Eyepiece: the zip as the raw request body. 201 with the investigation, 200 where it was there before. */

import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { engine } from "@/bin/engine-slot";
import { ok } from "@/lib/base/result";
import { CALLS } from "@/lib/interface/calls";
import { expectedBytes, handle, routes } from "../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.importEvidence, async ({ request, answer }) => {
    const body =
      request.body === null
        ? Readable.from([])
        : Readable.fromWeb(request.body as NodeReadableStream<Uint8Array>);
    const taken = await engine().bundles.takeIn(body, expectedBytes(request));
    return taken.ok ? answer(ok(taken.value.investigation), taken.value.wasHere ? 200 : 201) : answer(taken);
  }),
);

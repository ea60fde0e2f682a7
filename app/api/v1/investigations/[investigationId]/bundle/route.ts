/** An investigation as an evidence bundle. */

import { Readable } from "node:stream";
import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { fileNameOf, handle, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.getEvidence, async ({ path, request, answer }) => {
    const made = await engine().evidence.bundle(path.investigationId, request.signal);
    if (!made.ok) return answer(made);
    const { body, size, title } = made.value;
    return new Response(Readable.toWeb(body) as ReadableStream<Uint8Array>, {
      headers: {
        "content-type": "application/zip",
        "content-length": String(size),
        "content-disposition": `attachment; filename="${fileNameOf(title)}.evidence.zip"`,
        "cache-control": "no-store",
      },
    });
  }),
);

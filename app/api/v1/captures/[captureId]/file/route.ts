/** The capture as one SQLite file, as it is at this moment. */

import { Readable } from "node:stream";
import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { fileNameOf, handle, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.exportCapture, async ({ path, answer }) => {
    const handed = await engine().moving.handOut(path.captureId);
    if (!handed.ok) return answer(handed);
    const { body, size, name } = handed.value;
    return new Response(Readable.toWeb(body) as ReadableStream<Uint8Array>, {
      headers: {
        "content-type": "application/vnd.sqlite3",
        "content-length": String(size),
        "content-disposition": `attachment; filename="${fileNameOf(name)}.eyepiece.db"`,
        "cache-control": "no-store",
      },
    });
  }),
);

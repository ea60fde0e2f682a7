/** The scope as a download, in file and line order. */

import { engine } from "@/bin/engine-slot";
import { streamExport } from "@/bin/export-stream";
import { CALLS } from "@/lib/interface/calls";
import { CSV_COLUMNS } from "@/lib/questions/export/csv";
import { fileNameOf, handle, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.export, async ({ path, query, request, answer }) => {
    const { format, columns = Object.keys(CSV_COLUMNS), ...scope } = query;
    const capture = await engine().captures.info(path.captureId);
    if (!capture.ok) return answer(capture);
    const streamed = await streamExport({ ...scope, format, columns }, (parameters) =>
      engine().ask(path.captureId, "export", parameters, request.signal),
    );
    if (!streamed.ok) return answer(streamed);
    const type = format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
    return new Response(streamed.value.body, {
      headers: {
        "content-type": type,
        "content-disposition": `attachment; filename="${fileNameOf(capture.value.name)}.${format}"`,
        "cache-control": "no-store",
        "x-eyepiece-rewritten": format === "csv" ? "all" : streamed.value.rewritten,
      },
    });
  }),
);

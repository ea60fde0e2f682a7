/** An investigation as one HTML file, to be mailed. */

import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { fileNameOf, handle, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.getEvidenceHtml, async ({ path, request, answer }) => {
    const made = await engine().evidence.html(path.investigationId, request.signal);
    if (!made.ok) return answer(made);
    const { html, investigation } = made.value;
    return new Response(html, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-disposition": `attachment; filename="${fileNameOf(investigation.title)}.html"`,
        "cache-control": "no-store",
      },
    });
  }),
);

/** An investigation as an evidence bundle. */

import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { download, fileNameOf, handle, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.getEvidence, async ({ path, request, answer }) => {
    const made = await engine().evidence.bundle(path.investigationId, request.signal);
    if (!made.ok) return answer(made);
    const { body, size, title } = made.value;
    return download(body, size, "application/zip", `${fileNameOf(title)}.evidence.zip`);
  }),
);

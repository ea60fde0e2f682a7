/** The bytes of one record, exactly as they were received. */

import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.flowBytes, async ({ path, query, request, answer }) => {
    const { captureId, flowId } = path;
    const bytes = await engine().ask(captureId, "flowBytes", { flowId, ...query }, request.signal);
    if (!bytes.ok) return answer(bytes);
    // Hostile content: offered as a download of plain bytes, never as something a browser would run.
    return new Response(new Uint8Array(bytes.value), {
      headers: {
        "content-type": "application/octet-stream",
        "content-disposition": `attachment; filename="flow-${flowId}.json"`,
        "cache-control": "no-store",
      },
    });
  }),
);

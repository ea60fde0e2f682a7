/** `GET`: the bytes of one record, exactly as they were received. */

import { engine } from "@/bin/engine-slot";
import { failed, notAllowed, readCaptureId } from "../../../../../route-helpers";

export const dynamic = "force-dynamic";

interface FlowRoute {
  readonly params: Promise<{ captureId: string; flowId: string }>;
}

export async function GET(request: Request, route: FlowRoute): Promise<Response> {
  const captureId = await readCaptureId(route);
  if (!captureId.ok) return failed(captureId.failure);
  const { flowId } = await route.params;
  const bytes = await engine().ask(captureId.value, "flowBytes", { flowId }, request.signal);
  if (!bytes.ok) return failed(bytes.failure);
  // Hostile content: offered as a download of plain bytes, never as something a browser would run.
  return new Response(new Uint8Array(bytes.value), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="flow-${flowId}.json"`,
      "cache-control": "no-store",
    },
  });
}

const other = notAllowed("GET");

export { other as POST, other as PUT, other as PATCH, other as DELETE };

/** `GET`: one flow with all its fields and its record as it was received. */

import { askCapture, notAllowed } from "../../../../route-helpers";

export const dynamic = "force-dynamic";

interface FlowRoute {
  readonly params: Promise<{ captureId: string; flowId: string }>;
}

export async function GET(request: Request, route: FlowRoute): Promise<Response> {
  const { flowId } = await route.params;
  return askCapture(request, route, "flow", { flowId });
}

const other = notAllowed("GET");

export { other as POST, other as PUT, other as PATCH, other as DELETE };

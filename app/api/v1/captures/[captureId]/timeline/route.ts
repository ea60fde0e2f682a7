/** `GET`: events over time by verdict. `buckets` is a maximum, 2 to 2000 (120). */

import { z } from "zod";
import {
  askCapture,
  type CaptureRoute,
  failed,
  notAllowed,
  readQuery,
  scopeParameters,
} from "../../../route-helpers";

export const dynamic = "force-dynamic";

const query = scopeParameters.extend({
  by: z.literal("verdict").optional(),
  buckets: z.coerce.number().int().min(2).max(2000).default(120),
});

export async function GET(request: Request, route: CaptureRoute): Promise<Response> {
  const read = readQuery(request, query);
  if (!read.ok) return failed(read.failure);
  const { by: _verdict, ...parameters } = read.value;
  return askCapture(request, route, "timeline", parameters);
}

const other = notAllowed("GET");

export { other as POST, other as PUT, other as PATCH, other as DELETE };

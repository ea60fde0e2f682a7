/**
 * `GET`: a page of flows in the order of time.
 *
 * `limit` 1 to 500 (100); `order` asc or desc; `cursor` from an answer's `next` or `previous`; or `position`,
 * the number of the first row; or `at`, a time; `total=false` leaves the count out and answers sooner.
 */

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
  limit: z.coerce.number().int().min(1).max(500).default(100),
  order: z.enum(["asc", "desc"]).default("asc"),
  sort: z.literal("time").optional(),
  cursor: z.string().max(200).optional(),
  position: z.coerce.number().int().min(0).optional(),
  at: z.string().max(100).optional(),
  total: z.enum(["true", "false"]).default("true"),
});

export async function GET(request: Request, route: CaptureRoute): Promise<Response> {
  const read = readQuery(request, query);
  if (!read.ok) return failed(read.failure);
  const { total, sort: _time, ...page } = read.value;
  const starts = [page.cursor, page.position, page.at].filter((start) => start !== undefined);
  if (starts.length > 1)
    return failed({ code: "bad_request", message: "Give one of cursor, position and at." });
  return askCapture(request, route, "flows", { ...page, total: total === "true" });
}

const other = notAllowed("GET");

export { other as POST, other as PUT, other as PATCH, other as DELETE };

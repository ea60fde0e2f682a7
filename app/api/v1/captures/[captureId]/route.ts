/** `GET`: one capture with its files. `PATCH {"name"}`: renames it. `DELETE`: deletes it and its file; 204. */

import { engine } from "@/bin/engine-slot";
import {
  answered,
  type CaptureRoute,
  captureName,
  failed,
  notAllowed,
  readBody,
  readCaptureId,
} from "../../route-helpers";

export const dynamic = "force-dynamic";

export async function GET(_request: Request, route: CaptureRoute): Promise<Response> {
  const captureId = await readCaptureId(route);
  return captureId.ok ? answered(await engine().captures.get(captureId.value)) : failed(captureId.failure);
}

export async function PATCH(request: Request, route: CaptureRoute): Promise<Response> {
  const captureId = await readCaptureId(route);
  if (!captureId.ok) return failed(captureId.failure);
  const body = await readBody(request, captureName);
  if (!body.ok) return failed(body.failure);
  return answered(await engine().captures.rename(captureId.value, body.value.name));
}

export async function DELETE(_request: Request, route: CaptureRoute): Promise<Response> {
  const captureId = await readCaptureId(route);
  if (!captureId.ok) return failed(captureId.failure);
  const deleted = await engine().captures.delete(captureId.value);
  return deleted.ok ? new Response(null, { status: 204 }) : failed(deleted.failure);
}

const other = notAllowed("GET, PATCH, DELETE");

export { other as POST, other as PUT };

/** `GET`: all captures, newest first. `POST {"name"}`: a new, empty one; 201. */

import { engine } from "@/bin/engine-slot";
import { json } from "@/lib/http/respond";
import { captureName, failed, notAllowed, readBody } from "../route-helpers";

export const dynamic = "force-dynamic";

export async function GET(): Promise<Response> {
  return json({ captures: await engine().captures.list() });
}

export async function POST(request: Request): Promise<Response> {
  const body = await readBody(request, captureName);
  if (!body.ok) return failed(body.failure);
  return json(await engine().captures.create(body.value.name), { status: 201 });
}

const other = notAllowed("GET, POST");

export { other as PUT, other as PATCH, other as DELETE };

/** `POST`: opens the sample capture, made from the files in public/ when it is not there yet; 201. */

import { engine } from "@/bin/engine-slot";
import { json } from "@/lib/http/respond";
import { notAllowed } from "../../route-helpers";

export const dynamic = "force-dynamic";

export async function POST(): Promise<Response> {
  return json(await engine().captures.openSample(), { status: 201 });
}

const other = notAllowed("POST");

export { other as GET, other as PUT, other as PATCH, other as DELETE };

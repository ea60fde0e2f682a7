/** `GET`: answers when the server does. */

import { engine } from "@/bin/engine-slot";
import { json } from "@/lib/http/respond";
import { notAllowed } from "../route-helpers";

export const dynamic = "force-dynamic";

export function GET(): Response {
  return json({ status: engine().stopSignal.aborted ? "stopping" : "ok" });
}

const other = notAllowed("GET");

export { other as POST, other as PUT, other as PATCH, other as DELETE };

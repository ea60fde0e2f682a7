/** `GET`: answers when the server does. */

import { engine } from "@/bin/engine-slot";
import { json } from "@/lib/http/respond";

export const dynamic = "force-dynamic";

export function GET(): Response {
  return json({ status: engine().stopSignal.aborted ? "stopping" : "ok" });
}

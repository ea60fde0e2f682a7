/** Answers when the server does. */

import { engine } from "@/bin/engine-slot";
import { ok } from "@/lib/base/result";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.health, async ({ answer }) =>
    answer(ok({ status: engine().stopSignal.aborted ? "stopping" : "ok" })),
  ),
);

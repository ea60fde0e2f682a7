/** What a pin shows, and whether it is what was saved. */

import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.getPinReport, async ({ path, request, answer }) =>
    answer(await engine().investigations.pinReport(path.investigationId, path.pinId, request.signal)),
  ),
);

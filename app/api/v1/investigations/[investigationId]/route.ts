/** One investigation: read, changed, deleted. */

import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.getInvestigation, async ({ path, answer }) =>
    answer(await engine().investigations.get(path.investigationId)),
  ),
  handle(CALLS.changeInvestigation, async ({ path, body, answer }) =>
    answer(await engine().investigations.change(path.investigationId, body)),
  ),
  handle(CALLS.deleteInvestigation, async ({ path, answer }) =>
    answer(await engine().investigations.remove(path.investigationId)),
  ),
);

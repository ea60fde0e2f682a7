/** One masked copy on its way: how far it is; cancelled or forgotten. */

import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.getRedaction, async ({ path, answer }) => answer(engine().redactions.get(path.redactionId))),
  handle(CALLS.deleteRedaction, async ({ path, answer }) =>
    answer(await engine().redactions.remove(path.redactionId)),
  ),
);

/** A link to an investigation: withdrawn, then removed. */

import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.deleteShare, async ({ path, answer }) =>
    answer(await engine().shares.remove(path.investigationId, path.shareId)),
  ),
);

/** One capture: read, renamed, deleted. */

import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.getCapture, async ({ path, answer }) => answer(await engine().captures.get(path.captureId))),
  handle(CALLS.renameCapture, async ({ path, body, answer }) =>
    answer(await engine().captures.rename(path.captureId, body.name)),
  ),
  handle(CALLS.deleteCapture, async ({ path, answer }) =>
    answer(await engine().captures.delete(path.captureId)),
  ),
);

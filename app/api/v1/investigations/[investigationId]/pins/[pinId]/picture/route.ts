/** A pinned map as a picture. */

import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.getPinPicture, async ({ path, request, answer }) =>
    answer(await engine().pictures.of(path.investigationId, path.pinId, request.signal)),
  ),
);

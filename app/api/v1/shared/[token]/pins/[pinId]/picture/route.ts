/** A pinned map of a shared investigation. Which share its visitor holds was settled before (bin/share-front.ts). */

import { engine } from "@/bin/engine-slot";
import { SHARE_HEADER } from "@/bin/share-front";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.getSharedPicture, async ({ path, request, answer }) =>
    answer(await engine().shares.picture(request.headers.get(SHARE_HEADER), path.pinId, request.signal)),
  ),
);

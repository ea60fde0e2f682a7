/** A shared investigation, for its visitors. Which share they hold was settled before this (bin/share-front.ts). */

import { engine } from "@/bin/engine-slot";
import { SHARE_HEADER } from "@/bin/share-front";
import { ok } from "@/lib/base/result";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.getShared, async ({ request, answer }) => {
    const shown = await engine().shares.shown(request.headers.get(SHARE_HEADER));
    return answer(shown.ok ? ok(shown.value.shared) : shown);
  }),
);

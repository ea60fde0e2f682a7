/** All investigations, and a new one. */

import { engine } from "@/bin/engine-slot";
import { ok } from "@/lib/base/result";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.listInvestigations, async ({ query, answer }) =>
    answer(ok({ investigations: await engine().investigations.list(query.capture) })),
  ),
  handle(CALLS.createInvestigation, async ({ body, answer }) =>
    answer(await engine().investigations.create(body)),
  ),
);

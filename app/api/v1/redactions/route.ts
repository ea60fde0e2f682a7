/** Masked copies on their way. */

import { engine } from "@/bin/engine-slot";
import { ok } from "@/lib/base/result";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.listRedactions, async ({ answer }) => answer(ok({ redactions: engine().redactions.list() }))),
);

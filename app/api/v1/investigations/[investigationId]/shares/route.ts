/** Links to an investigation: all of them with who opened them, and a new one. */

import { engine } from "@/bin/engine-slot";
import { ok } from "@/lib/base/result";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.listShares, async ({ path, answer }) => {
    const shares = await engine().shares.list(path.investigationId);
    return answer(shares.ok ? ok({ shares: shares.value, isServerOpen: engine().isOpen }) : shares);
  }),
  handle(CALLS.createShare, async ({ path, body, answer }) =>
    answer(await engine().shares.create(path.investigationId, body)),
  ),
);

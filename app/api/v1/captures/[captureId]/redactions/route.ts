/** A masked copy of a capture. 202 while it is made; with `?wait=true` 200 when it is there, or why it was not kept. */

import { engine } from "@/bin/engine-slot";
import { fail } from "@/lib/base/result";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.createRedaction, async ({ path, query, body, answer }) => {
    const { redactions } = engine();
    const started = await redactions.start(path.captureId, body);
    if (!started.ok || query.wait !== "true") return answer(started, 202);
    const ended = await redactions.wait(started.value.id);
    if (!ended.ok || ended.value.failure === null) return answer(ended, 200);
    const { code, message, leaks } = ended.value.failure;
    return answer(fail(code, message, undefined, { leaks }));
  }),
);

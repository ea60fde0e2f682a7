/** All captures, and a new one. */

import { engine } from "@/bin/engine-slot";
import { ok } from "@/lib/base/result";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.listCaptures, async ({ answer }) => answer(ok({ captures: await engine().captures.list() }))),
  handle(CALLS.createCapture, async ({ body, answer }) =>
    answer(ok(await engine().captures.create(body.name))),
  ),
);

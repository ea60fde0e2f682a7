/** The sample capture, made from the files in public/ when it is not there yet. */

import { engine } from "@/bin/engine-slot";
import { ok } from "@/lib/base/result";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.openSample, async ({ answer }) => answer(ok(await engine().captures.openSample()))),
);

/** This interface, described. */

import { ok } from "@/lib/base/result";
import { CALLS } from "@/lib/interface/calls";
import { describeInterface } from "@/lib/interface/openapi";
import { handle, routes } from "../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.openApi, async ({ answer }) => answer(ok(describeInterface()))),
);

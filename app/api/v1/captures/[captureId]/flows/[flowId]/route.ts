/** One flow with all its fields and its record as it was received. */

import { CALLS } from "@/lib/interface/calls";
import { asks, routes } from "../../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  asks(CALLS.flow, "flow", ({ path, query }) => ({ flowId: path.flowId, ...query })),
);

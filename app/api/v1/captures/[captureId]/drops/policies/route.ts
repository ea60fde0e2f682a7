/** The missing rules of chosen causes, as policies. */

import { CALLS } from "@/lib/interface/calls";
import { asks, routes } from "../../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  asks(CALLS.dropPolicies, "dropPolicies", ({ query }) => ({ ...query, causes: query.causes.split(",") })),
);

/** Requests over time. */

import { CALLS } from "@/lib/interface/calls";
import { asks, routes } from "../../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  asks(CALLS.l7Timeline, "l7Timeline", ({ query }) => query),
);

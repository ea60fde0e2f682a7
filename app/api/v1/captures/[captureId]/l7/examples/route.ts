/** The slowest requests, and the newest error of each route. */

import { CALLS } from "@/lib/interface/calls";
import { asks, routes } from "../../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  asks(CALLS.l7Examples, "l7Examples", ({ query }) => query),
);

/** TCP connections by edge, client, server or pod. */

import { CALLS } from "@/lib/interface/calls";
import { asks, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  asks(CALLS.connections, "connections", ({ query }) => query),
);

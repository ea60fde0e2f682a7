/** Workloads: traffic of each pod, how even it is, and TCP connections. */

import { CALLS } from "@/lib/interface/calls";
import { asks, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  asks(CALLS.workloads, "workloads", ({ query }) => query),
);

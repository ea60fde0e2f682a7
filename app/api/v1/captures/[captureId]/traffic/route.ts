/** Traffic over time, by who sent or received it. */

import { CALLS } from "@/lib/interface/calls";
import { asks, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(asks(CALLS.traffic, "traffic", ({ query }) => query));

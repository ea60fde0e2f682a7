/** Drops by cause, policy, reason, client, server, pod or node. */

import { CALLS } from "@/lib/interface/calls";
import { asks, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(asks(CALLS.drops, "drops", ({ query }) => query));

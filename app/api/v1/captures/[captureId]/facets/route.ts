/** The values of keys in the scope, with their events. */

import { CALLS } from "@/lib/interface/calls";
import { asks, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(asks(CALLS.facets, "facets", ({ query }) => query));

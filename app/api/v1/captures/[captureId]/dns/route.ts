/** DNS by response code, name, client or server. */

import { CALLS } from "@/lib/interface/calls";
import { asks, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(asks(CALLS.dns, "dns", ({ query }) => query));

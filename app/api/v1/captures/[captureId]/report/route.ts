/** The quality report: what was read and refused, what was lost or left out, and what cannot be concluded. */

import { CALLS } from "@/lib/interface/calls";
import { asks, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(asks(CALLS.report, "report", ({ query }) => query));

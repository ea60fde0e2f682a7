/** Numbers for operators. */

import { engine } from "@/bin/engine-slot";
import { formatMetrics, METRICS_TYPE } from "@/lib/http/prometheus";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.metrics, async () => {
    const text = formatMetrics(await engine().metrics.families());
    return new Response(text, { headers: { "content-type": METRICS_TYPE, "cache-control": "no-store" } });
  }),
);

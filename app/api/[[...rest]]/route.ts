/** Everything under /api that is no route: the same error shape as everywhere, not a page. */

import { failure } from "@/lib/http/respond";

export const dynamic = "force-dynamic";

function notFound(): Response {
  return failure({ code: "not_found", message: "There is no such call in this interface." });
}

export { notFound as DELETE, notFound as GET, notFound as PATCH, notFound as POST, notFound as PUT };

/** The capture as one SQLite file, as it is at this moment. */

import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import { download, fileNameOf, handle, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.exportCapture, async ({ path, answer }) => {
    const handed = await engine().moving.handOut(path.captureId);
    if (!handed.ok) return answer(handed);
    const { body, size, name } = handed.value;
    return download(body, size, "application/vnd.sqlite3", `${fileNameOf(name)}.eyepiece.db`);
  }),
);

/** What was read and refused, per file and in all. */

import { engine } from "@/bin/engine-slot";
import { ok } from "@/lib/base/result";
import { CALLS } from "@/lib/interface/calls";
import { handle, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.report, async ({ path, answer }) => {
    const capture = await engine().captures.get(path.captureId);
    if (!capture.ok) return answer(capture);
    const files = capture.value.fileReports;
    const sum = (of: "read" | "accepted" | "duplicate" | "otherKinds" | "refused") =>
      files.reduce((total, file) => total + file[of], 0);
    return answer(
      ok({
        read: sum("read"),
        accepted: sum("accepted"),
        duplicate: sum("duplicate"),
        otherKinds: sum("otherKinds"),
        refused: sum("refused"),
        files,
      }),
    );
  }),
);

/** `GET`: what was read and refused, per file and in all. */

import { engine } from "@/bin/engine-slot";
import { json } from "@/lib/http/respond";
import { type CaptureRoute, failed, notAllowed, readCaptureId } from "../../../route-helpers";

export const dynamic = "force-dynamic";

export async function GET(_request: Request, route: CaptureRoute): Promise<Response> {
  const captureId = await readCaptureId(route);
  if (!captureId.ok) return failed(captureId.failure);
  const capture = await engine().captures.get(captureId.value);
  if (!capture.ok) return failed(capture.failure);
  const files = capture.value.fileReports;
  const sum = (of: "read" | "accepted" | "duplicate" | "otherKinds" | "refused") =>
    files.reduce((total, file) => total + file[of], 0);
  return json({
    read: sum("read"),
    accepted: sum("accepted"),
    duplicate: sum("duplicate"),
    otherKinds: sum("otherKinds"),
    refused: sum("refused"),
    files,
  });
}

const other = notAllowed("GET");

export { other as POST, other as PUT, other as PATCH, other as DELETE };

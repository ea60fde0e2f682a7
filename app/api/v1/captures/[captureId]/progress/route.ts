/** Server-sent events about the files on their way, at once and then on change, at most four a second. */

import { engine } from "@/bin/engine-slot";
import { CALLS } from "@/lib/interface/calls";
import type { ProgressEvent } from "@/lib/questions/answers";
import { handle, routes } from "../../../route-helpers";

export const dynamic = "force-dynamic";

const AT_MOST_EVERY_MS = 250;
/** Keeps proxies from closing a silent connection. */
const BEAT_MS = 15_000;

export const { GET, POST, PUT, PATCH, DELETE } = routes(
  handle(CALLS.progress, async ({ path, request, answer }) => {
    const info = await engine().captures.info(path.captureId);
    if (!info.ok) return answer(info);
    return new Response(progressStream(path.captureId, request.signal), {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
      },
    });
  }),
);

function progressStream(captureId: string, signal: AbortSignal): ReadableStream<Uint8Array> {
  const { captures, stopSignal } = engine();
  const encoder = new TextEncoder();
  let stop = (): void => undefined;
  return new ReadableStream({
    start(controller) {
      let pending: NodeJS.Timeout | undefined;
      const send = async (): Promise<void> => {
        pending = undefined;
        // The stores may close under the last of it.
        const event = await currentProgress(captureId).catch(() => undefined);
        if (event === undefined) end();
        else if (!stopped.isStopped) controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
      };
      const stopped = { isStopped: false };
      const beat = setInterval(() => controller.enqueue(encoder.encode(": beat\n\n")), BEAT_MS);
      const unlisten = captures.listen((changed) => {
        if (changed === captureId) pending ??= setTimeout(send, AT_MOST_EVERY_MS);
      });
      stop = () => {
        if (stopped.isStopped) return;
        stopped.isStopped = true;
        clearInterval(beat);
        clearTimeout(pending);
        unlisten();
        signal.removeEventListener("abort", end);
        stopSignal.removeEventListener("abort", end);
      };
      const end = (): void => {
        if (stopped.isStopped) return;
        stop();
        controller.close();
      };
      signal.addEventListener("abort", end);
      stopSignal.addEventListener("abort", end);
      if (signal.aborted || stopSignal.aborted) end();
      else void send();
    },
    cancel: () => stop(),
  });
}

async function currentProgress(captureId: string): Promise<ProgressEvent> {
  const { captures } = engine();
  const info = await captures.info(captureId);
  const files = info.ok ? info.value.progress : [];
  const flows = (info.ok ? info.value.flows : 0) + files.reduce((sum, file) => sum + file.flows, 0);
  return { files, flows };
}

"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { apiUrl, capturePath } from "@/components/frame/api";
import { refreshCapture } from "@/components/frame/refresh";
import type { ProgressEvent } from "@/lib/questions/answers";

const UNDERWAY = new Set(["receiving", "waiting", "reading", "settling"]);

/**
 * Progress of the files of one capture, as the server tells it; `undefined` until the first message. The
 * server keeps the state, so a page that was loaded again shows the same.
 */
export function useProgress(captureId: string, isEnabled: boolean): ProgressEvent | undefined {
  const client = useQueryClient();
  const [progress, setProgress] = useState<ProgressEvent>();
  useEffect(() => {
    if (!isEnabled) return;
    const source = new EventSource(apiUrl(capturePath(captureId, "/progress")));
    let before: string | undefined;
    source.onmessage = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as ProgressEvent;
      setProgress(event);
      // A file that has come to its end changes the list and the reports. What came to it before the first
      // message is not known.
      const mark = event.files
        .map(({ fileId, state }) => `${fileId} ${UNDERWAY.has(state) ? "" : state}`)
        .join();
      if (mark === before) return;
      before = mark;
      refreshCapture(client, captureId);
    };
    return () => source.close();
  }, [client, captureId, isEnabled]);
  return progress;
}

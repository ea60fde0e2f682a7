"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";
import { ApiError, sendJson } from "@/components/frame/api";
import { Brand } from "@/components/frame/brand";
import { capturesKey, useCaptures } from "@/components/frame/queries";
import { refreshCapture } from "@/components/frame/refresh";
import type { Theme } from "@/components/frame/theme";
import { ThemeMenu } from "@/components/frame/theme-menu";
import { viewAddress } from "@/components/frame/views";
import { Banner } from "@/components/ui/banner";
import type { CaptureInfo } from "@/lib/questions/answers";
import { ArrivalList } from "./arrival-list";
import { startArrivals } from "./arrivals";
import { CaptureList } from "./capture-list";
import { captureNameFor } from "./capture-name";
import { CollectHints } from "./collect-hints";
import { DropZone } from "./drop-zone";
import type { NamedFile } from "./dropped-files";
import styles from "./home.module.css";
import { RedactionList } from "./redaction-list";
import { SignOut } from "./sign-out";
import { startUploads, uploadStore } from "./uploads";

interface Problem {
  readonly message: string;
  readonly hint: string;
}

interface HomeProps {
  readonly theme: Theme;
  /** The server asks for a token, and this browser has given it. */
  readonly isSignedIn: boolean;
  /** Stands below the captures. */
  readonly children?: ReactNode;
}

/** The first page: a place to drop files, the captures there are, and how to collect logs. */
export function Home({ theme, isSignedIn, children }: HomeProps) {
  const client = useQueryClient();
  const router = useRouter();
  const captures = useCaptures();
  const [problem, setProblem] = useState<Problem>();
  const [isOpening, setOpening] = useState(false);

  useEffect(() => uploadStore.onFinished((captureId) => refreshCapture(client, captureId)), [client]);
  const openFiles = async (dropped: readonly NamedFile[]) => {
    setProblem(undefined);
    const files = await startArrivals(dropped);
    if (files.length === 0) return;
    try {
      const name = captureNameFor(
        files.map((file) => file.name),
        new Date(),
      );
      const capture = await sendJson<CaptureInfo>("POST", "/captures", { name });
      startUploads(capture.id, files);
      await client.invalidateQueries({ queryKey: capturesKey });
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const openSample = async () => {
    setProblem(undefined);
    setOpening(true);
    try {
      const capture = await sendJson<CaptureInfo>("POST", "/captures/sample");
      await client.invalidateQueries({ queryKey: capturesKey });
      router.push(viewAddress(capture.id, "overview", ""));
    } catch (error) {
      setProblem(problemOf(error));
      setOpening(false);
    }
  };
  const list = captures.data?.captures;
  return (
    <>
      <header className={styles.top}>
        <Brand />
        <div className={styles.topEnd}>
          {isSignedIn && <SignOut />}
          <ThemeMenu initial={theme} />
        </div>
      </header>
      <main className={styles.main}>
        <DropZone
          onFiles={openFiles}
          onSample={openSample}
          isOpening={isOpening}
          isFirst={list?.length === 0}
        />
        {problem && (
          <Banner tone="bad" role="alert" onClose={() => setProblem(undefined)}>
            {problem.message} {problem.hint}
          </Banner>
        )}
        <ArrivalList />
        <RedactionList />
        <CaptureList captures={list} error={captures.error} onRetry={() => captures.refetch()} />
        {children}
        <CollectHints isOpen={list?.length === 0} />
      </main>
    </>
  );
}

function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error;
  throw error;
}

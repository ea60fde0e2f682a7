"use client";

import { CircleHelp, Command, Link2, Pin } from "lucide-react";
import { usePathname } from "next/navigation";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { Banner } from "@/components/ui/banner";
import { Button, IconButton, linkButton } from "@/components/ui/button";
import { copyText } from "@/components/ui/copy";
import { Empty } from "@/components/ui/empty";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { later } from "@/components/ui/later";
import { Link } from "@/components/ui/link";
import { useHotkeys } from "@/components/ui/use-hotkeys";
import { parseTime } from "@/lib/base/time";
import type { CaptureAnswer, SummaryAnswer } from "@/lib/questions/answers";
import { ApiError } from "./api";
import { Brand } from "./brand";
import { CaptureMenu } from "./capture-menu";
import { FilterBar } from "./filter-bar";
import { FootLine } from "./foot-line";
import styles from "./frame.module.css";
import { Histogram } from "./histogram";
import { useFocusOnNewView } from "./kept-focus";
import { NoFlowsBanner } from "./no-flows";
import { NotSettled } from "./not-settled";
import type { PaletteProps } from "./palette";
import { useCapture, useIsUnsettled, useRefreshWhenChanged, useSummary } from "./queries";
import { movedRange, type RangeMove, wholeWindow } from "./range";
import { type TabCount, Tabs } from "./tabs";
import type { Theme } from "./theme";
import { ThemeMenu } from "./theme-menu";
import { TimeMenu } from "./time-menu";
import { useTypedAhead } from "./typed-ahead";
import { usePaletteKey } from "./use-palette-key";
import { type ScopeHandle, useDrawnAddress, useScope } from "./use-scope";
import { useStrayDrop } from "./use-stray-drop";
import { viewOf } from "./views";

const Palette = later(() => import("./palette").then((module) => module.Palette), PaletteOnItsWay);
const HelpDialog = later(() => import("./help-dialog").then((module) => module.HelpDialog));
const PinDialog = later(() => import("./pin-dialog").then((module) => module.PinDialog));

interface FrameProps {
  readonly captureId: string;
  readonly theme: Theme;
  readonly children: ReactNode;
}

/** What stands round every view of a capture. Filter bar, histogram and foot line belong to the scope, not to the view. */
export function Frame({ captureId, theme, children }: FrameProps) {
  useDrawnAddress();
  const scope = useScope();
  const capture = useCapture(captureId);
  const isUnsettled = useIsUnsettled(captureId);
  const pathname = usePathname();
  useFocusOnNewView(pathname);
  const { data: summary, isPlaceholderData } = useSummary(captureId, scope);
  const filter = useRef<{ focus: () => void }>(null);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isPinning, setPinning] = useState(false);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  usePaletteKey(() => setPaletteOpen(true));
  const paletteAhead = useRef("");
  const closePalette = useCallback(() => setPaletteOpen(false), []);
  const [said, say] = useSaid();
  useRefreshWhenChanged(captureId);
  useStrayDrop(() => say("Files are opened and added on the page with all captures."));

  const canPin = scope.scope !== undefined && capture.data?.state === "ready";
  const isGone = capture.data === undefined && capture.error !== null;
  const view = viewOf(captureId, pathname);
  const isEmpty = summary?.records === 0 && !isPlaceholderData && !summary.meta.partial;
  const isAwaited =
    scope.scope !== undefined && !isGone && (summary === undefined || capture.data?.state === "reading");
  const copyLink = async () => {
    const done = await copyText(window.location.href);
    say(done ? "The link was copied." : "The browser refused to copy the link.");
  };
  useHotkeys({
    "/": () => filter.current?.focus(),
    "?": () => setHelpOpen(true),
    c: () => void copyLink(),
    p: () => (canPin ? setPinning(true) : false),
    "[": () => step(scope, capture.data, "earlier"),
    "]": () => step(scope, capture.data, "later"),
  });
  return (
    <div className={styles.frame}>
      <a href="#view" className={styles.skip}>
        {view?.id === "flows" ? "Skip to the rows" : "Skip to the view"}
      </a>
      <header className={styles.top}>
        <Brand isCompact />
        <CaptureMenu captureId={captureId} />
        <FilterBar captureId={captureId} scope={scope} focusRef={filter} />
        <div className={styles.tools}>
          <IconButton label="Commands" hotkey="Ctrl+K" onClick={() => setPaletteOpen(true)}>
            <Command size={15} aria-hidden />
          </IconButton>
          <IconButton label="Keys and filter" hotkey="?" onClick={() => setHelpOpen(true)}>
            <CircleHelp size={16} aria-hidden />
          </IconButton>
          <ThemeMenu initial={theme} />
        </div>
      </header>
      <nav className={styles.tabs} aria-label="Views">
        <Tabs captureId={captureId} along={scope.along} counts={tabCounts(summary)} isAwaited={isAwaited} />
        <span className={styles.space} />
        <span role="status" className={styles.said}>
          {said}
        </span>
        <Button look="quiet" small onClick={copyLink} title="Copy the link to what is on screen (c)">
          <Link2 size={14} aria-hidden />
          Copy link
        </Button>
        <Button
          look="quiet"
          small
          disabled={!canPin}
          onClick={() => setPinning(true)}
          title={
            canPin
              ? "Keep what is on screen in an investigation (p)"
              : "What is on screen can be pinned when the files are read and the link can be read"
          }
        >
          <Pin size={14} aria-hidden />
          Pin
        </Button>
        <TimeMenu />
      </nav>
      {capture.data?.state === "reading" && (
        <Banner tone="info" role="status">
          Partial: a file is still being read. What is here can be used already, and grows.
        </Banner>
      )}
      {capture.data && <OlderRevision scope={scope} revision={capture.data.revision} />}
      {isEmpty && capture.data?.state === "ready" && view?.saysEmpty === false && (
        <NoFlowsBanner capture={capture.data} scope={scope} />
      )}
      {!isGone && <Histogram captureId={captureId} scope={scope} />}
      <main id="view" className={styles.view} tabIndex={-1}>
        {isGone && capture.error ? (
          <CaptureError error={capture.error} onRetry={() => capture.refetch()} />
        ) : isUnsettled && view?.needsSettled ? (
          <NotSettled captureId={captureId} along={scope.along} />
        ) : (
          children
        )}
      </main>
      {!isGone && <FootLine captureId={captureId} scope={scope} />}
      {isPinning && capture.data && (
        <PinDialog
          captureId={captureId}
          scope={scope}
          revision={capture.data.revision}
          onClose={() => setPinning(false)}
        />
      )}
      {isPaletteOpen && (
        <Palette
          captureId={captureId}
          scope={scope}
          whole={wholeWindow(instant(capture.data?.first), instant(capture.data?.last))}
          ahead={paletteAhead}
          onClose={closePalette}
          onHelp={() => setHelpOpen(true)}
          onCopyLink={() => void copyLink()}
        />
      )}
      {isHelpOpen && <HelpDialog open onClose={() => setHelpOpen(false)} />}
    </div>
  );
}

/** The first time it is opened, its code may take longer than the fingers. */
function PaletteOnItsWay({ ahead, onClose }: PaletteProps) {
  useTypedAhead(ahead, onClose);
  return null;
}

/** A link can show the capture as it was before files came or went. */
function OlderRevision({ scope, revision }: { readonly scope: ScopeHandle; readonly revision: number }) {
  const shown = scope.scope?.revision;
  if (shown === undefined || shown === revision) return null;
  return (
    <Banner tone="info" role="status">
      This is the capture at revision {shown}; files came or went since, and it is at revision {revision} now.{" "}
      <Button small onClick={() => scope.dropParameter("revision")}>
        Show it as it is now
      </Button>
    </Banner>
  );
}

const SAID_MS = 3000;

/** A sentence that goes away by itself. */
function useSaid(): readonly [string, (text: string) => void] {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return [said, setSaid];
}

/** What is wrong inside each view, and how much there is in Flows: all of the scope. Views that are not there show nothing. */
function tabCounts(summary: SummaryAnswer | undefined): Readonly<Record<string, TabCount>> {
  if (summary === undefined) return {};
  const { drops, dropCauses, harmlessCauses, dnsErrors, l7Errors, events } = summary;
  const flows = { count: events, says: formatQuantity(events, "event") };
  // Not known before the first file is settled.
  if (drops === null || dropCauses === null || dnsErrors === null || l7Errors === null) return { flows };
  return {
    drops: dropCount(drops, dropCauses, harmlessCauses ?? 0),
    dns: {
      count: dnsErrors,
      says: `${formatQuantity(dnsErrors, "DNS error")}, attempts of search lists left out`,
      isTrouble: true,
    },
    l7: {
      count: l7Errors,
      says: `${formatQuantity(l7Errors, "request")} failed or refused`,
      isTrouble: true,
    },
    flows,
  };
}

/** Noise is told, but it is nothing wrong. */
function dropCount(drops: number, causes: number, harmless: number): TabCount {
  const wrong = causes - harmless;
  const all = formatQuantity(drops, "drop");
  if (harmless === 0)
    return { count: wrong, says: `${formatQuantity(wrong, "cause")} of ${all}`, isTrouble: true };
  if (wrong === 0)
    return { count: harmless, says: `${formatQuantity(harmless, "cause")} of ${all}, most likely harmless` };
  const says = `${formatQuantity(wrong, "cause")} of ${all}, and ${formatCount(harmless)} more that ${harmless === 1 ? "is" : "are"} most likely harmless`;
  return { count: wrong, says, isTrouble: true };
}

function step(scope: ScopeHandle, capture: CaptureAnswer | undefined, move: RangeMove): void {
  const whole = wholeWindow(instant(capture?.first), instant(capture?.last));
  if (whole !== undefined) scope.changeRange((range) => movedRange(range, whole, move));
}

function instant(text: string | null | undefined): bigint | undefined {
  return text ? parseTime(text) : undefined;
}

function CaptureError({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const isGone = error instanceof ApiError && error.code === "capture_not_found";
  return (
    <Empty
      title={error.message}
      role="alert"
      actions={
        <>
          {!isGone && <Button onClick={onRetry}>Try again</Button>}
          <Link href="/" className={linkButton("plain")}>
            All captures
          </Link>
        </>
      }
    >
      {error instanceof ApiError && error.hint}
    </Empty>
  );
}

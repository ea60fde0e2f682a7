"use client";

import { CircleAlert, CircleCheck, Info } from "lucide-react";
import { ApiError } from "@/components/frame/api";
import { viewWith } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import { VIEWS, viewAddress } from "@/components/frame/views";
import { Button, linkButton } from "@/components/ui/button";
import { classes } from "@/components/ui/classes";
import { Link } from "@/components/ui/link";
import { visible } from "@/components/ui/text";
import { formatTime } from "@/lib/base/time";
import type { Pin } from "@/lib/investigations/investigation";
import type { Check } from "@/lib/investigations/seal";
import { formatFilter, parseFilter } from "@/lib/scope/filter";
import { decodeScope, type Scope } from "@/lib/scope/link";
import styles from "./investigation-page.module.css";
import { PinPicture } from "./pin-picture";
import { usePinReport } from "./queries";
import { ReportBlocks } from "./report-blocks";

interface PinShownProps {
  /** Where the pin's report is asked for. */
  readonly path: string;
  readonly captureId: string;
  readonly pin: Pin;
  /** Numbers lead to their flows for those who may see them. */
  readonly isVisitor: boolean;
}

/**
 * What a pin shows, from the revision that it holds on to: scope, whether it is what was saved, the report, and the way
 * into the workplace.
 */
export function PinShown({ path, captureId, pin, isVisitor }: PinShownProps) {
  const { data, error, refetch } = usePinReport(path);
  const { scope, problems } = decodeScope(new URLSearchParams(pin.link));
  if (scope === undefined)
    return <p className={styles.problem}>This pin cannot be read: {problems[0]?.message}</p>;
  const addressOf = (filter: string) => {
    const parsed = parseFilter(filter);
    return isVisitor || !parsed.ok ? undefined : viewWith(captureId, "flows", scope, ...parsed.value.terms);
  };
  const known = VIEWS.find(({ id }) => id === pin.view);
  return (
    <>
      <ScopeText scope={scope} />
      {data?.check && <CheckText check={data.check} />}
      {pin.view === "map" && <PinPicture path={path} title={visible(pin.title)} />}
      {data !== undefined && <ReportBlocks blocks={data.blocks} addressOf={addressOf} />}
      {data?.failure && (
        <p className={styles.problem} role="alert">
          {data.failure.message} {data.failure.hint}
        </p>
      )}
      {data === undefined && error === null && <p className={styles.loading}>Reading what was pinned …</p>}
      {data === undefined && error !== null && (
        <p className={styles.problem} role="alert">
          {error.message} {error instanceof ApiError && error.hint}{" "}
          <Button small onClick={() => refetch()}>
            Try again
          </Button>
        </p>
      )}
      <p className={styles.way}>
        <Link
          href={viewAddress(captureId, known?.id ?? "flows", pin.link)}
          className={linkButton("plain", true)}
        >
          Open in {known?.label ?? "the workplace"}
        </Link>
        {isVisitor && <span className={styles.quiet}>needs the token of the server</span>}
      </p>
    </>
  );
}

function ScopeText({ scope }: { readonly scope: Scope }) {
  const filter = formatFilter(scope.filter);
  return (
    <p className={styles.quiet}>
      {filter === "" ? "Without a filter" : <code className={styles.filter}>{visible(filter)}</code>}
      {(scope.from !== undefined || scope.to !== undefined) &&
        `, from ${endText(scope.from, "the beginning")} to ${endText(scope.to, "the end")}`}
      , revision {scope.revision}
    </p>
  );
}

function endText(ns: bigint | undefined, open: string): string {
  return ns === undefined ? open : formatInstantText(formatTime(ns));
}

const ICONS = { same: CircleCheck, "newer-rules": Info, differs: CircleAlert, "not-checked": Info } as const;

function CheckText({ check: { state, says } }: { readonly check: Check }) {
  const Icon = ICONS[state];
  return (
    <p className={classes(styles.check, styles[state])} role={state === "differs" ? "alert" : undefined}>
      <Icon size={14} aria-hidden />
      <span>{visible(says)}</span>
    </p>
  );
}

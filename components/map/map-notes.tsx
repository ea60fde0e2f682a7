"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { formatQuantity } from "@/components/ui/format";
import { formatTime } from "@/lib/base/time";
import type { MapEdge } from "@/lib/insight/map/answer";
import { parseFilter } from "@/lib/scope/filter";
import { Legend } from "./legend";
import styles from "./map-notes.module.css";
import type { MapChoice, Picture } from "./use-picture";

interface MapNotesProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly choice: MapChoice;
  readonly picture: Picture;
}

const REASONS: Readonly<Record<string, string>> = {
  "no-protocol": "have no layer 4",
  "no-ports": "have no ports",
  "ports-alike": "have two ports of a kind",
  "sides-unknown": "name neither side",
  "not-settled": "are of a file that is still being read",
};

const sum = (edges: readonly MapEdge[]): number => edges.reduce((total, { events }) => total + events, 0);

/** The legend, and what of the scope's events is not on the picture: together with the lines they are all of them. */
export function MapNotes({ captureId, scope, choice, picture }: MapNotesProps) {
  const { answer, graph, hiddenEdges, unfocusedEdges } = picture;
  if (answer === undefined || scope.scope === undefined) return null;
  const { folded, unplaced } = answer;
  const folds = graph?.spots.filter(({ isFold }) => isFold) ?? [];
  const notes: ReactNode[] = [
    unplaced.events > 0 && (
      <Unplaced key="unplaced" captureId={captureId} scope={scope.scope} reasons={unplaced.reasons} />
    ),
    folded.edges > 0 &&
      `${formatQuantity(folded.edges, "edge")} with ${formatQuantity(folded.events, "event")} are beyond what one map holds: narrow the scope to see them.`,
    hiddenEdges.length > 0 && (
      <>
        Hidden as noise: {formatQuantity(hiddenEdges.length, "edge")} with{" "}
        {formatQuantity(sum(hiddenEdges), "event")}.{" "}
        <Button small look="quiet" onClick={() => scope.setView({ hide: null })}>
          Show
        </Button>
      </>
    ),
    choice.focus !== undefined && (
      <>
        A part of the map: {formatQuantity(unfocusedEdges.length, "edge")} with{" "}
        {formatQuantity(sum(unfocusedEdges), "event")} are not shown.{" "}
        <Button small look="quiet" onClick={() => scope.setView({ focus: null })}>
          Show the whole map
        </Button>
      </>
    ),
    folds.length > 0 && choice.unfolded.size === 0 && (
      <>
        {formatQuantity(
          folds.reduce((total, { nodes }) => total + nodes.length, 0),
          "name",
        )}{" "}
        with few events{" "}
        {folds.length === 1
          ? "stand behind “+ more”; press it to open it."
          : "stand behind “+ more”; press one to open it."}
      </>
    ),
    choice.unfolded.size > 0 && (
      <Button small look="quiet" onClick={() => scope.setView({ unfold: null })}>
        Fold small ones again
      </Button>
    ),
    choice.measure === "new" &&
      picture.newSince !== undefined &&
      `New: not seen before ${formatInstantText(formatTime(picture.newSince))}, the ${scope.scope.from === undefined ? "end of the first quarter of the capture; draw a range on the histogram to choose another time" : "beginning of the range"}.`,
  ].filter(Boolean);
  return (
    <div className={styles.notes}>
      <Legend />
      {notes.map((note, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: sentences have no key of their own
        <p key={at}>{note}</p>
      ))}
    </div>
  );
}

function Unplaced({
  captureId,
  scope,
  reasons,
}: {
  readonly captureId: string;
  readonly scope: NonNullable<ScopeHandle["scope"]>;
  readonly reasons: Readonly<Record<string, number>>;
}) {
  return (
    <>
      No line, because it is not known who asked whom:{" "}
      {Object.entries(reasons).map(([reason, events], at) => {
        const term = parseFilter(`unplaced:${reason}`);
        return (
          <span key={reason}>
            {at > 0 && ", "}
            {term.ok ? (
              <Link href={flowsAddress(captureId, scope, ...term.value.terms)}>
                {formatQuantity(events, "event")}
              </Link>
            ) : (
              formatQuantity(events, "event")
            )}{" "}
            {REASONS[reason] ?? reason}
          </span>
        );
      })}
      .
    </>
  );
}

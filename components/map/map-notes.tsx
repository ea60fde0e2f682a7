"use client";

import type { ReactNode } from "react";
import { flowsAddress } from "@/components/frame/flows-address";
import { formatInstantText } from "@/components/frame/instant-text";
import type { ScopeHandle } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { formatCount, formatQuantity } from "@/components/ui/format";
import { Link } from "@/components/ui/link";
import { formatTime } from "@/lib/base/time";
import type { MapEdge } from "@/lib/insight/map/answer";
import type { Line, Spot } from "@/lib/insight/map/graph";
import { parseFilter, type Term } from "@/lib/scope/filter";
import type { Scope } from "@/lib/scope/link";
import { termsOf } from "@/lib/scope/map-hide";
import { HiddenNote } from "./hidden-note";
import { Legend } from "./legend";
import styles from "./map-notes.module.css";
import { writeKeys } from "./open";
import { edgesTerm, linesTerm, type PartTerm, partTermOf } from "./part-terms";
import type { End } from "./pods";
import type { MapPage } from "./queries";
import type { MapChoice, Picture } from "./use-picture";
import { spotName } from "./words";

interface MapNotesProps {
  readonly captureId: string;
  /** With what is hidden. */
  readonly own: ScopeHandle;
  /** As the map shows it. */
  readonly scope: ScopeHandle;
  readonly choice: MapChoice;
  readonly picture: Picture;
}

/** Behind "1 event" and "2 events". */
const REASONS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  "no-protocol": ["has no layer 4", "have no layer 4"],
  "no-ports": ["has no ports", "have no ports"],
  "ports-alike": ["has two ports of a kind", "have two ports of a kind"],
  "sides-unknown": ["names neither side", "name neither side"],
  "not-settled": ["is of a file that is still being read", "are of a file that is still being read"],
};

const sum = (edges: readonly MapEdge[]): number => edges.reduce((total, { events }) => total + events, 0);

/** The legend, and what of the scope's events is not on the picture: together with the lines they are all of them. */
export function MapNotes({ captureId, own, scope, choice, picture }: MapNotesProps) {
  const { answer, graph, unfocusedEdges } = picture;
  if (answer === undefined || scope.scope === undefined || own.scope === undefined) return null;
  const { folded, unplaced } = answer;
  const { focus, unfold } = own.view;
  const part = partTermOf({ ...choice, scope: scope.scope, focus, unfold });
  const folds = graph?.spots.filter(({ isFold }) => isFold) ?? [];
  const notes: ReactNode[] = [
    unplaced.events > 0 && (
      <Unplaced key="unplaced" captureId={captureId} scope={scope.scope} reasons={unplaced.reasons} />
    ),
    folded.edges > 0 && (
      <Beyond key="beyond" captureId={captureId} own={own} scope={scope.scope} part={part} answer={answer} />
    ),
    termsOf(choice.hide).length > 0 && (
      <>
        <HiddenNote captureId={captureId} scope={own.scope} hide={choice.hide} />{" "}
        <Button small look="quiet" onClick={() => own.setView({ hide: null })}>
          Show
        </Button>
      </>
    ),
    choice.focus !== undefined && (
      <>
        A part of the map: {formatQuantity(unfocusedEdges.length, "edge")} with{" "}
        <EventsLink
          captureId={captureId}
          scope={scope.scope}
          events={sum(unfocusedEdges)}
          term={edgesTerm(unfocusedEdges, answer.nodes) ?? part({ kind: "rest" })}
        />{" "}
        are not shown.{" "}
        <Button small look="quiet" onClick={() => scope.setView({ focus: null })}>
          Show the whole map
        </Button>
      </>
    ),
    folds.length > 0 && (
      <FoldNote
        captureId={captureId}
        scope={scope}
        folds={folds}
        lines={graph?.lines ?? []}
        isPart={!picture.isWhole}
        part={part}
      />
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

interface BeyondProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly part: PartTerm;
  readonly own: ScopeHandle;
  readonly answer: MapPage;
}

/** Edges that one map does not hold, and the way to them: the same map, with them instead of these. */
function Beyond({ captureId, own, scope, part, answer: { edges, folded, skip } }: BeyondProps) {
  const all = edges.length + folded.edges;
  const behind = all - skip - edges.length;
  const show = (at: number) => own.setView({ skip: at === 0 ? null : String(at), open: null, focus: null });
  return (
    <>
      One map does not hold all {formatQuantity(all, "edge")}. These are{" "}
      {edges.length === 0 ? "none" : `${formatCount(skip + 1)} to ${formatCount(skip + edges.length)}`}; the{" "}
      {formatQuantity(folded.edges, "other")} have{" "}
      <EventsLink
        captureId={captureId}
        scope={scope}
        events={folded.events}
        term={part({ kind: "beyond" }, false)}
      />
      .{" "}
      {skip > 0 && (
        <Button small look="quiet" onClick={() => show(0)}>
          Show the first
        </Button>
      )}
      {behind > 0 && (
        <Button small look="quiet" onClick={() => show(skip + edges.length)}>
          Show the next
        </Button>
      )}
    </>
  );
}

interface EventsLinkProps {
  readonly captureId: string;
  readonly scope: Scope;
  readonly events: number;
  readonly term: Term;
}

function EventsLink({ captureId, scope, events, term }: EventsLinkProps) {
  const text = formatQuantity(events, "event");
  return events === 0 ? text : <Link href={flowsAddress(captureId, scope, term)}>{text}</Link>;
}

interface FoldNoteProps {
  readonly captureId: string;
  readonly scope: ScopeHandle;
  readonly folds: readonly Spot[];
  readonly lines: readonly Line[];
  readonly isPart: boolean;
  readonly part: PartTerm;
}

/** Folds named at most; the others stand on the map. */
const MOST_FOLDS = 6;

/** Names behind "+ n more" and their events, in which they ask and in which they are asked. */
function FoldNote({ captureId, scope, folds, lines, isPart, part }: FoldNoteProps) {
  const names = folds.reduce((total, { nodes }) => total + nodes.length, 0);
  const link = (spot: Spot, end: End) => {
    const own = lines.filter((line) => (end === "client" ? line.from : line.to) === spot);
    const events = own.reduce((total, { counts }) => total + counts.events, 0);
    if (events === 0 || scope.scope === undefined) return undefined;
    return (
      <span key={end}>
        <EventsLink
          captureId={captureId}
          scope={scope.scope}
          events={events}
          term={linesTerm(spot, end, own, isPart, part)}
        />{" "}
        {end === "client" ? "asking" : "being asked"}
      </span>
    );
  };
  return (
    <>
      {formatQuantity(names, "name")} with few events stand behind “+ more”:{" "}
      {folds.slice(0, MOST_FOLDS).map((spot, at) => (
        <span key={spot.key}>
          {at > 0 && "; "}
          <Button small look="quiet" onClick={() => scope.setView({ open: writeKeys(spot.key) })}>
            {spotName(spot)}
          </Button>
          {(["client", "server"] as const)
            .flatMap((end) => link(spot, end) ?? [])
            .map((part, nth) => (
              <span key={part.key}>
                {nth > 0 && ", "} {part}
              </span>
            ))}
        </span>
      ))}
      {folds.length > MOST_FOLDS && `; and ${formatQuantity(folds.length - MOST_FOLDS, "more fold")}`}. Press
      one on the map to unfold it, or Unfold beside it.
    </>
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
            {REASONS[reason]?.[events === 1 ? 0 : 1] ?? reason}
          </span>
        );
      })}
      .
    </>
  );
}

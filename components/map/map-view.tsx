"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "@/components/frame/api";
import { useCapture } from "@/components/frame/queries";
import { useScope } from "@/components/frame/use-scope";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { formatQuantity } from "@/components/ui/format";
import { later } from "@/components/ui/later";
import { useHotkeys } from "@/components/ui/use-hotkeys";
import { writeUnfolded } from "@/lib/insight/map/focus";
import type { Graph } from "@/lib/insight/map/graph";
import type { Place } from "@/lib/insight/map/layout";
import { momentOf, type Replay } from "@/lib/insight/map/replay";
import type { MapAnswer } from "@/lib/questions/answers-map";
import { shownScope } from "./hide";
import { MapBar } from "./map-bar";
import { MapNotes } from "./map-notes";
import { MapStage, type StageHandle } from "./map-stage";
import styles from "./map-view.module.css";
import { readKeys, readPins, writeKeys, writePins } from "./open";
import type { Picked } from "./pick";
import { PlayBar } from "./play-bar";
import { type Scene, sceneAt } from "./scene";
import { middleOf } from "./use-camera";
import { readChoice, usePicture } from "./use-picture";

const MapTable = later(() => import("./map-table").then((module) => module.MapTable));
const MapDrawer = later(() => import("./map-drawer").then((module) => module.MapDrawer));

/**
 * Who talks to whom in the scope, and where it hurts.
 *
 * Empty: says that nothing in the scope has an edge, and why. Loading: keeps the picture before. Failed: says why, with a
 * way to try again. A link that cannot be read shows no picture.
 */
export function MapView({ captureId }: { readonly captureId: string }) {
  const own = useScope();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the map keeps in the link
  const choice = useMemo(() => readChoice(own), [own.view]);
  const scope = useMemo(() => shownScope(own, choice.hide), [own, choice]);
  const [moment, setMoment] = useState<number>();
  const picture = usePicture(captureId, scope, choice, moment !== undefined);
  const capture = useCapture(captureId).data;
  const stage = useRef<StageHandle>(undefined);
  const [paper, setPaper] = useState<string>();
  const openKeys = useMemo(() => readKeys(scope.view.open), [scope.view.open]);
  const close = () => scope.setView({ open: null });
  useHotkeys({ Escape: () => (openKeys.length === 0 ? false : close()) });
  const { answer, graph, replay } = picture;
  const still = picture.scene;
  const at = Math.min(moment ?? 0, (replay?.starts.length ?? 1) - 1);
  const scene = useMemo(
    () => (still && replay && moment !== undefined ? sceneAt(still, replay, at) : still),
    [still, replay, moment, at],
  );
  if (scope.scope === undefined)
    return (
      <Empty title="No map: this link cannot be read." role="status">
        What is wrong stands above, with a way to put it right.
      </Empty>
    );
  if (picture.error !== null)
    return (
      <Empty
        title={picture.error.message}
        role="alert"
        actions={<Button onClick={picture.retry}>Try again</Button>}
      >
        {picture.error instanceof ApiError && picture.error.hint}
      </Empty>
    );
  const open = ({ spot, line }: Picked) => {
    if (spot?.spot.isFold) return unfold(spot.spot.group);
    if (spot !== undefined) return scope.setView({ open: writeKeys(spot.spot.key) });
    if (line !== undefined) return scope.setView({ open: writeKeys(line.from.spot.key, line.to.spot.key) });
    if (openKeys.length > 0) close();
  };
  const unfold = (group: string) => scope.setView({ unfold: writeUnfolded([...choice.unfolded, group]) });
  const pin = (key: string, place: Place) =>
    scope.setView({ pins: writePins(new Map([...readPins(scope.view.pins), [key, place]])) }, "replace");
  const hasTable = scope.view.part === "table";
  return (
    <div className={styles.view}>
      {paper !== undefined && <Paper address={paper} onPrinted={() => setPaper(undefined)} />}
      <MapBar
        scope={own}
        choice={choice}
        picture={picture}
        isPlayed={moment !== undefined}
        onPlay={() => setMoment(moment === undefined ? 0 : undefined)}
        onSave={(as) => {
          if (scene !== undefined && answer !== undefined)
            void import("./save").then(({ saveMap }) => saveMap(as, capture?.name ?? "map", scene, answer));
        }}
        onPrint={() => {
          if (scene !== undefined)
            void import("./save").then(({ paperOf }) => setPaper(paperOf(scene, capture?.name ?? "map")));
        }}
      />
      <div className={styles.middle}>
        <div className={styles.main}>
          {answer !== undefined && answer.edges.length === 0 ? (
            <Nothing answer={answer} />
          ) : scene === undefined || graph === undefined ? (
            <p className={styles.loading}>
              {answer === undefined ? "Counting who talks to whom …" : "Laying out the map …"}
            </p>
          ) : (
            <MapStage
              scene={scene}
              fitKey={`${captureId} ${choice.level} ${picture.drawnAs} ${scope.view.focus} ${choice.skip} ${sizeKey(scene)}`}
              label={`Service map: ${formatQuantity(scene.spots.length, "spot")}, ${formatQuantity(scene.lines.length, "line")}. The button Table opens a table that holds the same.`}
              openKeys={openKeys}
              onOpen={open}
              onPin={pin}
              handle={stage}
            />
          )}
          {replay !== undefined && moment !== undefined && graph !== undefined && (
            <PlayBar
              replay={replay}
              at={at}
              {...totalAt(graph, replay, at)}
              onAt={setMoment}
              onClose={() => setMoment(undefined)}
            />
          )}
          {hasTable && graph !== undefined && scene !== undefined && (
            <MapTable
              captureId={captureId}
              scope={scope.scope}
              graph={graph}
              scene={scene}
              openKeys={openKeys}
              isNew={picture.isNew}
              onOpen={(...keys) => scope.setView({ open: writeKeys(...keys) })}
              onShow={(...keys) => {
                const place = middleOf(scene, keys);
                if (place !== undefined) stage.current?.centre(place);
              }}
            />
          )}
        </div>
        {openKeys.length > 0 && graph !== undefined && answer !== undefined && (
          <MapDrawer
            key={scope.view.open}
            captureId={captureId}
            own={own}
            scope={scope}
            choice={choice}
            graph={graph}
            isWhole={picture.isWhole}
            openKeys={openKeys}
            onClose={close}
          />
        )}
      </div>
      {answer !== undefined && (
        <MapNotes captureId={captureId} own={own} scope={scope} choice={choice} picture={picture} />
      )}
    </div>
  );
}

/** The picture that is printed in the place of the view. */
function Paper({ address, onPrinted }: { readonly address: string; readonly onPrinted: () => void }) {
  useEffect(() => {
    window.addEventListener("afterprint", onPrinted);
    return () => window.removeEventListener("afterprint", onPrinted);
  }, [onPrinted]);
  // biome-ignore lint/performance/noImgElement: made in the page
  return <img className={styles.paper} src={address} alt="The map" onLoad={() => window.print()} />;
}

function totalAt({ lines }: Graph, replay: Replay, bucket: number) {
  const moments = lines.map((line) => momentOf(replay, line, bucket));
  return {
    events: moments.reduce((sum, { events }) => sum + events, 0),
    drops: moments.reduce((sum, { drops }) => sum + drops, 0),
  };
}

/** Fitted again when other spots are there, not when their numbers change. */
function sizeKey({ spots }: Scene): string {
  return `${spots.length} ${spots[0]?.spot.key} ${spots.at(-1)?.spot.key}`;
}

function Nothing({ answer: { meta, folded, unplaced } }: { readonly answer: MapAnswer }) {
  if (folded.edges > 0)
    return (
      <Empty title={`There are no more than ${formatQuantity(folded.edges, "edge")}.`} role="status">
        The way to the first of them stands below.
      </Empty>
    );
  return (
    <Empty title="Nothing in this scope has an edge." role="status">
      {meta.partial
        ? "A file is still being read; what it adds is drawn at its end."
        : unplaced.events > 0
          ? `Of ${formatQuantity(unplaced.events, "event")} it is not known who asked whom; the reasons stand below.`
          : "Widen the time range or the filter."}
    </Empty>
  );
}
